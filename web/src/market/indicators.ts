// Indicators over closing prices, by their usual definitions. A value that is not known yet is null.

export type Series = (number | null)[];

/** Wilder's relative strength index: 100 − 100 / (1 + mean gain / mean loss). Both means begin as those of the first
 * `period` changes, and then are (mean · (period − 1) + change) / period. 50 where nothing moved. */
export function rsi(closes: readonly number[], period = 14): Series {
  let [gain, loss] = [0, 0];
  return closes.map((close, at) => {
    if (at === 0) return null;
    const change = close - (closes[at - 1] as number);
    const [up, down] = [Math.max(change, 0), Math.max(-change, 0)];
    if (at <= period) {
      gain += up / period;
      loss += down / period;
      if (at < period) return null;
    } else {
      gain = (gain * (period - 1) + up) / period;
      loss = (loss * (period - 1) + down) / period;
    }
    return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  });
}

/** Exponential mean with weight 2 / (period + 1) for the newest; it begins as the plain mean of the first `period`. */
function exponential(values: Series, period: number): Series {
  let [seen, sum, mean] = [0, 0, 0];
  return values.map((value) => {
    if (value === null) return null;
    seen += 1;
    if (seen <= period) {
      sum += value;
      mean = sum / period;
      return seen < period ? null : mean;
    }
    mean += (2 / (period + 1)) * (value - mean);
    return mean;
  });
}

/** Convergence and divergence of means: fast less slow, and the exponential mean of that as signal. */
export function macd(
  closes: readonly number[],
  fast = 12,
  slow = 26,
  smooth = 9,
): { line: Series; signal: Series; difference: Series } {
  const [quick, calm] = [exponential([...closes], fast), exponential([...closes], slow)];
  const line = quick.map((value, at) => minus(value, calm[at]));
  const signal = exponential(line, smooth);
  return { line, signal, difference: line.map((value, at) => minus(value, signal[at])) };
}

/** Bollinger's bands: the plain mean of `period` closes, and `times` their standard deviation (of the whole, not of a
 * sample) on each side of it. */
export function bollinger(
  closes: readonly number[],
  period = 20,
  times = 2,
): { middle: Series; upper: Series; lower: Series } {
  const bands = closes.map((_, at) => {
    if (at < period - 1) return null;
    const last = closes.slice(at - period + 1, at + 1);
    const mean = last.reduce((sum, close) => sum + close, 0) / period;
    const spread = Math.sqrt(last.reduce((sum, close) => sum + (close - mean) ** 2, 0) / period);
    return [mean, times * spread] as const;
  });
  return {
    middle: bands.map((band) => band?.[0] ?? null),
    upper: bands.map((band) => band && band[0] + band[1]),
    lower: bands.map((band) => band && band[0] - band[1]),
  };
}

function minus(one: number | null | undefined, other: number | null | undefined): number | null {
  return one === null || one === undefined || other === null || other === undefined ? null : one - other;
}

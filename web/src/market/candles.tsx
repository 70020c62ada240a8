// Candles with a leader's entries and exits, and indicators under them. Loaded when a market is first on the screen.
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  LineSeries,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { Schemas } from "../api/client";
import { decimal } from "../format";
import { bollinger, macd, rsi, type Series } from "./indicators";

export type Indicator = "bollinger" | "rsi" | "macd";

/** A trade of the leader in this market: bought or sold the token, at a price of base tokens. */
export interface Mark {
  time: string;
  side: "entry" | "exit";
  price: string | null;
}

interface Props {
  candles: readonly Schemas["Candle"][];
  marks: readonly Mark[];
  shown: ReadonlySet<Indicator>;
  words: string;
}

export default function Candles({ candles, marks, shown, words }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!holder.current) return;
    const draw = () => (holder.current ? drawn(holder.current, candles, marks, shown) : () => {});
    let remove = draw();
    const again = () => {
      remove();
      remove = draw();
    };
    addEventListener("lockstep:theme", again);
    return () => {
      removeEventListener("lockstep:theme", again);
      remove();
    };
  }, [candles, marks, shown]);
  const panes = Number(shown.has("rsi")) + Number(shown.has("macd"));
  return <div ref={holder} className={`chart market panes-${panes}`} role="img" aria-label={words} />;
}

const at = (iso: string) => Math.floor(new Date(iso).getTime() / 1000) as UTCTimestamp;

function drawn(
  holder: HTMLDivElement,
  candles: Props["candles"],
  marks: Props["marks"],
  shown: Props["shown"],
): () => void {
  const style = getComputedStyle(holder);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const chart = createChart(holder, {
    autoSize: true,
    layout: {
      attributionLogo: false, // its style element is not allowed by the page's policy; the footer names it
      background: { type: ColorType.Solid, color: "transparent" },
      textColor: colour("--muted"),
      fontFamily: style.fontFamily,
      panes: { separatorColor: colour("--line") },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour("--line") } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true, maxBarSpacing: 24 },
    localization: {
      priceFormatter: (value: number) => decimal(String(value), Math.abs(value) >= 100 ? 2 : 4),
    },
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  });
  const times = candles.map((candle) => at(candle.start));
  const [good, bad, muted, accent] = ["--good", "--bad", "--muted", "--accent"].map(colour) as [
    string,
    string,
    string,
    string,
  ];
  const prices = chart.addSeries(CandlestickSeries, {
    upColor: good,
    downColor: bad,
    wickUpColor: good,
    wickDownColor: bad,
    borderVisible: false,
    priceLineVisible: false,
  });
  prices.setData(
    candles.map((candle, place) => ({
      time: times[place] as UTCTimestamp,
      open: Number(candle.open),
      high: Number(candle.high),
      low: Number(candle.low),
      close: Number(candle.close),
    })),
  );
  createSeriesMarkers(prices, placed(marks, times, colour));
  const closes = candles.map((candle) => Number(candle.close));
  const line = (values: Series, color: string, pane: number, width: 1 | 2 = 1) =>
    lineOf(chart, times, values, color, pane, width);
  if (shown.has("bollinger")) {
    const bands = bollinger(closes);
    line(bands.upper, muted, 0);
    line(bands.middle, accent, 0);
    line(bands.lower, muted, 0);
  }
  let pane = 0;
  if (shown.has("rsi")) {
    pane += 1;
    line(rsi(closes), accent, pane, 2);
    for (const bound of [30, 70])
      line(
        closes.map(() => bound),
        colour("--line-strong"),
        pane,
      );
  }
  if (shown.has("macd")) {
    pane += 1;
    const found = macd(closes);
    const bars = chart.addSeries(HistogramSeries, { priceLineVisible: false, lastValueVisible: false }, pane);
    bars.setData(
      known(times, found.difference).map((bar) => ({
        ...bar,
        color: colour(bar.value < 0 ? "--bad" : "--good"),
      })),
    );
    line(found.line, accent, pane, 2);
    line(found.signal, colour("--warn"), pane);
  }
  for (const [place, each] of chart.panes().entries()) each.setStretchFactor(place === 0 ? 3 : 1);
  chart.timeScale().fitContent();
  return () => chart.remove();
}

function lineOf(
  chart: IChartApi,
  times: UTCTimestamp[],
  values: Series,
  color: string,
  pane: number,
  lineWidth: 1 | 2,
): void {
  const quiet = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false };
  chart.addSeries(LineSeries, { color, lineWidth, ...quiet }, pane).setData(known(times, values));
}

function known(times: UTCTimestamp[], values: Series): { time: UTCTimestamp; value: number }[] {
  return values.flatMap((value, place) =>
    value === null ? [] : [{ time: times[place] as UTCTimestamp, value }],
  );
}

/** Each trade at the candle that it fell into; those before the first candle are not on the screen. */
function placed(
  marks: readonly Mark[],
  times: UTCTimestamp[],
  colour: (name: string) => string,
): SeriesMarker<Time>[] {
  return marks
    .flatMap((mark) => {
      const time = times.findLast((one) => one <= at(mark.time));
      if (time === undefined) return [];
      const entry = mark.side === "entry";
      return [
        {
          time,
          position: entry ? ("belowBar" as const) : ("aboveBar" as const),
          shape: entry ? ("arrowUp" as const) : ("arrowDown" as const),
          color: colour(entry ? "--good" : "--bad"),
        },
      ];
    })
    .sort((one, other) => Number(one.time) - Number(other.time));
}

// Growth and drawdown over time. The library is loaded when a chart is first on the screen.
import { AreaSeries, BaselineSeries, ColorType, createChart, type UTCTimestamp } from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { Schemas } from "../api/client";
import { percent } from "../format";

type Points = Schemas["CurvePoint"][];

export default function Curve({ points }: { points: Points }) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!holder.current) return;
    const draw = () => (holder.current ? drawn(holder.current, points) : () => {});
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
  }, [points]);
  const last = points.at(-1);
  const deepest = points.reduce((most, point) => Math.max(most, Number(point.drawdown ?? 0)), 0);
  const words = last?.growth
    ? `Return ${percent(Number(last.growth) - 1)} at the end; the deepest fall was ${percent(deepest)}.`
    : "No value is known.";
  return <div ref={holder} className="chart" role="img" aria-label={words} />;
}

function drawn(holder: HTMLDivElement, points: Points): () => void {
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
    timeScale: { borderVisible: false, timeVisible: true },
    localization: { priceFormatter: (value: number) => percent(value, 1, true) },
    handleScroll: false,
    handleScale: false,
  });
  const growth = chart.addSeries(BaselineSeries, {
    baseValue: { type: "price", price: 0 },
    topLineColor: colour("--good"),
    topFillColor1: colour("--good-wash"),
    topFillColor2: "transparent",
    bottomLineColor: colour("--bad"),
    bottomFillColor1: "transparent",
    bottomFillColor2: colour("--bad-wash"),
    lineWidth: 2,
    priceLineVisible: false,
  });
  const falls = chart.addSeries(
    AreaSeries,
    {
      lineColor: colour("--bad"),
      topColor: "transparent",
      bottomColor: colour("--bad-wash"),
      invertFilledArea: true,
      lineWidth: 1,
      priceLineVisible: false,
      lastValueVisible: false,
    },
    1,
  );
  const at = (iso: string) => Math.floor(new Date(iso).getTime() / 1000) as UTCTimestamp;
  const known = points.filter((point) => point.growth !== null);
  growth.setData(known.map((point) => ({ time: at(point.time), value: Number(point.growth) - 1 })));
  falls.setData(known.map((point) => ({ time: at(point.time), value: -Number(point.drawdown ?? 0) })));
  chart.panes()[0]?.setStretchFactor(3);
  chart.panes()[1]?.setStretchFactor(1);
  chart.timeScale().fitContent();
  return () => chart.remove();
}

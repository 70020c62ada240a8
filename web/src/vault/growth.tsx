// A vault's curve over a time of one's choice.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { equityOf, type Window } from "../api/queries";
import { Answered, Empty, Panel, Segmented } from "../ui/parts";

const Curve = lazy(() => import("../ui/curve"));

export function Growth({ id }: { id: number }) {
  const [window, setWindow] = useState<Window>("24h");
  const query = useQuery(equityOf(id, window));
  return (
    <Panel
      title="Growth"
      aside={
        <Segmented
          label="Over"
          options={[
            ["24h", "Day"],
            ["30d", "Month"],
            ["365d", "Year"],
            ["all", "All"],
          ]}
          value={window}
          onChange={setWindow}
        />
      }
    >
      <Answered query={query}>
        {({ data }) => (
          <Suspense fallback={<div className="chart" />}>
            {data.length > 1 ? (
              <Curve points={data} />
            ) : (
              <Empty title="Too young for a chart">It begins with the second hour.</Empty>
            )}
          </Suspense>
        )}
      </Answered>
    </Panel>
  );
}

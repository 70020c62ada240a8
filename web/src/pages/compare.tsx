// Up to four leaders beside each other, over all of their time.
import { useQueries } from "@tanstack/react-query";
import { Link } from "wouter";
import { leader } from "../api/queries";
import { METRICS, MetricValue } from "../metrics";
import { Explain, Page, Panel, Skeleton, Trouble } from "../ui/parts";
import { num, Table } from "../ui/table";
import { Rank } from "./discover";

export default function ComparePage({ ids }: { ids: number[] }) {
  const queries = useQueries({ queries: ids.map((id) => leader(id, "all")) });
  const failed = queries.find((query) => query.error && !query.data);
  const found = queries.flatMap((query) => (query.data ? [query.data.data] : []));
  return (
    <Page title="Compare" lead={<Link href="/">Back to the leaders</Link>}>
      {failed?.error && <Trouble error={failed.error} />}
      {found.length < ids.length && !failed ? (
        <Skeleton lines={10} />
      ) : (
        <Panel flush>
          <Table
            heads={[
              "All of their time",
              ...found.map((one) =>
                num(
                  <Link key={one.strategy_id} href={`/leaders/${one.strategy_id}`}>
                    {one.name}
                  </Link>,
                ),
              ),
            ]}
          >
            {METRICS.map((metric) => (
              <tr key={metric.name}>
                <th scope="row">
                  <Explain text={metric.explain}>{metric.label}</Explain>
                </th>
                {found.map((one) => {
                  const whole = one.windows.find((window) => window.window === "all");
                  return (
                    <td key={one.strategy_id} className="num">
                      {whole &&
                        (metric.name === "rank_score" ? (
                          <Rank of={whole} />
                        ) : (
                          <MetricValue metric={metric} of={whole.metrics} />
                        ))}
                    </td>
                  );
                })}
              </tr>
            ))}
          </Table>
        </Panel>
      )}
    </Page>
  );
}

// Every leader by any metric: sort, narrow, compare. Nobody is hidden: who closed or is barred from the rank says so.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { Link, useLocation } from "wouter";
import type { Leader, MetricName } from "../api/client";
import { type LeadersQuery, leaders, type Window } from "../api/queries";
import { date, plural } from "../format";
import { barWords, METRIC, METRICS, type Metric, MetricValue, WINDOWS } from "../metrics";
import { Address } from "../ui/figures";
import { Badge, Empty, Page, Segmented, Skeleton, Trouble } from "../ui/parts";
import { RangeFilters, type Ranges, toQuery } from "../ui/range-filters";

/** The columns, and from which width on they are there: a phone has room for what is earned and what was lost. */
const COLUMNS: readonly (readonly [MetricName, "" | "roomy" | "roomier"])[] = [
  ["cumulative_return", ""],
  ["max_drawdown", ""],
  ["follower_money_weighted_median", "roomy"],
  ["rank_score", "roomy"],
  ["win_rate", "roomier"],
  ["copy_quality", "roomier"],
  ["own_stake", "roomy"],
  ["copiers", "roomy"],
];

const ROW_HEIGHT = 64;
const MOST_COMPARED = 4;

export default function DiscoverPage() {
  const [window, setWindow] = useState<Window>("all");
  const [sort, setSort] = useState<MetricName>("cumulative_return");
  const [order, setOrder] = useState<"desc" | "asc">("desc");
  const [search, setSearch] = useState("");
  const [ranges, setRanges] = useState<Ranges>({});
  const [open, setOpen] = useState(false);
  const [compared, setCompared] = useState<number[]>([]);
  const query = useMemo<LeadersQuery>(
    () => ({ window, sort, order, ...(search.trim() && { search: search.trim() }), ...toQuery(ranges) }),
    [window, sort, order, search, ranges],
  );
  // What was pressed is drawn first, and the rows after it.
  const found = useInfiniteQuery(leaders(useDeferredValue(query)));
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.data) ?? [], [found.data]);
  const narrowed = Object.keys(ranges).length;
  const compare = useCallback(
    (id: number) =>
      setCompared((before) =>
        before.includes(id) ? before.filter((one) => one !== id) : [...before, id].slice(-MOST_COMPARED),
      ),
    [],
  );

  return (
    <Page
      title="Leaders"
      lead="Results of leaders' own vaults, after costs, with the falls beside the gains. Closed ones stay in the list."
    >
      <div className="toolbar">
        <input
          type="search"
          aria-label="Search by name or address"
          placeholder="Name or address"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <Segmented label="Over" options={WINDOWS} value={window} onChange={setWindow} />
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          Filters{narrowed > 0 && ` (${narrowed})`}
        </button>
      </div>
      {open && <RangeFilters ranges={ranges} onChange={setRanges} />}
      {found.error && !found.data ? (
        <Trouble error={found.error} retry={found.refetch} />
      ) : found.isPending ? (
        <Skeleton lines={8} />
      ) : rows.length === 0 ? (
        <Empty
          title={search || narrowed ? "Nobody fits" : "No leader yet"}
          action={
            (search || narrowed > 0) && (
              <button
                type="button"
                onClick={() => {
                  setSearch("");
                  setRanges({});
                }}
              >
                Clear search and filters
              </button>
            )
          }
        >
          {search || narrowed
            ? "Widen a filter, or look over a longer time."
            : "The first strategy appears here in the block that creates it."}
        </Empty>
      ) : (
        <LeaderTable
          rows={rows}
          sort={sort}
          order={order}
          onSort={(name) => {
            setOrder(sort === name && order === "desc" ? "asc" : "desc");
            setSort(name);
          }}
          more={found.hasNextPage && !found.isFetchingNextPage ? () => found.fetchNextPage() : undefined}
          compared={compared}
          onCompare={compare}
        />
      )}
      {compared.length > 0 && (
        <div className="tray">
          <span>
            {plural(compared.length, "leader")} chosen, at most {MOST_COMPARED}
          </span>
          <button type="button" className="quiet small" onClick={() => setCompared([])}>
            Clear
          </button>
          <Link href={`/compare/${compared.join(",")}`} className="button primary small">
            Compare
          </Link>
        </div>
      )}
    </Page>
  );
}

interface TableProps {
  rows: Leader[];
  sort: MetricName;
  order: "desc" | "asc";
  onSort: (name: MetricName) => void;
  more: (() => void) | undefined;
  compared: number[];
  onCompare: (id: number) => void;
}

/** Only the rows in sight are in the page: ten thousand scroll as easily as ten. */
function LeaderTable({ rows, sort, order, onSort, more, compared, onCompare }: TableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => {
    setTop((body.current?.getBoundingClientRect().top ?? 0) + scrollY);
  }, []);
  const onRow = useRowClick();
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
    scrollMargin: top,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - 20) more();
  }, [more, last, rows.length]);
  const before = items[0] ? items[0].start - top : 0;
  const after = virtual.getTotalSize() - (items.at(-1) ? (items.at(-1)?.end ?? 0) - top : 0);
  return (
    <table className="leaders" aria-rowcount={rows.length}>
      <colgroup>
        <col className="pick" />
        <col />
        {COLUMNS.map(([name, from]) => (
          <col key={name} className={from} />
        ))}
      </colgroup>
      <thead>
        <tr>
          <th scope="col" className="pick">
            <span className="sr-only">Compare</span>
          </th>
          <th scope="col">Leader</th>
          {COLUMNS.map(([name, from]) => {
            const metric = METRIC.get(name) as Metric;
            const sorted = sort === name;
            return (
              <th
                key={name}
                scope="col"
                className={`num ${from}`}
                aria-sort={sorted ? (order === "desc" ? "descending" : "ascending") : "none"}
              >
                <button type="button" className="sort" title={metric.explain} onClick={() => onSort(name)}>
                  {metric.label}
                  <span aria-hidden="true">{sorted ? (order === "desc" ? " ↓" : " ↑") : ""}</span>
                </button>
              </th>
            );
          })}
        </tr>
      </thead>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the link in each row does the same from the keyboard */}
      <tbody ref={body} onClick={onRow}>
        <Spacer height={before} />
        {items.map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <LeaderRow
                key={row.strategy_id}
                row={row}
                place={item.index + 1}
                compared={compared.includes(row.strategy_id)}
                onCompare={onCompare}
              />
            )
          );
        })}
        <Spacer height={after} />
      </tbody>
    </table>
  );
}

function Spacer({ height }: { height: number }): ReactNode {
  return height > 0 ? <tr className="spacer" style={{ height }} /> : null;
}

interface RowProps {
  row: Leader;
  place: number;
  compared: boolean;
  onCompare: (id: number) => void;
}

const LeaderRow = memo(function LeaderRow({ row, place, compared, onCompare }: RowProps) {
  return (
    <tr aria-rowindex={place} style={{ height: ROW_HEIGHT }}>
      <td className="pick">
        <input
          type="checkbox"
          aria-label={`Compare ${row.name}`}
          checked={compared}
          onChange={() => onCompare(row.strategy_id)}
        />
      </td>
      <th scope="row">
        <a href={`/leaders/${row.strategy_id}`}>{row.name}</a>
        {row.closed && <Badge title="The leader trades no more; the record stays">Closed</Badge>}
        <p className="help">
          <Address of={row.leader} /> · since {date(row.created.time)}
        </p>
      </th>
      {COLUMNS.map(([name, from]) => (
        <td key={name} className={`num ${from}`}>
          {name === "rank_score" ? (
            <Rank of={row} />
          ) : (
            <MetricValue metric={METRIC.get(name) as Metric} of={row.metrics} />
          )}
        </td>
      ))}
    </tr>
  );
});

/** A click anywhere in a row goes to its leader; one that the browser has a use for, as a new tab, is left to it. */
function useRowClick(): (event: MouseEvent<HTMLElement>) => void {
  const [, go] = useLocation();
  return (event) => {
    const target = event.target as Element;
    const link = target.closest("tr")?.querySelector("a");
    const special = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
    if (!link || special || target.closest(".pick")) return;
    event.preventDefault();
    go(link.pathname);
  };
}

export function Rank({ of: row }: { of: Pick<Leader, "metrics" | "bars" | "warnings"> }) {
  if (row.bars.length) {
    return (
      <Badge title={row.bars.map(barWords).join("; ")}>
        Not ranked<span className="sr-only">: {row.bars.map(barWords).join("; ")}</span>
      </Badge>
    );
  }
  return (
    <>
      <MetricValue metric={METRICS[0] as Metric} of={row.metrics} />
      {row.warnings.length > 0 && <Badge tone="warn">{row.warnings.map(barWords).join("; ")}</Badge>}
    </>
  );
}

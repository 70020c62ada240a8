// What the hub owes, and copies that did not happen.
import { useQuery } from "@tanstack/react-query";
import { protocol } from "../api/queries";
import { count, plural } from "../format";
import { Address, Amount } from "../ui/figures";
import { Answered, Panel } from "../ui/parts";
import { reasonName } from "../ui/status";

export function Skips() {
  const query = useQuery(protocol);
  return (
    <Panel title="Copies that did not happen">
      <Answered query={query}>
        {({ data }) => (
          <dl className="pairs">
            {Object.entries(data.copies_skipped_by_reason).map(([reason, times]) => (
              <div key={reason}>
                <dt>{reasonName(reason)}</dt>
                <dd className="figure">{count(times)}</dd>
              </div>
            ))}
            <div className="total">
              <dt>Copies that did</dt>
              <dd className="figure">{count(data.copies_filled)}</dd>
            </div>
          </dl>
        )}
      </Answered>
    </Panel>
  );
}

export function Books() {
  const query = useQuery(protocol);
  return (
    <Panel title="What the hub owes">
      <Answered query={query}>
        {({ data }) => (
          <>
            <ul className="rows">
              {data.holdings.map((holding) => (
                <li key={holding.total.token}>
                  <span>{holding.total.symbol}</span>
                  <Amount of={holding.total} bare />
                </li>
              ))}
            </ul>
            <p className="help">
              {plural(
                Object.values(data.vaults_by_status).reduce((sum, each) => sum + each, 0),
                "vault",
              )}
              , {plural(data.trades, "trade")}. Guardian{" "}
              {data.guardian ? <Address of={data.guardian} /> : "nobody"}.
            </p>
          </>
        )}
      </Answered>
    </Panel>
  );
}

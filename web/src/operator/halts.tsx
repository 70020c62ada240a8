// The halt: of everything, or of one strategy. The contract decides who may.
import { useQuery } from "@tanstack/react-query";
import { protocol, strategies } from "../api/queries";
import { useDeployment } from "../chain/context";
import { encode } from "../chain/copy";
import { sendToHub, useTransact } from "../chain/transact";
import { useLink } from "../chain/wallet";
import { Answered, Badge, Panel, TxStatus } from "../ui/parts";

export function Halts() {
  const found = useQuery(protocol);
  const list = useQuery(strategies);
  const link = useLink(useDeployment());
  const { progress, busy, run } = useTransact();
  const set = (name: "haltTrading" | "resumeTrading", id: number) =>
    run(
      (steps) => sendToHub(steps, [encode(name, [id])]),
      name === "haltTrading" ? "Halted. Exits and withdrawals go on." : "Trading goes on.",
    );
  const able = link.state === "ready";
  return (
    <Panel title="Entries and trades">
      <Answered query={found} lines={2}>
        {({ data }) => (
          <ul className="rows">
            <li>
              <strong>Everything</strong>
              <Halted is={data.halted} />
              <button
                type="button"
                className="small"
                disabled={!able || busy}
                onClick={() => set(data.halted ? "resumeTrading" : "haltTrading", 0)}
              >
                {data.halted ? "Resume all" : "Halt all"}
              </button>
            </li>
            {list.data?.map((strategy) => (
              <li key={strategy.id}>
                <span>{strategy.name}</span>
                <Halted is={strategy.halted} />
                <button
                  type="button"
                  className="small quiet"
                  disabled={!able || busy}
                  aria-label={`${strategy.halted ? "Resume" : "Halt"} ${strategy.name}`}
                  onClick={() => set(strategy.halted ? "resumeTrading" : "haltTrading", strategy.id)}
                >
                  {strategy.halted ? "Resume" : "Halt"}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Answered>
      <TxStatus progress={progress} />
      <p className="help">
        The owner and the guardian halt; only the owner resumes. The contract refuses everybody else, and
        nobody can halt a withdrawal.
      </p>
    </Panel>
  );
}

function Halted({ is }: { is: boolean }) {
  return is ? <Badge tone="warn">Halted</Badge> : <Badge tone="good">Open</Badge>;
}

// A leader's orders by where they stand.
import { useQuery } from "@tanstack/react-query";
import type { Address, Hex } from "viem";
import type { Order, Token } from "../api/client";
import { ordersOf } from "../api/queries";
import { cancelOrder, withdrawOrder } from "../chain/orders";
import { useTransact } from "../chain/transact";
import { decimal, percent } from "../format";
import { When } from "../ui/figures";
import { Answered, Badge, Empty, Panel, type Tone, TxStatus } from "../ui/parts";
import { hidden, num, Table } from "../ui/table";
import { KIND_NAMES } from "./order-form";

const ORDER_TONES: Record<Order["status"], Tone> = {
  open: "info",
  complete: "good",
  replaced: "quiet",
  cancelled: "quiet",
  expired: "warn",
  rejected: "bad",
};

export function Orders({ leader, strategyId, base }: { leader: Address; strategyId: number; base: Token }) {
  const query = useQuery(ordersOf(leader));
  const { progress, busy, run } = useTransact();
  return (
    <Panel title="Orders" flush>
      <Answered query={query}>
        {({ data }) => {
          const mine = data.filter((order) => order.strategy_id === strategyId);
          if (mine.length === 0) return <Empty title="No order yet">Sign the first one above.</Empty>;
          return (
            <Table heads={["What", num("Limit"), num("Filled"), "State", hidden("Cancel")]}>
              {mine.map((order) => (
                <tr key={order.hash}>
                  <td>
                    {order.posted ? KIND_NAMES[order.posted.kind][0] : "Order"} · {order.token_in.symbol}{" "}
                    <span aria-hidden="true">→</span> {order.token_out.symbol}
                    {order.posted?.deadline && (
                      <p className="help">
                        until <When at={order.posted.deadline} />
                      </p>
                    )}
                  </td>
                  <td className="num">
                    <LimitPrice of={order} base={base} />
                  </td>
                  <td className="num figure">{percent(order.filled, 1)}</td>
                  <td>
                    <Badge tone={ORDER_TONES[order.status]}>{order.status}</Badge>
                    {order.posted && !order.closed && (
                      <p className="help">
                        {order.posted.withdrawn ? "withdrawn" : order.posted.status.replaceAll("_", " ")}
                      </p>
                    )}
                    {order.posted?.why && <p className="help">{order.posted.why}</p>}
                  </td>
                  <td className="end">
                    {!order.closed && !order.posted?.withdrawn && (
                      <div className="buttons">
                        <button
                          type="button"
                          className="small quiet"
                          disabled={busy}
                          title="Free: this server's keepers leave it alone"
                          onClick={() =>
                            run((steps) => withdrawOrder(steps, order.hash as Hex), "Taken out of the inbox.")
                          }
                        >
                          Withdraw
                        </button>
                        <button
                          type="button"
                          className="small quiet"
                          disabled={busy}
                          title="On chain: nobody can fill it any more"
                          onClick={() =>
                            run((steps) => cancelOrder(steps, order.nonce), "Cancelled on chain.")
                          }
                        >
                          Cancel
                        </button>
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          );
        }}
      </Answered>
      <TxStatus progress={progress} />
    </Panel>
  );
}

/** A limit as people say it, base tokens for one token; the exact price of the order on hover. */
function LimitPrice({ of: order, base }: { of: Order; base: Token }) {
  const price = Number(order.limit_price);
  if (price === 0) return <span className="muted">none</span>;
  const [shown, token] =
    order.token_in.address === base.address
      ? [1 / price, order.token_out.symbol]
      : [price, order.token_in.symbol];
  const exactly = `at least ${order.limit_price} ${order.token_out.symbol} for one ${order.token_in.symbol}`;
  return (
    <span className="figure" title={exactly}>
      {decimal(String(shown), shown >= 100 ? 2 : 6)}
      <span className="unit"> / {token}</span>
    </span>
  );
}

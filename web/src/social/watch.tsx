// Watching a strategy without money: its trades are listed for one, and told where a rule says so.
import { useQuery } from "@tanstack/react-query";
import { useDoing } from "../account/do";
import { useSession } from "../account/session";
import { post, remove } from "../api/client";
import { follows, socialOf } from "../api/social";
import { useDeployment } from "../chain/context";
import { plain } from "../chain/errors";
import { useLink } from "../chain/wallet";
import { plural } from "../format";
import { Notice } from "../ui/parts";

export function Watch({ id, name }: { id: number; name: string }) {
  const { me, signIn } = useSession();
  const link = useLink(useDeployment());
  const mine = useQuery({ ...follows, enabled: Boolean(me) });
  const watchers = useQuery(socialOf(id)).data?.watchers;
  const { busy, error, run } = useDoing();
  const watching = mine.data?.follows.some((one) => one.strategy_id === id) ?? false;
  const begin = async () => {
    if (!me) await signIn();
    await post("/v1/follows", { strategy_id: id });
  };
  const known = me === null || (me !== undefined && mine.data !== undefined);
  const canSign = known && (me !== null || link.state === "ready");
  return (
    <>
      <button
        type="button"
        className="large"
        aria-pressed={watching}
        aria-label={watching ? `Watch ${name} no more` : `Watch ${name}`}
        disabled={busy || !canSign}
        title={
          canSign
            ? `Without money: its trades are listed for you.${watchers === undefined ? "" : ` ${plural(watchers, "watcher")}.`}`
            : "Connect a wallet to watch"
        }
        onClick={() => run(watching ? () => remove(`/v1/follows/${id}`) : begin)}
      >
        {watching ? "Watching" : "Watch"}
        {watchers !== undefined && watchers > 0 && <span className="muted figure">{watchers}</span>}
      </button>
      {error && (
        <Notice tone="bad" title={plain(error).title}>
          {plain(error).remedy}
        </Notice>
      )}
    </>
  );
}

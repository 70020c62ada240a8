// Campaigns: a code, its link, how long it holds, and what came of it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { post, remove } from "../api/client";
import { strategies } from "../api/queries";
import type { Campaign, Referrals } from "../api/social";
import { linkOf } from "../chain/referrer";
import { count, date } from "../format";
import { CopyButton } from "../social/copy-button";
import { Badge, Empty, Field, Panel, type Tone, Trouble } from "../ui/parts";
import { hidden, num, Table } from "../ui/table";
import { Amounts, People } from "./result";

const STATES: Record<Campaign["state"], [Tone, string]> = {
  upcoming: ["info", "Begins later"],
  open: ["good", "Open"],
  ended: ["quiet", "Ended"],
};

export function Campaigns({ of: { campaigns, of_no_campaign: rest } }: { of: Referrals }) {
  const { busy, error, run } = useDoing();
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title="Campaigns"
      aside={
        <button type="button" className="small" aria-expanded={making} onClick={() => setMaking(!making)}>
          New campaign
        </button>
      }
      flush
    >
      {making && (
        <div className="pad">
          <NewCampaign done={() => setMaking(false)} />
        </div>
      )}
      {campaigns.length === 0 ? (
        <Empty title="No campaign yet">
          A campaign has a code, so that you can tell where people came from.
        </Empty>
      ) : (
        <Table
          heads={["Campaign", "State", num("Vaults"), num("People"), num("Income"), "Link", hidden("End")]}
        >
          {campaigns.map(({ campaign, result }) => {
            const [tone, words] = STATES[campaign.state];
            return (
              <tr key={campaign.code}>
                <th scope="row">
                  <bdi>{campaign.title}</bdi>
                  <p className="help">
                    {campaign.code}
                    {campaign.strategy_id !== null && ` · strategy ${campaign.strategy_id} alone`}
                    {campaign.ends && ` · until ${date(campaign.ends)}`}
                  </p>
                </th>
                <td>
                  <Badge tone={tone}>{words}</Badge>
                </td>
                <td className="num figure">{count(result.vaults)}</td>
                <td className="num">
                  <People of={result} few="few" />
                </td>
                <td className="num">
                  <Amounts of={result.income} />
                </td>
                <td>
                  <CopyButton text={linkOf(campaign.code, campaign.strategy_id)} what="the link" />
                </td>
                <td className="end">
                  {campaign.state !== "ended" && (
                    <button
                      type="button"
                      className="small quiet"
                      disabled={busy}
                      aria-label={`End ${campaign.title}`}
                      onClick={() => run(() => remove(`/v1/campaigns/${encodeURIComponent(campaign.code)}`))}
                    >
                      End
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
          <tr>
            <th scope="row">
              Of none
              <p className="help">Your plain link, and who did not say which</p>
            </th>
            <td />
            <td className="num figure">{count(rest.vaults)}</td>
            <td className="num">
              <People of={rest} few="few" />
            </td>
            <td className="num">
              <Amounts of={rest.income} />
            </td>
            <td />
            <td />
          </tr>
        </Table>
      )}
      {error && <Trouble error={error} />}
    </Panel>
  );
}

function NewCampaign({ done }: { done: () => void }) {
  const { busy, error, run } = useDoing();
  const all = useQuery(strategies).data ?? [];
  const [code, setCode] = useState("");
  const [title, setTitle] = useState("");
  const [strategyId, setStrategyId] = useState("");
  const [ends, setEnds] = useState("");
  const body = {
    code: code.trim(),
    title: title.trim(),
    strategy_id: strategyId ? Number(strategyId) : null,
    starts: null,
    ends: ends ? new Date(`${ends}T00:00:00Z`).toISOString() : null,
  };
  return (
    <form
      className="stack tight"
      aria-label="New campaign"
      onSubmit={(event) => {
        event.preventDefault();
        run(() => post("/v1/campaigns", body), done);
      }}
    >
      <div className="grid">
        <Field label="Code" help="It is in the link, and never given to anybody else.">
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={20}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
        <Field label="Title" help="Who follows the link reads it.">
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              maxLength={80}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        <Field label="For">
          {(props) => (
            <select {...props} value={strategyId} onChange={(event) => setStrategyId(event.target.value)}>
              <option value="">every strategy</option>
              {all.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Ends" help="Empty: when you end it. At midnight, UTC.">
          {(props) => (
            <input {...props} type="date" value={ends} onChange={(event) => setEnds(event.target.value)} />
          )}
        </Field>
      </div>
      <div>
        <button
          type="submit"
          className="primary"
          disabled={busy || body.code.length < 3 || body.title === ""}
        >
          Begin
        </button>
      </div>
      {error && <Trouble error={error} />}
    </form>
  );
}

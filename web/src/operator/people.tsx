// Who has signed in or been granted something; what administrators may do about them.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useDoing } from "../account/do";
import { post, type Schemas } from "../api/client";
import { people } from "../api/staff";
import { Address, When } from "../ui/figures";
import { Answered, Badge, Field, Panel, Trouble } from "../ui/parts";
import { num, Table } from "../ui/table";
import { enough, Why } from "./why";

type Body = Schemas["UserActBody"];

const ACTS: readonly (readonly [Body["act"], string])[] = [
  ["allow", "Put on the allowlist"],
  ["disallow", "Take off the allowlist"],
  ["grant", "Grant a role"],
  ["take", "Take a role"],
  ["block", "Shut out"],
  ["unblock", "Let in"],
  ["end_sessions", "End all sessions"],
  ["reset_second_factor", "Reset the second factor"],
];
const ROLES = ["support", "operator", "admin"] as const;

export function People({ acts }: { acts: boolean }) {
  const query = useQuery(people);
  return (
    <Panel title="People" flush>
      <Answered query={query} lines={3}>
        {({ data }) => (
          <Table heads={["Address", "Roles", num("Last signed in")]} short label="People">
            {data.map((user) => (
              <tr key={user.address}>
                <th scope="row">
                  <Address of={user.address} />
                </th>
                <td>
                  {user.granted.map((role) => (
                    <Badge key={role} tone={user.allowed || role === "support" ? "info" : "quiet"}>
                      {role}
                    </Badge>
                  ))}
                  {user.blocked && (
                    <Badge tone="bad" title={user.blocked_why ?? ""}>
                      Shut out
                    </Badge>
                  )}
                </td>
                <td className="num">{user.signed_in ? <When at={user.signed_in} /> : "–"}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answered>
      {acts && (
        <div className="pad">
          <Act />
        </div>
      )}
    </Panel>
  );
}

function Act() {
  const { busy, error, run } = useDoing();
  const [address, setAddress] = useState("");
  const [act, setAct] = useState<Body["act"]>("allow");
  const [role, setRole] = useState<(typeof ROLES)[number]>("support");
  const [why, setWhy] = useState("");
  const needsRole = act === "grant" || act === "take";
  const body = { act, why, ...(needsRole && { role }) };
  return (
    <form
      className="stack tight"
      aria-label="Act on somebody"
      onSubmit={(event) => {
        event.preventDefault();
        run(() => post(`/v1/admin/users/${address.trim()}/acts`, body));
      }}
    >
      <Field label="Whose address">
        {(props) => (
          <input
            {...props}
            autoComplete="off"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        )}
      </Field>
      <div className="grid">
        <Field label="What to do">
          {(props) => (
            <select {...props} value={act} onChange={(event) => setAct(event.target.value as Body["act"])}>
              {ACTS.map(([name, words]) => (
                <option key={name} value={name}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        {needsRole && (
          <Field label="Role">
            {(props) => (
              <select
                {...props}
                value={role}
                onChange={(event) => setRole(event.target.value as typeof role)}
              >
                {ROLES.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
      <Why value={why} onChange={setWhy} />
      <button type="submit" disabled={busy || !/^0x[0-9a-fA-F]{40}$/.test(address.trim()) || !enough(why)}>
        Do it
      </button>
      {error && <Trouble error={error} />}
    </form>
  );
}

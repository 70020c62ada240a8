// Keys for programs that read, in one's own name.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get, post, remove, type Schemas } from "../api/client";
import { CALM } from "../api/live";
import { When } from "../ui/figures";
import { Answered, Badge, Field, Notice, Panel, Trouble } from "../ui/parts";
import { hidden, Table } from "../ui/table";
import { useDoing } from "./do";

export function Keys() {
  const query = useQuery({
    queryKey: ["keys"],
    queryFn: ({ signal }) => get("/v1/keys", { signal }),
    meta: CALM,
  });
  const { busy, error, run } = useDoing();
  const [name, setName] = useState("");
  const [made, setMade] = useState<Schemas["NewKey"] | null>(null);
  const body = { name: name.trim(), scopes: ["public:read", "private:read"] };
  return (
    <Panel title="Keys for programs">
      <p className="muted">A key reads what you may read, for 90 days. It changes nothing.</p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          run(
            () => post<Schemas["NewKey"]>("/v1/keys", body),
            (key) => {
              setMade(key);
              setName("");
            },
          );
        }}
      >
        <Field label="Name of the key">
          {(props) => (
            <input
              {...props}
              autoComplete="off"
              maxLength={64}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" disabled={busy || name.trim() === ""}>
          Make a key
        </button>
      </form>
      {made && (
        <Notice tone="warn" title={`“${made.name}” is told once: copy it now`}>
          <span className="address long">{made.token}</span>
        </Notice>
      )}
      {error && <Trouble error={error} />}
      <Answered query={query} lines={2}>
        {({ data }) =>
          data.length > 0 && (
            <Table heads={["Key", "Until", "Last used", hidden("Revoke")]}>
              {data.map((key) => (
                <tr key={key.id}>
                  <th scope="row">{key.name}</th>
                  <td>
                    <When at={key.expires} />
                  </td>
                  <td>{key.used ? <When at={key.used} /> : <span className="muted">never</span>}</td>
                  <td className="end">
                    {key.revoked ? (
                      <Badge>Revoked</Badge>
                    ) : (
                      <button
                        type="button"
                        className="small quiet"
                        disabled={busy}
                        onClick={() => run(() => remove(`/v1/keys/${key.id}`))}
                      >
                        Revoke
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Answered>
    </Panel>
  );
}

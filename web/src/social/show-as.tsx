// Under which name something is shown: a pseudonym unless its author wants otherwise.
import { useQuery } from "@tanstack/react-query";
import { ownProfile } from "../api/social";
import { Field } from "../ui/parts";

export type ShowAs = "handle" | "shortened" | "pseudonym";

export function ShowAsChoice({ value, onChange }: { value: ShowAs; onChange: (as: ShowAs) => void }) {
  const handle = useQuery(ownProfile).data?.profile?.handle;
  return (
    <Field
      label="Shown as"
      help={
        value === "pseudonym"
          ? "Nobody can join it with your address. Leaders are never shown so."
          : "Everybody can join it with what your address does on chain."
      }
    >
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChange(event.target.value as ShowAs)}>
          <option value="pseudonym">A pseudonym</option>
          <option value="shortened">Your shortened address</option>
          {handle && <option value="handle">{handle}</option>}
        </select>
      )}
    </Field>
  );
}

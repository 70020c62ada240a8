// Under which name something is shown: a pseudonym unless its author wants otherwise.
import { useQuery } from "@tanstack/react-query";
import { ownProfile } from "../api/social";
import { Field } from "../ui/parts";

export type ShowAs = "handle" | "shortened" | "pseudonym";

/** What one begins with: leaders are always to be known as such. */
export const firstAs = (leads: boolean): ShowAs => (leads ? "shortened" : "pseudonym");

interface ChoiceProps {
  value: ShowAs;
  onChange: (as: ShowAs) => void;
  leads?: boolean;
}

export function ShowAsChoice({ value, onChange, leads }: ChoiceProps) {
  const handle = useQuery(ownProfile).data?.profile?.handle;
  return (
    <Field
      label="Shown as"
      help={
        value === "pseudonym"
          ? "Nobody can join it with your address."
          : "Everybody can join it with what your address does on chain."
      }
    >
      {(props) => (
        <select {...props} value={value} onChange={(event) => onChange(event.target.value as ShowAs)}>
          {!leads && <option value="pseudonym">A pseudonym</option>}
          <option value="shortened">Your shortened address</option>
          {handle && <option value="handle">{handle}</option>}
        </select>
      )}
    </Field>
  );
}

// The reason that every act of staff needs. It is kept for good.
import { Field } from "../ui/parts";

export const enough = (why: string) => why.trim().length >= 3;

export function Why({ value, onChange }: { value: string; onChange: (why: string) => void }) {
  return (
    <Field label="Why" help="Kept for good in the audit log.">
      {(props) => (
        <input
          {...props}
          autoComplete="off"
          maxLength={500}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

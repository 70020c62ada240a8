// Changing what one has said: the old words stay among the revisions.
import { useState } from "react";
import { useDoing } from "../account/do";
import { put } from "../api/client";
import { Trouble } from "../ui/parts";

interface Props {
  /** The path of what was said. */
  at: string;
  text: string | null;
  most: number;
  /** What the form, the text and the button are called. */
  labels: readonly [form: string, text: string, button: string];
  done: () => void;
}

export function ChangeWords({ at, text: before, most, labels: [form, label, button], done }: Props) {
  const { busy, error, run } = useDoing();
  const [text, setText] = useState(before ?? "");
  return (
    <form
      className="stack tight"
      aria-label={form}
      onSubmit={(event) => {
        event.preventDefault();
        run(() => put(at, { text: text.trim() }), done);
      }}
    >
      <textarea
        aria-label={label}
        rows={3}
        maxLength={most}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="buttons">
        <button type="submit" className="small" disabled={busy || text.trim() === ""}>
          {button}
        </button>
        <button type="button" className="small quiet" onClick={done}>
          Rather not
        </button>
      </div>
      {error && <Trouble error={error} />}
    </form>
  );
}

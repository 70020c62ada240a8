// Puts something into the clipboard, and says that it is there.
import { useState } from "react";

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [state, setState] = useState<"copied" | "failed" | null>(null);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  return (
    <button type="button" className="small" onClick={copy}>
      {state === "copied" ? "Copied" : state === "failed" ? "Select and copy it" : `Copy ${what}`}
    </button>
  );
}

// Instead of what needs a signature on who asks, when nobody is signed in.
import { useState } from "react";
import { useDeployment } from "../chain/context";
import { plain } from "../chain/errors";
import { useLink } from "../chain/wallet";
import { Empty, Notice } from "../ui/parts";
import { WalletButton } from "../ui/wallet";
import { useSession } from "./session";

/** `what` says what signing in opens. */
export function SignInOffer({ what }: { what: string }) {
  const link = useLink(useDeployment());
  return (
    <Empty
      title="Sign in with your wallet"
      action={link.state === "ready" ? <SignInButton /> : <WalletButton />}
    >
      {what} You sign a message; it costs nothing and moves nothing.
    </Empty>
  );
}

export function SignInButton() {
  const { signIn } = useSession();
  const [state, setState] = useState<"busy" | Error | null>(null);
  return (
    <>
      <button
        type="button"
        className="primary"
        disabled={state === "busy"}
        onClick={() => {
          setState("busy");
          signIn().then(() => setState(null), setState);
        }}
      >
        {state === "busy" ? "Sign the message in your wallet …" : "Sign in"}
      </button>
      {state instanceof Error && (
        <Notice tone="bad" title={plain(state).title}>
          {plain(state).remedy}
        </Notice>
      )}
    </>
  );
}

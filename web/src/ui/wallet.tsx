// Connecting a wallet, and what to do when it is on another network.
import { useRef, useState } from "react";
import { useConnect, useConnection, useConnectors, useDisconnect, useSwitchChain } from "wagmi";
import { Link } from "wouter";
import { useDeployment } from "../chain/context";
import { chainOf } from "../chain/deployment";
import { type Plain, plain } from "../chain/errors";
import { useLink } from "../chain/wallet";
import { shortAddress } from "../format";
import { Empty, Notice } from "./parts";

export function WalletButton() {
  const dialog = useRef<HTMLDialogElement>(null);
  const link = useLink(useDeployment());
  const label =
    link.state === "none"
      ? "Connect"
      : link.state === "connecting"
        ? "Connecting …"
        : shortAddress(link.address);
  return (
    <>
      <button
        type="button"
        className={link.state === "none" ? "primary" : ""}
        onClick={() => dialog.current?.showModal()}
        aria-label={link.state === "none" ? "Connect a wallet" : `Wallet ${label}`}
      >
        {link.state === "wrong-network" && <span className="dot warn" aria-hidden="true" />}
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby="wallet-title">
        <header>
          <h2 id="wallet-title">Wallet</h2>
          <button type="button" className="icon" aria-label="Close" onClick={() => dialog.current?.close()}>
            ×
          </button>
        </header>
        {link.state === "none" || link.state === "connecting" ? (
          <Choices done={() => dialog.current?.close()} />
        ) : (
          <Connected address={link.address} done={() => dialog.current?.close()} />
        )}
        <p className="help">
          No key or recovery phrase is ever asked for here. Whoever asks for one is a thief.
        </p>
      </dialog>
    </>
  );
}

function Choices({ done }: { done: () => void }) {
  const connectors = useConnectors();
  const { mutateAsync } = useConnect();
  const [problem, setProblem] = useState<Plain | null>(null);
  const announced = connectors.filter((connector) => connector.id !== "injected");
  const offered = announced.length ? announced : hasInjected() ? connectors : [];
  if (!offered.length) {
    return (
      <Empty title="No wallet was found in this browser">
        Install a wallet extension, or open this page in your wallet's own browser, then come back.
      </Empty>
    );
  }
  return (
    <ul className="choices">
      {offered.map((connector) => (
        <li key={connector.uid}>
          <button
            type="button"
            onClick={async () => {
              setProblem(null);
              try {
                await mutateAsync({ connector });
                done();
              } catch (error) {
                setProblem(plain(error));
              }
            }}
          >
            {connector.icon && <img src={connector.icon} alt="" width="24" height="24" />}
            {connector.name === "Injected" ? "Browser wallet" : connector.name}
          </button>
        </li>
      ))}
      {problem && (
        <li>
          <Notice tone="bad" title={problem.title}>
            {problem.remedy}
          </Notice>
        </li>
      )}
    </ul>
  );
}

function Connected({ address, done }: { address: string; done: () => void }) {
  const { connector } = useConnection();
  const { mutateAsync } = useDisconnect();
  return (
    <div className="connected">
      <p>
        {connector?.name}
        <br />
        <span className="address long">{address}</span>
      </p>
      <Link href="/account" className="button" onClick={done}>
        Account and sign-in
      </Link>
      <button
        type="button"
        onClick={async () => {
          await mutateAsync({});
          done();
        }}
      >
        Disconnect
      </button>
    </div>
  );
}

export function WrongNetwork() {
  const { chainId } = useDeployment();
  const link = useLink(useDeployment());
  const { mutateAsync, isPending } = useSwitchChain();
  const [problem, setProblem] = useState<Plain | null>(null);
  if (link.state !== "wrong-network") return null;
  const chain = chainOf(chainId);
  return (
    <Notice
      tone="warn"
      title={`Your wallet is on another network (${link.chainId})`}
      action={
        <button
          type="button"
          className="primary small"
          disabled={isPending}
          onClick={() => {
            setProblem(null);
            mutateAsync({ chainId }).catch((error) => setProblem(plain(error)));
          }}
        >
          Switch to {chain.name}
        </button>
      }
    >
      Lockstep here is on {chain.name} (chain {chainId}). You can look at everything; to sign, switch.
      {problem && ` ${problem.title} ${problem.remedy}`}
    </Notice>
  );
}

function hasInjected(): boolean {
  return "ethereum" in window;
}

/** Instead of what needs a wallet, when there is none. */
export function NeedsWallet({ what }: { what: string }) {
  return (
    <Empty title="Connect a wallet" action={<WalletButton />}>
      {what}
    </Empty>
  );
}

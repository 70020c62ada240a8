// Part of a vault back to its owner's account, and on to the wallet.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Address } from "viem";
import { readContract } from "viem/actions";
import type { Token, Vault } from "../api/client";
import { encode } from "../chain/copy";
import { hubAbi } from "../chain/hub";
import { sendToHub } from "../chain/transact";
import { useWallet } from "../chain/wallet";
import { decimal, digitsFor, exact, parseUnits, units } from "../format";
import { Field, Segmented } from "../ui/parts";
import type { Run } from "./actions";

export function TakeMoney({
  vault: found,
  tokens,
  run,
}: {
  vault: Vault;
  tokens: readonly Token[];
  run: Run;
}) {
  const [token, setToken] = useState(found.balances[0]?.token ?? "");
  const [text, setText] = useState("");
  const held = found.balances.find((balance) => balance.token === token);
  const decimals = tokens.find((one) => one.address === token)?.decimals ?? 18;
  const amount = parseUnits(text, decimals);
  const valid = typeof amount === "bigint" && amount > 0n && amount <= BigInt(held?.units ?? 0);
  const due = useDue(found.id, token as Address, valid ? amount : 0n, run);
  if (!held) return <p className="muted">The vault is empty.</p>;
  const wrong =
    text === ""
      ? undefined
      : typeof amount === "string"
        ? amount
        : valid
          ? undefined
          : `The vault holds ${exact(held.decimal)} ${held.symbol}.`;
  const show = (value: bigint) => {
    const text = units(value, decimals);
    return `${decimal(text, digitsFor(text, held.symbol))} ${held.symbol}`;
  };
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (!valid) return;
        run.it(
          (steps) => sendToHub(steps, [encode("deallocate", [found.id, token, amount])]),
          "It is in your account; withdraw it from the dashboard or the portfolio.",
        );
      }}
    >
      {found.balances.length > 1 && (
        <Segmented
          label="Token"
          options={found.balances.map((balance) => [balance.token, balance.symbol] as const)}
          value={token}
          onChange={(chosen) => {
            setToken(chosen);
            setText("");
          }}
        />
      )}
      <Field
        label="Take out of the vault"
        unit={held.symbol}
        help={`The vault holds ${exact(held.decimal)}. It copies on with the rest.`}
        wrong={wrong}
      >
        {(props) => (
          <input
            {...props}
            inputMode="decimal"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <div className="buttons">
        <button type="submit" className="primary" disabled={!valid || run.busy}>
          Take out
        </button>
        <button type="button" className="small quiet" onClick={() => setText(held.decimal)}>
          All of it
        </button>
      </div>
      {due && (
        <p className="help">
          {due.fees === 0n ? "No fee is due on it." : `Fees of ${show(due.fees)} are due on it.`}
          {due.held > 0n && ` ${show(due.held)} is held back until there is a price.`}
        </p>
      )}
    </form>
  );
}

/** What the contract would keep of it now. */
function useDue(vaultId: number, token: Address, amount: bigint, run: Run) {
  const wallet = useWallet();
  const query = useQuery({
    queryKey: ["outflow", vaultId, token, String(amount)],
    queryFn: async () => {
      const [withdrawal, performance, held] = await readContract(await wallet(), {
        address: run.deployment.hub,
        abi: hubAbi,
        functionName: "previewOutflow",
        args: [vaultId, token, amount],
      });
      return { fees: withdrawal + performance, held };
    },
    enabled: amount > 0n,
    structuralSharing: false,
  });
  return query.data;
}

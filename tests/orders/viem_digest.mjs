// Reads EIP-712 documents as JSON lines, answers what viem, a client that knows nothing of ours, makes of each:
// the digest, and the signature of the key in argv.
import { createInterface } from "node:readline";
import { hashTypedData } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const account = privateKeyToAccount(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
  const document = JSON.parse(line);
  const { EIP712Domain, ...types } = document.types;
  const request = { ...document, types };
  const signature = await account.signTypedData(request);
  process.stdout.write(JSON.stringify({ digest: hashTypedData(request), signature }) + "\n");
}

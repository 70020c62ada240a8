import { readFileSync } from "node:fs";
import { createConfig } from "ponder";

const { hub, abi, rpcUrl, first, head } = JSON.parse(readFileSync("job.json", "utf8"));

export default createConfig({
  chains: { local: { id: 31337, rpc: rpcUrl, disableCache: true } },
  contracts: { Hub: { chain: "local", abi, address: hub, startBlock: first, endBlock: head } },
});

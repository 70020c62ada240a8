// One process that keeps the WebAssembly compiler loaded: loading it, and having it warm, is most of a small compile.
//   node compiler.js --ast-compact-json FILE --output-dir FOLDER …   Gambit's call of a native solc: a syntax tree.
//   node compiler.js                                                 One JSON request a line, one answer a line:
// {"settings": …, "overlay": {path: source}, "units": [[path, contract]]} → {"error": text} or {"code": {contract: hex}}.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const root = path.resolve(__dirname, "..", "..");
const solc = require(path.join(root, "node_modules", "solc"));

const args = process.argv.slice(2);
const files = new Map();

function read(name, overlay) {
  if (overlay[name] !== undefined) return { contents: overlay[name] };
  if (!files.has(name)) {
    const found = [path.join(root, name), path.join(root, "node_modules", name)].find((file) => fs.existsSync(file));
    if (!found) return { error: `File not found: ${name}` };
    files.set(name, fs.readFileSync(found, "utf8"));
  }
  return { contents: files.get(name) };
}

function compile(sources, settings, overlay) {
  const input = { language: "Solidity", sources, settings };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (name) => read(name, overlay) }));
  const error = (output.errors ?? []).find((each) => each.severity === "error");
  return error ? { error: error.formattedMessage } : output;
}

function source(name, overlay) {
  return { [name]: { content: read(name, overlay).contents } };
}

function writeTree() {
  const name = args[1];
  const folder = args[args.indexOf("--output-dir") + 1];
  const output = compile(source(name, {}), { outputSelection: { [name]: { "": ["ast"] } } }, {});
  if (output.error) {
    process.stderr.write(output.error);
    process.exitCode = 1;
    return;
  }
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${path.basename(name)}_json.ast`), JSON.stringify(output.sources[name].ast));
}

function answer({ settings, overlay, units }) {
  const sources = Object.assign({}, ...units.map(([name]) => source(name, overlay)));
  const outputSelection = {};
  for (const [name, contract] of units) outputSelection[name] = { [contract]: ["evm.bytecode.object"] };
  const output = compile(sources, { ...settings, outputSelection }, overlay);
  if (output.error) return { error: output.error };
  const code = units.map(([name, contract]) => [contract, output.contracts[name][contract].evm.bytecode.object]);
  return { code: Object.fromEntries(code) };
}

if (args[0] === "--ast-compact-json") {
  writeTree();
} else {
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
  });
}

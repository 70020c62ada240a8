// How Solidity is linted; formatting is `forge fmt`'s.
module.exports = {
  extends: "solhint:recommended",
  rules: {
    "compiler-version": "off", // foundry.toml and brownie-config.yaml name it; interfaces allow what users have
    "func-visibility": ["error", { ignoreConstructors: true }],
    "immutable-vars-naming": ["error", { immutablesAsConstants: false }], // they are read as functions of an interface
    "use-natspec": "off", // user-facing documentation is in the interface; a tag that repeats a name says nothing
    "gas-increment-by-one": "off", // the optimizer's job, as are the next two
    "gas-strict-inequalities": "off",
    "gas-indexed-events": "off",
    "gas-small-strings": "off", // EIP-712 type strings are as long as they are
    "no-empty-blocks": "off", // the hub's interface is the sum of two others
    "no-inline-assembly": "off", // transient storage and an array without its length have no other words
    "gas-struct-packing": "off", // the structs in storage are packed by hand; views are for readers
    "max-states-count": "off", // all of the hub's storage is declared in one place, on purpose
  },
};

"""The hub's ABI, as compiled from `contracts/interfaces/IHub.sol`."""

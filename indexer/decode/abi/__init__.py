"""The hub's ABI: `IHub.json` as compiled from the interface, `Ownable2Step.json` the inherited events."""

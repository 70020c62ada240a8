"""The dApp measured in a real browser, in front of a world that its tests use too."""

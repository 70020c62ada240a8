"""How quickly and how faithfully a keeper works: `python -m benchmarks.keeper`."""

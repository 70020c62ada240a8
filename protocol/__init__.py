"""The hub's structs as Python values: what anybody who calls it has to hand over."""

"""The hub's enums and structs as Python values: what callers hand over and what events carry."""

"""Reads an EVM chain by JSON-RPC; believes nothing that block headers contradict. Knows no contract."""

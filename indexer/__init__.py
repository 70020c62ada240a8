"""Reads the chain into the ledger: chain (RPC) → decode (events) → ledger (postings), driven by sync."""

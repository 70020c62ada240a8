"""Keeps the ledger at the chain's head: backfill, live following, reorgs, and the proof that ledger and chain
agree.
"""

"""The indexer against a node alone, against other indexers, and against time: `python -m
benchmarks.indexer`.
"""

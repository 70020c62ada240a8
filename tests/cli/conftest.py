"""The chain on paper, for commands that ask a node."""

from tests.indexer.conftest import chain, node, proxy

__all__ = ["chain", "node", "proxy"]

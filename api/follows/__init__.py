"""Watching strategies without money: what a person follows, and what its leaders trade."""

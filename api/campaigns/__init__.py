"""Codes that stand for a referrer, and vaults' owners who say that one brought them."""

"""Handles that wallets have signed for, and what people say of themselves."""

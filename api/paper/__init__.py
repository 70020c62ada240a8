"""Play money: vaults that nobody has to own, beside the real ones."""

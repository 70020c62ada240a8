"""The reasons a trade was not copied into a vault, in words."""

"""Reviews of strategies, with a badge for whoever followed with money."""

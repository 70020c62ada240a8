"""How alike the results of leaders are."""

"""Leaders' signed orders, as far as the chain knows them."""

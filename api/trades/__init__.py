"""Leaders' trades, the swaps that cleared them, and their copies."""

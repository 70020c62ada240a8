"""Pure arithmetic on what happened: positions, cost basis, profit and loss, returns. Integers in token units."""

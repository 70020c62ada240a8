"""Pure arithmetic on what happened: cost basis, profit and loss, returns. Money: token units, `int`."""

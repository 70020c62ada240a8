"""How soon somebody who listens hears of a fill."""

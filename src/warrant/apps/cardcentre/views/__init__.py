"""Pages of the card centre: station, jobs, stock, hand-over, keys, and the card box of a development node."""

"""Reading the statistics: units in reach, figures, and the people behind them."""

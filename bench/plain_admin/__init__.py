"""The yardstick: a plain Django admin over the same table of officers, as one would write it in an hour."""

"""A year of a province's certificates and cards over the product's own services, and whether everything balances."""

"""Pages of accounts: signing in, administration, and substitutes."""

"""People who sign in, and who holds which role where."""

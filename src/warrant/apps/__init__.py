"""Data and use cases, in order: an app asks only those below it."""

"""Lists on their way out: files that a person takes along, each kept sealed for a week and audited once."""

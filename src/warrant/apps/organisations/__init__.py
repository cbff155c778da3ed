"""The tree ministry, province, city, county and agencies, over time."""

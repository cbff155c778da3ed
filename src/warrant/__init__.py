"""Warrant: the register of transport law-enforcement officers and their certificates."""

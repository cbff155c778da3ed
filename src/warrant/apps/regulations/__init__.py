"""Regulations: what differs by place and time, as dated data that two people change."""

"""Examinations: sittings, scores entered by two people, corrections by two people, and what is odd about them."""

"""Training and examination as records with proof."""

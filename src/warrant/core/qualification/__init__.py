"""Training, examination and assessment as documents: what they ask for by place and day, and what is found by them."""

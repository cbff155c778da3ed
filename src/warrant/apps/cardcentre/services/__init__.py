"""Use cases of the card centre: keys, stock, card jobs behind the gate, hand-over."""

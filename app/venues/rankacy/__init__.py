"""Rankacy's feed of CS2 matches and odds: it is read, and nothing can be ordered there."""

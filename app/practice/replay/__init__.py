"""Plays a recorded session back over the wire, as the practice exchange plays its own."""

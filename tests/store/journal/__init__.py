"""The journal file."""

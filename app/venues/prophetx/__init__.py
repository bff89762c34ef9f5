"""The ProphetX Trading API."""

"""Ways in which a webhook's signature goes wrong, each tried by making the signature that it would have given."""

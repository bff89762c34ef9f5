"""RSA keys: made, read from whatever a person pastes, and written for the venue or as a backup."""

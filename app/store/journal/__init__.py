"""The journal: what was done about orders, one row a thing, each row carrying the hash of the one before; one file a profile."""

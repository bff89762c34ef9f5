"""The deliveries' file."""

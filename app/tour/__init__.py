"""The tour: the real window driven by clicks and keys, one picture a step."""

"""Deliveries of webhooks, in a bounded database of their own: a flood of them never touches the order journal."""

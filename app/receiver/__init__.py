"""The receiver of webhooks: a process of its own on 127.0.0.1, so that no flood of deliveries reaches the window."""

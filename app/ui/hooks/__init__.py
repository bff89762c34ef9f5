"""The page of webhooks and HMAC."""

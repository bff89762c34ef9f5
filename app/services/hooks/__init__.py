"""Webhooks of a feed: subscriptions, what is delivered, what is missed, and trying signatures; asyncio, no Qt, no HTTP."""

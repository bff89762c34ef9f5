"""What the program knows and does: asyncio, no Qt, no HTTP. Services fold a venue's events into state and announce what changed."""

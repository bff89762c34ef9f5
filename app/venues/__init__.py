"""Everything that knows HTTP, the Pusher protocol and the venues' spellings."""

"""The league's video at Twitch, and the practice exchange's own: where it is, whether its address may be used, what can be played."""

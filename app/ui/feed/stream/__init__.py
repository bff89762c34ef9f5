"""The live video of the league: who plays it, in which state, and how far the odds are ahead of it."""

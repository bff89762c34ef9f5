"""The views of a feed account: matches, odds, history and video of a league that is only read."""

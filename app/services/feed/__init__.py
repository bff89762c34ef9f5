"""The league's matches, odds and stream, as services fold them: read-only, for the views of a feed account."""

"""The crash campaign: the real terminal is killed again and again while it trades, and judged by the exchange's own truth log."""

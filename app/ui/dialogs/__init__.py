"""Boxes that ask something. None of them is modal: the window behind them, its kill switch above all, stays usable."""

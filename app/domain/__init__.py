"""Pure values and functions: what a price, a market, a book, an order and an account are, wherever they come from."""

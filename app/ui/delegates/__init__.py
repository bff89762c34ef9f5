"""Painters of cells: each reads the model's row object directly, never through roles."""

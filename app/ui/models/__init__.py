"""Table and tree models: they read services and say which cells changed."""

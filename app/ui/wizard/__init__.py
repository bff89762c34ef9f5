"""The wizard's window: views of `services.setup.wizard` and nothing that could be tested without them."""

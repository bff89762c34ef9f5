"""What the README's figures come from: each a ratio against a named peer, measured in the same run."""

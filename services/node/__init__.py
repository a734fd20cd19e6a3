"""A facility's node: seals, opens, and serves local systems."""

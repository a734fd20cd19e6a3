"""The node's sealed store: the only SQL of the node."""

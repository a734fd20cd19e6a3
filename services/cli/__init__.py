"""The `safehand` command: one module per noun, over the nodes' own API. Decides nothing itself."""

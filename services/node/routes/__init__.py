"""The node's local HTTP routes: parse, call, map."""

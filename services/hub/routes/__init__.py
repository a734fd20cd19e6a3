"""The HTTP face, thin: authenticate, parse, call, answer. PROTOCOL section 8."""

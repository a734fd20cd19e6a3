"""Protocol: sealing, grants, consent, release, opening, audit. Pure functions over values."""

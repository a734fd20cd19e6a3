"""What hub and node share as servers: problems, signatures, limits, transport, metrics."""

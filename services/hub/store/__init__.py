"""The hub's SQL, one module per topic. Functions take a connection and return values."""

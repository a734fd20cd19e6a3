"""The regional database's process, second aggregator of statistics. Nothing is here yet."""

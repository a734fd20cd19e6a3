"""Processes: the only place with HTTP, SQL, files and time."""

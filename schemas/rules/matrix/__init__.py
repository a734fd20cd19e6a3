"""The author rules as one table (`table`), written in parts by what is written."""

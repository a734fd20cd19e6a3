"""Plain SQL over two databases, SQLite and PostgreSQL, behind one small interface."""

"""The made-up case that is shipped for demonstrations and tests. No person is behind it."""

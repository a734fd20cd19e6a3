"""Vocabulary: what a record is, how it is labelled, and the JSON that parties exchange. No I/O."""

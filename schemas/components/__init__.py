"""The components of a record in the booklet's terms, as closed pydantic models."""

"""The hub: stores and forwards what it can't read, decides releases, keeps the audit log."""

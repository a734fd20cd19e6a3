"""The auditor's own tool: mirrors the hub's audit log and verifies it, trusting nothing it says."""

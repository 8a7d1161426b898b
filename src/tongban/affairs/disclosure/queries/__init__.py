"""What open government reads."""

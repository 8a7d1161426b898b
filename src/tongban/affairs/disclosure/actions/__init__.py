"""What open government does."""

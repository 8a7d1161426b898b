"""The slice's tables."""

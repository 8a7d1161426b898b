"""Checks on the bytes of an upload; pure, so that each can be tried on samples without a database."""

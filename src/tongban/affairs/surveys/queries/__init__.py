"""Reads over surveys and interviews."""

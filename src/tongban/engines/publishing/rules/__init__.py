"""Decisions of publishing: plain values in and out."""

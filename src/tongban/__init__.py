"""Tongban: one platform on which a government runs."""

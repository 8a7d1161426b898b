"""Views of the portal: each asks one query or calls one action."""

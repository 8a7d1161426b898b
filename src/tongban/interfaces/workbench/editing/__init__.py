"""What the editors' desk shows and asks."""

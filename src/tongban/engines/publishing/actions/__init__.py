"""What changes the site group: one verb a change."""

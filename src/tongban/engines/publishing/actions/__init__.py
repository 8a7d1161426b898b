"""What changes the site group: one verb a change. Import from the module that holds the verb; the README lists them."""

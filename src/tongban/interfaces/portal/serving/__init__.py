"""How the pages of the site group reach readers: kept in memory while they are true, counted, compressed."""

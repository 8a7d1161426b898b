"""Everything that changes a survey or an interview."""

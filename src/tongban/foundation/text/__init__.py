"""Chinese text and identifiers: one written form, names, search tokens, check digits, masks. No tables."""

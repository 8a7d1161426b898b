"""Ways out of the house: each gateway hands a message to a provider."""

"""The demonstration's seals: a local certification authority and one certificate a unit. Never the state seal."""

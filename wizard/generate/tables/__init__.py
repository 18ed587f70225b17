"""Tables the rules look things up in: data, no code."""

"""Looking at the names' DNS, with or without a move in this folder."""

"""The database engines against real servers."""

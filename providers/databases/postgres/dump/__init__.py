"""Restoring a dump file: its format, its statements one by one, and what became of each."""

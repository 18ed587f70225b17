"""The source-side job: a shell program that looks, copies and compares where the source is."""

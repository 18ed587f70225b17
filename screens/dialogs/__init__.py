"""Windows over a step: a question, trouble, the whole log."""

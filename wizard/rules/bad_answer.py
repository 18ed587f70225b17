"""An answer that is none."""


class BadAnswer(ValueError):
    """An answer that cannot be a decision; the text says why, in words for whoever gave it."""

"""How does a state look? A sign and a word, so that no colour is ever needed to tell them apart."""

from wizard.steps.base import State

SIGNS: dict[State, str] = {
    "not yet": "·",
    "ready": "▸",
    "running": "▸",
    "you": "!",
    "done": "✓",
    "stale": "~",
    "failed": "✗",
    "skipped": "–",
}
"""One cell wide in every terminal."""

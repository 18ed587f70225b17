"""Aptible as a target: `open_target` gives the client that implements the Target port."""

from providers.targets.aptible.target import AptibleTarget, open_target

__all__ = ["AptibleTarget", "open_target"]

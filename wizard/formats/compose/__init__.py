"""Compose and stack files: versions 2 to 3.13 and the current specification. Text in, facts out."""

from wizard.formats.compose.project import Loaded, Project, read_project

__all__ = ["Loaded", "Project", "read_project"]

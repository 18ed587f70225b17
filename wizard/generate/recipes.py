"""Language → the function that writes its Dockerfile. A new language is one file and one line."""

from collections.abc import Callable, Mapping
from importlib import import_module

from wizard.generate.detect import Detection
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import Recipe
from wizard.generate.scan import Scan

Lines = tuple[ProcessLine, ...]
Made = tuple[Recipe | None, Lines]
"""The Dockerfile's parts (None while a question is open) and the process types as they run."""
Make = Callable[[Notebook, Scan, Lines, Detection], Made]

RECIPES: Mapping[str, str] = {
    "python": "python:python_recipe",
    "node": "node:node_recipe",
    "ruby": "ruby:ruby_recipe",
    "go": "go:go_recipe",
    "java": "java:java_recipe",
    "gradle": "gradle:gradle_recipe",
    "php": "php:php_recipe",
    "static": "static_site:static_recipe",
}
"""Language → module of this package and name in it; loaded when an app is written in it."""


def recipe_of(language: str) -> Make:
    """The function for one of RECIPES."""
    module, _, name = RECIPES[language].partition(":")
    made: Make = getattr(import_module(f"wizard.generate.{module}"), name)
    return made

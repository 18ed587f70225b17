"""Language → the function that writes its Dockerfile. A new language is one file and one line."""

from collections.abc import Callable, Mapping

from wizard.generate.detect import Detection
from wizard.generate.go import go_recipe
from wizard.generate.gradle import gradle_recipe
from wizard.generate.java import java_recipe
from wizard.generate.node import node_recipe
from wizard.generate.notebook import Notebook
from wizard.generate.php import php_recipe
from wizard.generate.processes import ProcessLine
from wizard.generate.python import python_recipe
from wizard.generate.recipe import Recipe
from wizard.generate.ruby import ruby_recipe
from wizard.generate.scan import Scan
from wizard.generate.static_site import static_recipe

Lines = tuple[ProcessLine, ...]
Made = tuple[Recipe | None, Lines]
"""The Dockerfile's parts (None while a question is open) and the process types as they run."""
Make = Callable[[Notebook, Scan, Lines, Detection], Made]

RECIPES: Mapping[str, Make] = {
    "python": python_recipe,
    "node": node_recipe,
    "ruby": ruby_recipe,
    "go": go_recipe,
    "java": java_recipe,
    "gradle": gradle_recipe,
    "php": php_recipe,
    "static": static_recipe,
}

"""What is a language called in a sentence?"""

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "ruby": "Ruby",
    "node": "Node",
    "python": "Python",
    "php": "PHP",
    "go": "Go",
    "java": "Java",
    "gradle": "Java (Gradle)",
    "scala": "Scala",
    "clojure": "Clojure",
    "elixir": "Elixir",
    "rust": "Rust",
    "dotnet": ".NET",
    "static": "static files",
    "images": "container images",
}


IMAGES = "images"
"""The main 'language' of a project whose images exist already."""


def language_name(language: str) -> str:
    """The name as people write it."""
    return NAMES.get(language, language)


def kind_of_app(language: str) -> str:
    """With its article: "an Elixir app", "a static site"."""
    if language == "static":
        return "a static site"
    if language == "images":
        return "a project of container images"
    name = language_name(language)
    return f"{'an' if name[:1] in 'AEIO' else 'a'} {name} app"

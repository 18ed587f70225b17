"""Which versions does an app of a language without a generator name, and where?"""

import re
from collections.abc import Mapping

from wizard.formats.text_lines import numbered
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence

_JVM = (("system.properties", r"^\s*java\.runtime\.version\s*="),)
_TOOLS = (".tool-versions", r"^\s*(?:elixir|erlang|java|scala|sbt|clojure|rust|dotnet\S*)\s+\S")
_FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "elixir": (
        ("elixir_buildpack.config", r"^\s*(?:elixir|erlang)_version\s*="),
        ("phoenix_static_buildpack.config", r"^\s*(?:node|npm|yarn)_version\s*="),
        ("mix.exs", r"^\s*elixir:\s"),
    ),
    "scala": (*_JVM, ("project/build.properties", r"^\s*sbt\.version\s*=")),
    "clojure": (*_JVM, ("project.clj", r":min-lein-version|\[org\.clojure/clojure ")),
    "rust": (
        ("rust-toolchain.toml", r"^\s*channel\s*="),
        ("rust-toolchain", r"^\s*\S"),
        ("RustConfig", r"^\s*VERSION\s*="),
        ("Cargo.toml", r"^\s*(?:rust-version|edition)\s*="),
    ),
    "dotnet": (("global.json", r'"version"\s*:'),),
}
"""Language → files with the line that names a version."""


def version_evidence(book: Notebook, language: str) -> tuple[Evidence, ...]:
    """Each version that is named, with file and line."""
    found = []
    for path, pattern in (*_FILES.get(language, ()), *((_TOOLS,) if language in _FILES else ())):
        for number, line in numbered(book.text(path)):
            if re.search(pattern, line):
                found.append(Evidence(path=path, line=number, fact=f"says {line.strip()[:80]}"))
    return tuple(found)

"""Does a Dockerfile still fit the code? One that another Ruby builds stops in Bundler."""

import re

from wizard.formats.dockerfile import Dockerfile, Instruction
from wizard.formats.gemfile import read_gemfile
from wizard.generate.base_image import parts
from wizard.generate.notebook import Notebook
from wizard.generate.ruby_version import GEMFILE, demanded
from wizard.model.files import Evidence

_MANIFESTS = (
    "Gemfile", "package.json", "requirements.txt", "pyproject.toml", "Pipfile", "composer.json",
    "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "mix.exs", "Cargo.toml",
)  # fmt: skip


def stale_signs(book: Notebook, path: str, found: Dockerfile) -> tuple[Evidence, ...]:
    """Evidence that this file cannot have built the code as it is."""
    aside = Notebook(book.view, book.known, {}, book.today)
    gemfile = aside.parsed(GEMFILE, read_gemfile)
    name, tag = parts(found.base())
    exact = re.match(r"\d+\.\d+\.\d+", tag)
    if gemfile is None or name != "ruby" or exact is None:
        return ()
    wanted, place = demanded(aside, gemfile.ruby)
    if place is None or not wanted or wanted == exact.group():
        return ()
    line = next((i.line for i in found.instructions if i.word == "FROM"), 0)
    fact = f"builds on Ruby {exact.group()}, the Gemfile insists on {wanted}"
    return (Evidence(path=path, line=line, fact=fact), place)


def other_signs(book: Notebook, path: str, found: Dockerfile) -> tuple[Evidence, ...]:
    """Weaker ones, for an app that a buildpack builds: no code goes in, or Rails would develop."""
    last = next(i for i in reversed(found.instructions) if i.word == "FROM")
    place = Evidence(path=path, line=last.line, fact=f"FROM {last.rest}"[:60])
    if book.present(*_MANIFESTS) and not any(_takes_code(i) for i in found.instructions):
        return (place.model_copy(update={"fact": "copies nothing of this repository"}),)
    rails = parts(found.base())[0] == "ruby" and book.has("config/application.rb")
    if rails and not re.search(r"\b(?:RAILS|RACK)_ENV\b|assets:precompile", _code(book.text(path))):
        fact = "sets no RAILS_ENV and compiles no assets: Rails would run as in development"
        return (place.model_copy(update={"fact": fact}),)
    return ()


def _takes_code(instruction: Instruction) -> bool:
    """Whether something of the repository gets into the build here."""
    if instruction.word in ("COPY", "ADD"):
        return bool(instruction.sources())
    rest = instruction.rest
    return instruction.word == "RUN" and ("type=bind" in rest or "git clone" in rest)


def _code(text: str) -> str:
    return "\n".join(row for row in text.split("\n") if not row.lstrip().startswith("#"))

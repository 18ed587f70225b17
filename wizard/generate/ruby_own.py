"""A Ruby app whose own Dockerfile is kept: what it needs all the same, and does its Ruby fit?"""

import re

from wizard.formats.dockerfile import read_dockerfile
from wizard.generate.base_image import parts
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.ruby_checks import check_ruby
from wizard.generate.ruby_package import read_ruby_package
from wizard.generate.ruby_version import demanded
from wizard.model.files import Evidence


def look_at_own_ruby(book: Notebook, path: str, lines: tuple[ProcessLine, ...]) -> None:
    """Findings only: the Dockerfile at `path` decides, so nothing is asked."""
    aside = Notebook(book.view, book.known, {}, book.today)
    package = read_ruby_package(aside)
    if package is None:
        return
    check_ruby(book, package, lines)
    wanted, place = demanded(book, package.gemfile.ruby)
    found = book.parsed(path, read_dockerfile)
    name, tag = parts(found.base()) if found is not None else ("", "")
    exact = re.match(r"\d+\.\d+\.\d+", tag)
    if found is not None and not re.search(r"\b(?:RAILS|RACK)_ENV\b", book.text(path)):
        book.warn(
            "rack-env",
            "the Dockerfile sets neither RACK_ENV nor RAILS_ENV, as the buildpack did: without "
            "them the app runs as in development, where rackup listens on localhost only",
            "set both to production, in the Dockerfile or in the configuration",
            *(line.evidence for line in lines if line.name == "web"),
        )
    if found is None or name != "ruby" or not wanted or place is None or exact is None:
        return
    if exact.group() != wanted:
        line = next((i.line for i in found.instructions if i.word == "FROM"), 0)
        book.warn(
            "ruby-image-version",
            f"the Dockerfile builds on Ruby {exact.group()}, the Gemfile insists on {wanted}: "
            "Bundler stops there",
            f"build on ruby:{wanted}{tag.removeprefix(exact.group())}",
            Evidence(path=path, line=line, fact=f"builds on {name}:{tag}"),
            place,
        )

"""Does a Dockerfile still fit the code? One that another Ruby builds stops in Bundler."""

import re

from wizard.formats.dockerfile import Dockerfile
from wizard.formats.gemfile import read_gemfile
from wizard.generate.base_image import parts
from wizard.generate.notebook import Notebook
from wizard.generate.ruby_version import GEMFILE, demanded
from wizard.model.files import Evidence


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

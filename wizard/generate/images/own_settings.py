"""Variables that one service has with a value of its own: put in front of its command."""

import re
import shlex
from collections.abc import Iterator

from wizard.generate.images.places import evidence
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup
from wizard.model.inventory import Inventory
from wizard.rules.container_differs import OWN, differs_question, own_name

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def settings_of(book: Notebook, app: AppGroup, found: Inventory) -> dict[str, str]:
    """Service → the words in front of its command; only for services that need it.

    What no line may hold is asked for; where each service is to have its own, it comes from a
    variable of the app.
    """
    plain: dict[str, list[str]] = {}
    named: dict[str, list[str]] = {}
    for variable in found.variables:
        if variable.app != app.name or not variable.differs:
            continue
        asked = differs_question(variable, found)
        if asked is None:
            for process, value in variable.apart:
                plain.setdefault(process, []).append(shlex.quote(f"{variable.name}={value}"))
            continue
        seen = evidence(variable.where, f"{variable.name} differs")
        given = book.ask(asked.id, asked.text, asked.why, choices=asked.choices, found=(seen,))
        for process in variable.differs if given == OWN and _NAME.fullmatch(variable.name) else ():
            own = own_name(variable.name, process)
            named.setdefault(process, []).append(f'export {variable.name}="${own}"')
    services = dict.fromkeys((*plain, *named))
    return {name: " ".join(_words(plain.get(name), named.get(name))) for name in services}


def _words(plain: list[str] | None, named: list[str] | None) -> Iterator[str]:
    if plain:
        yield from ("env", *plain)
    if named:
        yield from ("sh", "-c", shlex.quote("; ".join([*named, 'exec "$@"'])), "sh")

"""Configuration that told a buildpack how to build: read from app.json, else asked for."""

from wizard.formats.json_text import read_json_object, table
from wizard.formats.text_lines import find_line
from wizard.generate.notebook import LIVE, Notebook
from wizard.model.files import Evidence


def build_variable(book: Notebook, name: str, why: str) -> tuple[str, Evidence] | None:
    """Its value and where that comes from; None when it was never set, or is open.

    The live app tells names only: a variable that is set there is asked for.
    """
    document = book.parsed("app.json", read_json_object) or {}
    declared = table(document, "env").get(name)
    value = declared.get("value") if isinstance(declared, dict) else declared
    if isinstance(value, str) and value.strip() and value.isprintable():
        line = find_line(book.text("app.json"), f'"{name}"')
        return value.strip(), Evidence(path="app.json", line=line, fact=f"{name} {value}"[:80])
    if name not in book.known.variables:
        return None
    place = Evidence(path=LIVE, fact=f"{name} is set")
    answer = book.ask(
        f"variable:{name}",
        f"the live app sets {name}: what to?",
        f"{why}; only its name was read (`heroku config:get {name}` prints it)",
        free=True,
        found=(place,),
    )
    return (answer.strip(), place) if answer else None

"""app.json: what the app asked of the platform when it was created; the live app may differ."""

from typing import Any

from wizard.formats.errors import FormatError
from wizard.formats.json_text import key_pattern, read_json_object, table, text_at
from wizard.formats.text_lines import find_line
from wizard.model.frozen import Frozen


class Named(Frozen):
    """Something with a name and the line it stands on."""

    name: str
    line: int = 0


class AppJson(Frozen):
    """Lines are 0 where the text did not tell. Names of variables only, never their values."""

    buildpacks: tuple[Named, ...] = ()
    variables: tuple[Named, ...] = ()
    addons: tuple[Named, ...] = ()
    postdeploy: str = ""
    postdeploy_line: int = 0
    stack: str = ""


def read_app_json(text: str, path: str = "app.json") -> AppJson:
    """Read the parts that matter here. Raises FormatError."""
    document = read_json_object(text, path)
    variables = document.get("env") or {}
    if not isinstance(variables, dict):
        raise FormatError(path, find_line(text, key_pattern("env")), "“env” must be an object")
    return AppJson(
        buildpacks=_named(document, "buildpacks", "url", text, path),
        addons=_named(document, "addons", "plan", text, path),
        variables=tuple(
            Named(name=n, line=find_line(text, key_pattern("env"), key_pattern(n)))
            for n in variables
        ),
        postdeploy=text_at(document, "scripts", "postdeploy"),
        postdeploy_line=find_line(text, key_pattern("scripts"), key_pattern("postdeploy")),
        stack=text_at(document, "stack"),
    )


def _named(
    document: dict[str, Any], key: str, inner: str, text: str, path: str
) -> tuple[Named, ...]:
    found = document.get(key)
    if found is None:
        return ()
    line = find_line(text, key_pattern(key))
    # A single add-on written as a text instead of a list does occur.
    items = [found] if isinstance(found, str) else found
    if not isinstance(items, list):
        raise FormatError(path, line, f"“{key}” must be a list")
    names = []
    for item in items:
        name = item if isinstance(item, str) else text_at(table({"": item}, ""), inner)
        if not name:
            raise FormatError(path, line, f"“{key}” holds something that is no name")
        names.append(Named(name=name, line=_line_of_text(text, line, name)))
    return tuple(names)


def _line_of_text(text: str, start: int, name: str) -> int:
    for number, line in enumerate(text.split("\n")[max(0, start - 1) :], max(1, start)):
        if f'"{name}"' in line:
            return number
    return start

"""What stands beside the host of a mail relay: its port, its login, its TLS; and its web page."""

import re
from collections.abc import Iterator

from providers.containers.published import Given
from wizard.model.containers import Part, Reference

_HOST = re.compile(r"(?P<prefix>\w*_)(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?)", re.IGNORECASE)
_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("port", re.compile(r"(?:HOST_|SERVER_)?PORT", re.IGNORECASE)),
    ("user", re.compile(r"(?:HOST_)?(?:USER(?:_?NAME)?|LOGIN)", re.IGNORECASE)),
    ("password", re.compile(r"(?:HOST_)?PASS(?:WORD|WD)?", re.IGNORECASE)),
    (
        "TLS setting",
        re.compile(
            r"(?:USE_|ENABLE_)?(?:(?:START_?)?TLS|SSL|SECURE|SECURITY|ENCRYPTION)(?:_ENABLED?)?",
            re.IGNORECASE,
        ),
    ),
)
_PAGE = re.compile(r"https?://", re.IGNORECASE)


def with_relays(found: tuple[Reference, ...], given: Given) -> Iterator[Reference]:
    """All that was found, with what belongs to a relay's host; HTTP leads to its page.

    What is empty holds nothing of the relay.
    """
    taken = {(each.app, each.variable) for each in found}
    for each in found:
        variables = given.get(each.process, {})
        one = variables.get(each.variable)
        if each.to_kind != "mail" or one is None:
            yield each
            continue
        text = one.value.get_secret_value().strip() if one.value is not None else ""
        if _PAGE.match(text):
            yield each.model_copy(update={"part": "page"})
            continue
        yield each
        host = _HOST.fullmatch(each.variable)
        for name, beside in variables.items() if host is not None else ():
            if not host or not name.startswith(host["prefix"]) or (each.app, name) in taken:
                continue
            rest = name.removeprefix(host["prefix"])
            part = next((part for part, form in _PARTS if form.fullmatch(rest)), None)
            if part is None or (beside.value is not None and not beside.value.get_secret_value()):
                continue
            taken.add((each.app, name))
            update = {"variable": name, "part": part, "port": None, "where": beside.where}
            yield each.model_copy(update=update)

"""What does a value name that changes or stays behind? Told by names, never by the value itself."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from wizard.model.inventory import Inventory
from wizard.rules.database_urls import DatabaseUrl, without_driver

_OLD_HOSTS = (".herokuapp.com", ".herokudns.com", ".herokuspace.com", ".herokussl.com")
_SHORTEST = 8
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def names_old_platform(value: SecretStr, inventory: Inventory) -> bool:
    """Whether the value holds a host name that ends with the old side."""
    text = value.get_secret_value()
    defaults = tuple(d.hostname for d in inventory.domains if d.kind == "default")
    return any(host in text for host in (*_OLD_HOSTS, *defaults) if host)


def own_domain(value: SecretStr, inventory: Inventory) -> str:
    """The app's own domain that the value names, as the inventory spells it; "" for none."""
    text = value.get_secret_value().lower()
    names = sorted((d.hostname for d in inventory.domains if d.kind == "custom"), key=len)
    return next((name for name in reversed(names) if name.lower() in text), "")


def changed_variable(
    name: str,
    value: SecretStr,
    changing: Mapping[str, SecretStr],
    moving: Mapping[str, DatabaseUrl | None],
) -> str:
    """The variable whose old value (or old database server) stands inside this value; "" for none.

    `changing` are the old values of variables that become others, `moving` their addresses.
    """
    text = value.get_secret_value()
    for other, old in sorted(changing.items()):
        if other == name:
            continue
        inside = old.get_secret_value().strip()
        if len(inside) >= _SHORTEST and inside in text:
            return other
        place = _place(moving.get(other))
        if place and place in text:
            return other
    return ""


def longer_than(value: SecretStr, limit: int) -> bool:
    """Whether the value has more characters than `limit`."""
    return len(value.get_secret_value()) > limit


def shape(value: SecretStr) -> str:
    """What is unusual about how a value is written, and kept: lines, a line break at the end."""
    text = value.get_secret_value()
    lines = len(text.splitlines())
    said = [f"{lines} lines"] if lines > 1 else []
    if text.endswith(("\n", "\r")):
        said.append("a line break at the end")
    elif text != text.strip():
        said.append("blanks at an end")
    return ", ".join(said)


def scheme(value: SecretStr | None) -> str:
    """The scheme of a value that is a URL, a driver's name with it; "" when it is none."""
    if value is None:
        return ""
    text = value.get_secret_value().strip()
    plain = without_driver(value).get_secret_value().strip()
    try:
        return text.removesuffix(plain) + urlsplit(plain).scheme
    except ValueError:
        return ""


def _place(url: DatabaseUrl | None) -> str:
    """What of an address can be found in other spellings of it (jdbc:…, a bare host)."""
    if url is None:
        return ""
    return f"{url.host}:{url.port}" if url.host in _LOOPBACK else url.host


def old_values(names: Iterable[str], values: Mapping[str, SecretStr]) -> dict[str, SecretStr]:
    """The values of those `names` that are known."""
    return {name: values[name] for name in names if name in values}

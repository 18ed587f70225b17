"""Ports, mounts, files, health check and variables of a service, as Docker's API prints them."""

import shlex

from pydantic import SecretStr

from wizard.formats.compose.parts import Health, Mount, PortLine, Used
from wizard.formats.compose.variables import EnvValue
from wizard.formats.swarm.value import Value

_HIGHEST = 65_535


def variables(env: Value) -> tuple[EnvValue, ...]:
    """KEY=value lines; one without a sign waits for its value."""
    found: dict[str, EnvValue] = {}
    for each in env.each():
        name, sign, value = each.text().partition("=")
        if not name:
            if each.tree is not None:
                each.notes.add(each.place, each.path, "has no name: not read")
            continue
        unset = () if sign else (name,)
        found[name] = EnvValue(name, SecretStr(value) if sign else None, each.place, unset)
    return tuple(found.values())


def ports(spec: Value) -> tuple[PortLine, ...]:
    """Every published port."""
    found = []
    for each in spec.each():
        target, published = each.at("TargetPort"), each.at("PublishedPort")
        inside, outside = target.number(), published.number()
        if inside is None or not 0 < inside <= _HIGHEST:
            each.notes.add(target.place, target.path, "is no port: not read")
            continue
        found.append(
            PortLine(
                target=inside,
                published=outside if outside and outside <= _HIGHEST else None,
                protocol=each.at("Protocol").text() or "tcp",
                address="",
                place=each.place,
                mode=each.at("PublishMode").text(),
            )
        )
    return tuple(found)


def mounts(spec: Value, prefix: str) -> tuple[Mount, ...]:
    """Every mount; a volume's name without the stack's prefix."""
    found = []
    for each in spec.each():
        kind, source = each.at("Type").text() or "volume", each.at("Source").text()
        target = each.at("Target").text()
        if not target:
            each.notes.add(each.place, each.path, "has no Target: not read")
            continue
        found.append(
            Mount(
                kind=kind if kind in ("volume", "bind", "tmpfs") else "other",  # type: ignore[arg-type]
                source=source.removeprefix(prefix) if kind == "volume" else source,
                target=target,
                read_only=each.at("ReadOnly").truth(),
                place=each.place,
            )
        )
    return tuple(found)


def files(spec: Value, what: str, prefix: str) -> tuple[Used, ...]:
    """Secrets or configs (`what`: "Secret" or "Config") with the place where each file lies."""
    folder = "/run/secrets/" if what == "Secret" else "/"
    found = []
    for each in spec.each():
        name = each.at(f"{what}Name").text() or each.at(f"{what}ID").text()
        if not name:
            each.notes.add(each.place, each.path, f"has no {what}Name: not read")
            continue
        if each.at("Runtime") and not each.at("File"):
            continue
        written = each.at("File", "Name").text() or name
        place = written if written.startswith("/") else folder + written
        found.append(
            Used(
                name.removeprefix(prefix),
                place,
                each.place,
                each.at("File", "Mode").number(),
                each.at("File", "UID").text(),
                each.at("File", "GID").text(),
            )
        )
    return tuple(found)


def health(spec: Value) -> Health | None:
    """The health check; None when the image's own counts."""
    if not spec:
        return None
    test = spec.at("Test")
    words = test.words() if test else ()
    kind, rest = (words[0], words[1:]) if words else ("", ())
    command = " ".join(rest) if kind == "CMD-SHELL" else shlex.join(rest)
    off = kind == "NONE" or (bool(words) and not command.strip())
    return Health(
        "" if off else command,
        off,
        spec.at("StartPeriod").seconds(),
        spec.place,
        spec.at("Interval").seconds(),
        spec.at("Timeout").seconds(),
        spec.at("Retries").number(),
    )

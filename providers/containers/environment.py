"""The variables of each app: what its services are given, by the file and by files of variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.containers.files import ProjectFiles
from wizard.formats.compose.service import EnvValue, Service, env_value
from wizard.model.containers import AppGroup, MountedFile
from wizard.model.inventory import Lacks, Variable
from wizard.ports.source import Fingerprint

_HARDEST: tuple[Lacks, ...] = ("", "demanded", "a part", "all")


@dataclass(frozen=True)
class One:
    """A variable of one service; `value` None when nobody can read it here.

    `lacks` says what is not there of a value that files would tell; `rest` is what is left of it.
    """

    value: SecretStr | None = field(repr=False)
    where: str
    waits_for: tuple[str, ...] = ()
    asks: str = ""
    lacks: Lacks = ""
    rest: SecretStr | None = field(default=None, repr=False)


def of_service(service: Service, files: ProjectFiles) -> dict[str, One]:
    """Name → what the service is given; its own lines go before its files of variables."""
    found: dict[str, One] = {}
    own_values = {e.name: e.value.get_secret_value() for e in service.environment if e.value}
    for use in service.env_files:
        before = {n: one.value.get_secret_value() for n, one in found.items() if one.value}
        for name, text in (files.variables(use, own_values, before) or {}).items():
            found[name] = _one(env_value(name, text, text.place))
    for own in service.environment:
        # A name without a value takes it from .env, where it is not set in the shell.
        beside = files.dotenv.get(own.name) if own.value is None and not own.unset else None
        if beside is not None:
            found[own.name] = One(SecretStr(beside), ".env")
            continue
        found[own.name] = _one(own)
    return found


def _one(told: EnvValue) -> One:
    return One(told.value, str(told.place), told.unset, told.asks, told.lacks, told.rest)


def missing_files(service: Service, app: str, files: ProjectFiles) -> tuple[MountedFile, ...]:
    """Files of variables that the service names and that are not there."""
    return tuple(
        MountedFile(name=use.path, kind="variables", app=app, where=str(service.place))
        for use in service.env_files
        if use.needed and files.variables(use, {}, {}) is None
    )


def of_app(
    group: AppGroup, given: Mapping[str, Mapping[str, One]], fingerprint: Fingerprint | None
) -> tuple[tuple[Variable, ...], dict[str, SecretStr]]:
    """The app's variables, and their values for memory only."""
    facts: list[Variable] = []
    values: dict[str, SecretStr] = {}
    names = dict.fromkeys(name for p in group.processes for name in given[p])
    for name in names:
        holders = {p: given[p][name] for p in group.processes if name in given[p]}
        first = next((one for one in holders.values() if one.value is not None), None)
        one = first or min(holders.values(), key=lambda each: _HARDEST.index(each.lacks))
        plain = {
            other.value.get_secret_value() for other in holders.values() if other.value is not None
        }
        text = one.value.get_secret_value() if one.value is not None else ""
        if one.value is not None:
            values[name] = one.value
        elif one.rest is not None and one.lacks == "a part":
            values[name] = one.rest
        waits = f", waits for {', '.join(one.waits_for)}" if one.waits_for else ""
        facts.append(
            Variable(
                name=name,
                origin="user",
                length=len(text),
                fingerprint=fingerprint(text) if fingerprint and one.value is not None else None,
                empty=one.value is not None and not text,
                masked=one.value is None and not one.lacks,
                lacks=one.lacks,
                scheme=_scheme(text),
                app=group.name,
                differs=tuple(holders) if len(plain) > 1 else (),
                where=f"{one.where}{waits}{f' ({one.asks})' if one.asks else ''}",
            )
        )
    return tuple(facts), values


def _scheme(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return parts.scheme if parts.netloc else ""

"""The variables of each app: what its services are given, by the file and by files of variables."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.containers.files import ProjectFiles
from wizard.formats.compose.service import Service
from wizard.formats.compose.variables import EnvValue, env_value
from wizard.model.containers import AppGroup, MountedFile
from wizard.model.inventory import Lacks, Variable
from wizard.ports.source import Fingerprint
from wizard.safety.secrecy import is_secret

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
    group: AppGroup,
    given: Mapping[str, Mapping[str, One]],
    fingerprint: Fingerprint | None,
    public: Collection[str] = (),
    jobs: Collection[str] = (),
) -> tuple[tuple[Variable, ...], dict[str, SecretStr]]:
    """The app's variables, and their values for memory only.

    An app has one value of each: where its services differ, that of most of those which go on
    running, and where that does not tell, of one in `public`.
    """
    facts: list[Variable] = []
    values: dict[str, SecretStr] = {}
    names = dict.fromkeys(name for p in group.processes for name in given[p])
    for name in names:
        holders = {p: given[p][name] for p in group.processes if name in given[p]}
        one = (
            _of_most(holders, public, jobs)
            or next((each for each in holders.values() if each.value is not None), None)
            or min(holders.values(), key=lambda each: _HARDEST.index(each.lacks))
        )
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
                apart=_apart(name, holders, text) if len(plain) > 1 else (),
                where=f"{one.where}{waits}{f' ({one.asks})' if one.asks else ''}",
            )
        )
    return tuple(facts), values


def _of_most(
    holders: Mapping[str, One], public: Collection[str], jobs: Collection[str]
) -> One | None:
    """The one whose value most services have; None when no value is known."""
    known = {p: one for p, one in holders.items() if one.value is not None}
    lasting = {p: one for p, one in known.items() if p not in jobs} or known
    count = Counter(one.value for one in lasting.values())
    most = [p for p, one in lasting.items() if count[one.value] == max(count.values())]
    best = next((p for p in most if p in public), most[0] if most else "")
    return lasting.get(best)


def _apart(name: str, holders: Mapping[str, One], own: str) -> tuple[tuple[str, str], ...]:
    """The services whose value is another, with it; nothing when one value may be a secret."""
    values = {p: o.value.get_secret_value() for p, o in holders.items() if o.value is not None}
    # Judged among other words, a short value is looked at too.
    if any(is_secret(name, f"plain words {v}") or not v.isprintable() for v in values.values()):
        return ()
    return tuple((p, value) for p, value in values.items() if value != own)


def _scheme(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return parts.scheme if parts.netloc else ""

"""Variables beside a Postgres's address that turn TLS off there: Aptible's takes nothing else."""

import re
from collections.abc import Iterator, Mapping

from providers.containers.environment import One
from providers.containers.server_logins import ServerLogin, words_of
from wizard.model.containers import Reference

_MODE = re.compile(r"SSL_?MODE$", re.IGNORECASE)
_SWITCH = re.compile(
    r"_(?:(?:USE|ENABLE|REQUIRE)_?)?(?:SSL|TLS)(?:_?ENABLED?)?$|_?(?:SSL|TLS)$", re.IGNORECASE
)
_MODES = frozenset({"disable", "allow", "prefer"})
_OFF = _MODES | {"false", "off", "no", "0"}


def without_tls(
    found: tuple[Reference, ...],
    given: Mapping[str, Mapping[str, One]],
    servers: Mapping[str, ServerLogin],
    app_of: Mapping[str, str],
) -> Iterator[Reference]:
    """One per app and variable, where its name tells of one of the databases that it is led to."""
    taken = {(each.app, each.variable) for each in found}
    for process, variables in given.items():
        app = app_of[process]
        led = {r.to for r in found if r.app == app and r.part == "address" and r.to in servers}
        for variable, one in variables.items():
            text = one.value.get_secret_value().strip().lower() if one.value is not None else ""
            off = _MODES if _MODE.search(variable) else _OFF if _SWITCH.search(variable) else ()
            if text not in off or (app, variable) in taken:
                continue
            words = words_of(variable) | ({"PG"} if variable.upper() == "PGSSLMODE" else set())
            told = [name for name in led if words & servers[name].words]
            if len(told) != 1 or servers[told[0]].engine != "postgres":
                continue
            taken.add((app, variable))
            yield Reference(
                app=app,
                variable=variable,
                process=process,
                to=told[0],
                to_kind="database",
                part="TLS",
                where=one.where,
            )

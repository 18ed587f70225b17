"""A cloud beside the project: managed databases and storage that its apps' variables name."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from providers.containers.environment import One
from wizard.formats.azure import Given, read_traces, servers_in
from wizard.model.cloud import CloudTraces
from wizard.model.containers import AppGroup, LedTo
from wizard.model.inventory import SourceDatabase

_PRODUCTS = {
    "postgres": "Azure Database for PostgreSQL",
    "mysql": "Azure Database for MySQL",
    "mariadb": "Azure Database for MariaDB",
}
_KINDS = {"single": ", Single Server", "flexible": ", Flexible Server", "": ""}


class Cloud:
    """`given`: service → variable → what it is given; `services` are names that are taken."""

    def __init__(
        self,
        apps: Iterable[AppGroup],
        given: Mapping[str, Mapping[str, One]],
        services: Collection[str],
    ) -> None:
        self._given = tuple(_all(apps, given))
        self._services = services
        self.traces: CloudTraces = read_traces(self._given)

    @property
    def leads(self) -> dict[str, tuple[str, LedTo]]:
        """Whole host name → (database, kind): what an address leads to."""
        return {
            server.host: (self._name(server.name), "database")
            for each in self._given
            for server in servers_in(each.value)
        }

    @property
    def databases(self) -> list[SourceDatabase]:
        """The managed ones; nobody knows their version or size from an address."""
        return [
            SourceDatabase(
                id=each.server,
                name=self._name(each.server),
                engine=each.engine,
                plan=f"{_PRODUCTS[each.engine]}{_KINDS[each.kind]}",
                variable=self._variable(each.server),
                managed="azure",
                where=each.where,
            )
            for each in self.traces.databases
        ]

    def _name(self, server: str) -> str:
        return f"{server} at Azure" if server in self._services else server

    def _variable(self, server: str) -> str:
        """The variable that holds the address as a URL; "" when none does."""
        for each in self._given:
            named = any(found.name == server for found in servers_in(each.value))
            if named and "://" in each.value:
                return each.variable
        return ""


def _all(apps: Iterable[AppGroup], given: Mapping[str, Mapping[str, One]]) -> Iterator[Given]:
    for app in apps:
        seen: set[tuple[str, str]] = set()
        for process in app.processes:
            for name, one in given[process].items():
                text = one.value.get_secret_value() if one.value is not None else ""
                if text and (name, text) not in seen:
                    seen.add((name, text))
                    yield Given(app.name, name, text, one.where)

"""Where are Aptible's records kept, and how are they found by parent and handle?"""

import itertools
import time
from dataclasses import dataclass, field

from providers.sandbox.aptible.records import (
    Account,
    App,
    Backup,
    Certificate,
    Configuration,
    Credential,
    Database,
    DatabaseImage,
    Image,
    Operation,
    Permission,
    Record,
    Service,
    Setting,
    SshConnection,
    Stack,
    Vhost,
)


@dataclass
class State:
    """All records by id. Ids are unique over all kinds, so that mixing up kinds shows as a 404."""

    stacks: dict[int, Stack] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    apps: dict[int, App] = field(default_factory=dict)
    configurations: dict[int, Configuration] = field(default_factory=dict)
    settings: dict[int, Setting] = field(default_factory=dict)
    images: dict[int, Image] = field(default_factory=dict)
    services: dict[int, Service] = field(default_factory=dict)
    database_images: dict[int, DatabaseImage] = field(default_factory=dict)
    databases: dict[int, Database] = field(default_factory=dict)
    deleted_databases: dict[int, Database] = field(default_factory=dict)
    database_credentials: dict[int, Credential] = field(default_factory=dict)
    backups: dict[int, Backup] = field(default_factory=dict)
    certificates: dict[int, Certificate] = field(default_factory=dict)
    vhosts: dict[int, Vhost] = field(default_factory=dict)
    permissions: dict[int, Permission] = field(default_factory=dict)
    operations: dict[int, Operation] = field(default_factory=dict)
    connections: dict[str, SshConnection] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1001))

    def next_id(self) -> int:
        """A fresh id."""
        return next(self._ids)

    @staticmethod
    def touch(record: Record) -> None:
        """Stamp a record as changed now."""
        record.updated_at = time.time()

    def stack_of(self, account_id: int) -> Stack:
        """The stack an environment lives on."""
        return self.stacks[self.accounts[account_id].stack_id]

    def account_by_handle(self, handle: str) -> Account | None:
        """The environment of that handle."""
        return next((a for a in self.accounts.values() if a.handle == handle), None)

    def app_by_path(self, path: str) -> App | None:
        """The app named by `environment/app`, with or without `.git`."""
        environment, _, handle = path.strip("/").removesuffix(".git").partition("/")
        account = self.account_by_handle(environment)
        if account is None:
            return None
        return next((a for a in self.apps_in(account.id) if a.handle == handle), None)

    def apps_in(self, account_id: int) -> list[App]:
        """Apps of an environment."""
        return [a for a in self.apps.values() if a.account_id == account_id]

    def databases_in(self, account_id: int) -> list[Database]:
        """Databases of an environment."""
        return [d for d in self.databases.values() if d.account_id == account_id]

    def services_of(self, app_id: int) -> list[Service]:
        """Services of an app."""
        return [s for s in self.services.values() if s.app_id == app_id]

    def vhosts_of(self, service_ids: set[int]) -> list[Vhost]:
        """Endpoints of services."""
        return [v for v in self.vhosts.values() if v.service_id in service_ids]

    def credentials_of(self, database_id: int) -> list[Credential]:
        """Credentials of a database."""
        return [c for c in self.database_credentials.values() if c.database_id == database_id]

    def operations_of(self, kind: str, resource_id: int) -> list[Operation]:
        """Operations on one resource, newest first."""
        found = [
            o
            for o in self.operations.values()
            if o.resource_kind == kind and o.resource_id == resource_id
        ]
        return sorted(found, key=lambda o: o.id, reverse=True)

    def env_of(self, app: App) -> dict[str, str]:
        """An app's configuration; empty before the first one."""
        if app.configuration_id is None:
            return {}
        return dict(self.configurations[app.configuration_id].env)

    def setting_for(self, kind: str, resource_id: int, record_setting: int | None) -> Setting:
        """The current settings of a resource, made anew when it has none."""
        if record_setting is not None:
            return self.settings[record_setting]
        made = Setting(
            id=self.next_id(),
            resource_kind=kind,
            resource_id=resource_id,
            settings={},
            sensitive_settings={},
        )
        self.settings[made.id] = made
        return made

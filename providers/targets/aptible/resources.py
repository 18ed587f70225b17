"""Organisation, stacks, environments and apps: found by handle, made once, adopted when there."""

from collections.abc import Sequence

from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.shapes import (
    AccountShape,
    AppShape,
    BackupShape,
    OrganizationShape,
    StackShape,
)
from wizard.errors import BlockedError, UnknownOutcome
from wizard.model.target import Environment, RetainedBackup, Stack, TargetApp
from wizard.safety.consent import Consent


class Resources:
    """Everything that is a plain record: no operation is needed to make it."""

    def __init__(self, api: AptibleApi, organization: str) -> None:
        self._api = api
        self._wanted = organization

    async def organization(self) -> str:
        """The organisation's id. Raises BlockedError when a person has to choose."""
        found = await self._api.all(
            OrganizationShape, self._api.auth("/organizations"), "organizations"
        )
        if self._wanted:
            found = [o for o in found if self._wanted in (str(o.id), o.name, o.handle)]
        if len(found) == 1:
            return str(found[0].id)
        if not found:
            raise BlockedError(
                "the Aptible token sees no organisation"
                + (f" called {self._wanted}" if self._wanted else ""),
                "an organisation that requires single sign-on is hidden from password tokens",
                "check `target.organization` in moveday.yaml, or sign in with an SSO token",
            )
        raise BlockedError(
            "the Aptible token sees several organisations",
            ", ".join(sorted(f"{o.name} ({o.id})" for o in found)),
            "put the one to use into moveday.yaml as `target.organization`",
        )

    async def stacks(self) -> Sequence[Stack]:
        """Stacks one may use; dedicated ones belong to an organisation."""
        found = await self._api.all(StackShape, "/stacks", "stacks", params={"per_page": "250"})
        return tuple(
            Stack(
                id=s.number,
                name=s.name,
                region=s.region or "",
                dedicated=s.link("organization") is not None,
                outbound_ips=tuple(s.outbound_ip_addresses or ()),
            )
            for s in found
        )

    async def find_environment(self, handle: str) -> Environment | None:
        """The environment of that handle."""
        found = await self._api.find(AccountShape, "account", handle=handle)
        return _environment(found) if found else None

    async def create_environment(self, handle: str, stack: Stack, consent: Consent) -> Environment:
        """Make an environment on a stack, or adopt the one of that handle if it is on it."""
        there = await self.find_environment(handle)
        if there is None:
            body = {
                "handle": handle,
                "organization_id": await self.organization(),
                # The official dashboard computes the type so; production may hold regulated data.
                "type": "production" if stack.dedicated else "development",
                "stack_id": stack.id,
            }
            try:
                made = await self._api.make(AccountShape, "/accounts", body, consent)
                return _environment(made, stack.id)
            except UnknownOutcome:
                there = await self.find_environment(handle)
                if there is None:
                    raise
        if there.stack_id and there.stack_id != stack.id:
            raise BlockedError(
                f"the environment {handle} is on another stack",
                f"wanted {stack.name} ({stack.id}), found stack {there.stack_id}",
                "choose another environment handle, or that stack, in moveday.yaml",
            )
        return there

    async def delete_environment(self, environment: Environment, consent: Consent) -> None:
        """Remove an environment: a plain record, no operation. Aptible refuses it while anything is
        in it; retained backups count."""
        await self._api.delete(f"/accounts/{environment.id}", consent)

    async def backups(self, environment: Environment) -> Sequence[RetainedBackup]:
        """All backups, of databases that are gone as well."""
        path = f"/accounts/{environment.id}/backups"
        found = await self._api.all(BackupShape, path, "backups", params={"per_page": "250"})
        return tuple(
            RetainedBackup(
                id=backup.number,
                database=backup.database_handle or "",
                manual=bool(backup.manual),
            )
            for backup in found
        )

    async def find_app(self, environment: Environment, handle: str) -> TargetApp | None:
        """The app of that handle in an environment."""
        found = await self._api.find(AppShape, "app", handle=handle, environment=environment.handle)
        return _app(found) if found else None

    async def create_app(
        self, environment: Environment, handle: str, consent: Consent
    ) -> TargetApp:
        """Make an app, or adopt the one of that handle."""
        there = await self.find_app(environment, handle)
        if there is not None:
            return there
        try:
            made = await self._api.make(
                AppShape, f"/accounts/{environment.id}/apps", {"handle": handle}, consent
            )
        except UnknownOutcome:
            there = await self.find_app(environment, handle)
            if there is None:
                raise
            return there
        return _app(made)


def _environment(shape: AccountShape, stack_id: int = 0) -> Environment:
    linked = shape.linked_id("stack")
    return Environment(
        id=shape.number,
        handle=shape.handle,
        kind=shape.type or "",
        stack_id=int(linked) if linked.isdigit() else stack_id,
        activated=shape.activated is not False,
    )


def _app(shape: AppShape) -> TargetApp:
    return TargetApp(
        id=shape.number,
        handle=shape.handle,
        status=shape.status,
        git_repo=shape.git_repo or "",
        # An app counts as provisioned from its first successful deploy on.
        deployed=shape.status == "provisioned",
    )

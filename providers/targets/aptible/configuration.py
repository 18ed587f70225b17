"""Config variables of an app: read for memory only, merged, an empty value removes."""

from collections.abc import Mapping

from pydantic import SecretStr

from providers.targets.aptible.client import AptibleApi
from providers.targets.aptible.operations import Operations
from providers.targets.aptible.shapes import AppShape, ConfigurationShape, OperationShape
from wizard.errors import BlockedError, OutsideError, UnknownOutcome
from wizard.model.target import TargetApp
from wizard.safety.consent import Consent
from wizard.safety.secrecy import learn_secrets

LONGEST_VALUE = 65_536


class Configuration:
    """Reads and merges an app's environment."""

    def __init__(self, api: AptibleApi, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    async def read(self, app: TargetApp) -> Mapping[str, SecretStr]:
        """All variables; none before the first configure. Noted in Aptible's activity log."""
        shape = await self._api.get(AppShape, f"/apps/{app.id}")
        href = shape.link("current_configuration")
        if href is None:
            return {}
        current = await self._api.get(ConfigurationShape, href, sensitive=True)
        values = {k: v for k, v in (current.env or {}).items() if v is not None}
        learn_secrets({name: value.get_secret_value() for name, value in values.items()})
        return values

    async def merge(
        self, app: TargetApp, changes: Mapping[str, SecretStr], consent: Consent
    ) -> OperationShape:
        """One configure operation with all changes, after one that is under way; what that one
        brought is not sent again.

        An empty value removes. Where there is nothing to remove, it was meant as data, which
        Aptible cannot hold: BlockedError, and nothing is sent.
        """
        learn_secrets({name: value.get_secret_value() for name, value in changes.items()})
        await self._refuse_what_cannot_be_held(app, changes)
        resource, what = f"apps/{app.id}", f"configuring {app.handle}"
        env = {name: value.get_secret_value() for name, value in changes.items()}
        earlier = await self._operations.under_way(resource, "configure")
        if earlier is not None:
            # Left by a killed process, or another person's: each change restarts the app once more.
            earlier = await self._ended(earlier, what)
            there = {name: v.get_secret_value() for name, v in (await self.read(app)).items()}
            env = {name: value for name, value in env.items() if there.get(name, "") != value}
            if earlier is not None and not env:
                return earlier
        return await self._operations.run(resource, "configure", {"env": env}, consent, what=what)

    async def _ended(self, operation: OperationShape, what: str) -> OperationShape | None:
        """The operation once it succeeded; None when it failed, which is its owner's trouble."""
        try:
            return await self._operations.wait(operation, what=what)
        except UnknownOutcome:
            raise
        except OutsideError:
            return None

    async def _refuse_what_cannot_be_held(
        self, app: TargetApp, changes: Mapping[str, SecretStr]
    ) -> None:
        long = sorted(k for k, v in changes.items() if len(v.get_secret_value()) > LONGEST_VALUE)
        if long:
            raise BlockedError(
                "Aptible holds at most 65,536 characters per variable",
                f"too long: {', '.join(long)}",
                "move the value into a file of the image, or leave the variable out",
            )
        empty = {name for name, value in changes.items() if not value.get_secret_value()}
        if empty:
            missing = sorted(empty - set(await self.read(app)))
            if missing:
                raise BlockedError(
                    "Aptible cannot hold an empty value; sending one removes the variable",
                    f"empty here, and not set there: {', '.join(missing)}",
                    "leave these variables out: the app sees them as not set",
                )

"""What is beside a cluster's database: addresses, the app's URLs, secrets for a job's container.

Seen: every node has one fixed address, and its containers may open connections outwards; `POST
…/secrets` of `name` and `data`, which answers the id. Inferred: that `data` is the plain text, that
a secret is removed by DELETE, and that a container finds it where Swarm puts it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

from pydantic import SecretStr

from providers.http import HttpRefused
from providers.sources.medstack.app_services import AppServices
from providers.sources.medstack.client import MedStackApi, segment
from providers.sources.medstack.nodes import nodes_in
from providers.sources.medstack.trouble import NotThere, said
from providers.sources.once import once
from wizard.errors import BlockedError, MovedayError, OutsideError, UsageError
from wizard.formats.compose.tree import Fields
from wizard.formats.compose.values import text_of
from wizard.model.source_job import KeptSecret
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level, require
from wizard.safety.redact import REDACTOR

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_REFUSED_CALL = (404, 405)
CONTROL = "MedStack Control"


class BesideCluster:
    """Implements wizard.ports.beside.Beside for one app of a cluster."""

    def __init__(
        self,
        app: str,
        api: MedStackApi,
        services: AppServices,
        values: Callable[[], Awaitable[Mapping[str, SecretStr]]],
    ) -> None:
        self._app = app
        self._api = api
        self._services = services
        self._values = values

    async def addresses(self) -> tuple[str, ...]:
        """The nodes' fixed addresses: any of them may run the container."""
        cluster = await self._services.cluster()
        try:
            listed = await self._api.several(f"{cluster.path}/nodes", "GET nodes")
            found = nodes_in(listed.things).addresses
            why = "no node's address is told"
        except NotThere:
            found, why = (), "MedStack does not offer GET nodes here"
        if not found:
            raise BlockedError(
                "the addresses of the cluster's nodes are not known",
                f"{why}; the new database lets in nobody else",
                f"each node's page in {CONTROL} shows its fixed address: ask MedStack's support why"
                " the API does not tell it",
            )
        return found

    async def url(self, variable: str) -> SecretStr:
        """What the app's variable holds."""
        value = (await self._values()).get(variable)
        if value is None or not value.get_secret_value().strip():
            raise BlockedError(
                f"the value of {clean(variable, 80)} cannot be read",
                f"neither MedStack's answer about {clean(self._app, 80)} nor a file tells it",
                "paste what `env` prints in a container of the app into a file, and name that in"
                " moveday.yaml, source.files",
            )
        REDACTOR.learn(value.get_secret_value())
        return value

    async def keep_secret(self, name: str, value: SecretStr, consent: Consent) -> KeptSecret:
        """Make the secret unless one of that name is there: MedStack never tells its content."""
        require(consent, Level.CHANGE_NEW_SIDE, f"keep the secret {name} at MedStack")
        if not _NAME.fullmatch(name):
            raise UsageError(f"“{clean(name, 80)}” is no name for a secret")
        REDACTOR.learn(value.get_secret_value())
        kept = KeptSecret(file=f"/run/secrets/{name}")
        cluster = await self._services.cluster()

        async def there() -> bool:
            return await self._id_of(name) is not None

        async def send() -> None:
            body = {"name": name, "data": value.get_secret_value()}
            await self._changed("POST", f"{cluster.path}/secrets", body, name, consent)

        if not await self._listed(there):
            await once(send, there)
        return kept

    async def forget_secret(self, name: str, consent: Consent) -> bool:
        """Remove it; False where MedStack's API removes none, or a service still uses it."""
        require(consent, Level.CHANGE_NEW_SIDE, f"forget the secret {name} at MedStack")
        cluster = await self._services.cluster()
        gone = False

        async def done() -> bool:
            return await self._id_of(name) is None

        async def send() -> None:
            nonlocal gone
            identity = await self._id_of(name)
            if identity is None:
                gone = True
                return
            path = f"{cluster.path}/secrets/{segment(identity)}"
            try:
                await self._api.change("DELETE", path, None, consent, Level.CHANGE_NEW_SIDE)
            except (HttpRefused, NotThere):
                return
            gone = await done()

        try:
            await once(send, done)
        except NotThere:
            return False
        return gone or await done()

    def start_by_hand(self, name: str, image: str, secrets: tuple[str, ...]) -> str:
        """Where a person makes the service, and what goes into which field."""
        given = ", ".join(f"{each} (file name {each})" for each in secrets) or "none"
        return (
            f"1. In {CONTROL} open the cluster, Services, and make a new custom service.\n"
            f"2. Name: {name}. Image: {image}. Replicas: 1. No domain, no port, no volume.\n"
            f"3. Secrets: {given}.\n"
            f"4. Command: sh, then -c, then what the file {name}.line holds, as one argument.\n"
            "5. Save it. It waits and does nothing until moveday tells it to."
        )

    def end_by_hand(self, name: str, secrets: tuple[str, ...]) -> str:
        """Where a person removes the service, then what it used."""
        given = ", ".join(secrets)
        last = f"\n2. Under Secrets remove {given}." if given else ""
        return f"1. In {CONTROL} open the cluster, Services, and delete the service {name}.{last}"

    async def _listed(self, there: Callable[[], Awaitable[bool]]) -> bool:
        """Whether it is there; not, where secrets are not listed: a second one is refused."""
        try:
            return await there()
        except NotThere:
            return False

    async def _id_of(self, name: str) -> str | None:
        cluster = await self._services.cluster()
        listed = await self._api.several(f"{cluster.path}/secrets", "GET secrets")
        for thing in listed.things:
            if not isinstance(thing, Fields):
                continue
            spec = thing.get("Spec")
            inner = text_of(spec.get("Name")) if isinstance(spec, Fields) else ""
            if name in (text_of(thing.get("name")), inner):
                return text_of(thing.get("id")) or text_of(thing.get("ID"))
        return None

    async def _changed(
        self, method: str, path: str, body: Mapping[str, str], name: str, consent: Consent
    ) -> None:
        problem: MovedayError
        try:
            await self._api.change(method, path, body, consent, Level.CHANGE_NEW_SIDE)
        except HttpRefused as refused:
            problem = BlockedError(
                f"MedStack does not take the secret {clean(name, 80)} from outside",
                said(refused) or refused.title,
                f"make it in {CONTROL}, Secrets, by this name: its content is the URL that moveday"
                " was to give",
            )
        except NotThere as missing:
            problem = OutsideError(missing.title, missing.detail, missing.remedy)
        else:
            return
        raise problem


__all__ = ["BesideCluster"]

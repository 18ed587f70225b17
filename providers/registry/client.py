"""Asks a registry for an image: found by its tag, fetched again by its digest, layers looked for.

Passwords go to the registry and to its own sign-in; what lies in a store behind a redirect is
fetched without any of them.
"""

import base64
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.http import Answer, ApiClient, HttpRefused, is_loopback
from providers.registry.challenge import Challenge, read_challenge
from providers.registry.manifest import (
    ACCEPT,
    WANTED,
    blobs,
    checked_digest,
    listed,
    settings,
)
from wizard.errors import OutsideError
from wizard.formats.image_name import DOCKER_HUB, ImageName, read_image
from wizard.model.remote_image import RegistryLogin, RemoteImage
from wizard.ports.registry import PullRefused
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_HOSTS = {DOCKER_HUB: "registry-1.docker.io"}
_MOST_LAYERS = 128
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OWN_TROUBLE = 500


class RegistryClient:
    """Implements `wizard.ports.registry.Registry`. `ca_file` replaces the certificate store."""

    def __init__(self, ca_file: str = "") -> None:
        self._ca_file = ca_file

    async def look(self, image: str, login: RegistryLogin | None) -> RemoteImage:
        """The image for linux/amd64, fetched by its digest."""
        name = read_image(image)
        host = _HOSTS.get(name.registry, name.registry)
        plain = is_loopback(urlsplit(f"//{host}").hostname or "")
        base = f"{'http' if plain else 'https'}://{host}"
        async with ApiClient(
            base, who=f"the registry {name.registry}", ca_file=self._ca_file
        ) as api:
            return await _Door(api, name, login, self._ca_file).image()


class _Door:
    """One image at one registry, with what lets one in there."""

    def __init__(
        self, api: ApiClient, name: ImageName, login: RegistryLogin | None, ca_file: str
    ) -> None:
        self._api, self._name, self._login, self._ca_file = api, name, login, ca_file
        self._host = urlsplit(f"//{name.registry}").hostname or ""
        self._auth: dict[str, str] = {}

    async def image(self) -> RemoteImage:
        shown = clean(f"{self._name.registry}/{self._name.repository}", 200)
        top, digest = await self._manifest(self._name.digest or self._name.tag or "latest")
        inside = listed(top)
        platforms: tuple[str, ...] = ()
        if inside is not None:
            platforms = tuple(dict.fromkeys(each.platform for each in inside))
            wanted = "/".join(WANTED)
            digest = next((each.digest for each in inside if each.platform == wanted), "")
            if not digest:
                return RemoteImage(name=shown, digest="", platforms=platforms)
        # Once more by the digest: that is how it is named from now on.
        manifest, digest = await self._manifest(digest)
        config, layers = blobs(manifest)
        if not config:
            raise PullRefused(
                f"{shown} is no image that can be run", "its manifest names no settings"
            )
        platform, entrypoint, command, user = settings(await self._blob(config))
        if inside is None:
            platforms = (platform,)
        if platform != "/".join(WANTED):
            return RemoteImage(name=shown, digest="", platforms=platforms)
        for layer, _ in layers[:_MOST_LAYERS]:
            await self._is_there(layer)
        return RemoteImage(
            name=shown,
            digest=digest,
            platforms=platforms,
            layers=len(layers),
            size_bytes=sum(size for _, size in layers),
            entrypoint=entrypoint,
            command=command,
            user=user,
        )

    async def _manifest(self, reference: str) -> tuple[object, str]:
        path = f"/v2/{self._name.repository}/manifests/{reference}"
        answer = await self._ask("GET", path, {"Accept": ACCEPT})
        told = answer.headers.get("docker-content-digest", "")
        checked_digest(answer.body, told, answer.place)
        return answer.json(), checked_digest(answer.body, reference, answer.place)

    async def _blob(self, digest: str) -> object:
        path = f"/v2/{self._name.repository}/blobs/{digest}"
        try:
            answer = await self._ask("GET", path, {})
        except HttpRefused as refused:
            if refused.status not in _REDIRECTS or not refused.location:
                raise
            answer = await self._elsewhere(refused.location)
        checked_digest(answer.body, digest, answer.place)
        return answer.json()

    async def _is_there(self, digest: str) -> None:
        path = f"/v2/{self._name.repository}/blobs/{digest}"
        try:
            await self._ask("HEAD", path, {})
        except HttpRefused as refused:
            # A redirect says that it lies in a store: it is there.
            if refused.status not in _REDIRECTS:
                raise

    async def _elsewhere(self, location: str) -> Answer:
        """A blob from the store that the registry names; nobody's password goes there."""
        parts = urlsplit(location)
        if not parts.netloc:
            return await self._ask("GET", location, {})
        store = f"{parts.scheme}://{parts.netloc}"
        inner = f"{parts.path}?{parts.query}" if parts.query else parts.path
        who = f"the store of {self._name.registry}"
        self._not_here(store, who)
        async with ApiClient(store, who=who, ca_file=self._ca_file) as api:
            return await api.request("GET", inner)

    async def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        for _ in range(2):
            try:
                return await self._api.request(method, path, headers={**headers, **self._auth})
            except HttpRefused as refused:
                if refused.status in _REDIRECTS or refused.status >= _OWN_TROUBLE:
                    raise
                if refused.status != 401 or self._auth:
                    trouble = self._refused(refused.status)
                    break
                header = refused.headers.get("www-authenticate", "")
            await self._sign_in(read_challenge(header, self._name.repository))
        else:
            trouble = self._refused(401)
        raise trouble

    async def _sign_in(self, challenge: Challenge) -> None:
        if challenge.kind == "basic" and self._login is not None:
            self._auth = self._basic(self._login)
            return
        if challenge.kind != "bearer":
            raise self._refused(401)
        who = f"the sign-in of {self._name.registry}"
        headers = {} if self._login is None else self._basic(self._login)
        self._not_here(challenge.base, who)
        refused = 0
        async with ApiClient(challenge.base, who=who, ca_file=self._ca_file) as api:
            try:
                answer = await api.request(
                    "GET", challenge.path, params=dict(challenge.parameters), headers=headers
                )
            except HttpRefused as error:
                if error.status >= _OWN_TROUBLE:
                    raise
                refused = error.status
        if refused:
            raise self._refused(refused)
        told = answer.json()
        token = (told.get("token") or told.get("access_token")) if isinstance(told, dict) else None
        if not isinstance(token, str) or not token:
            raise OutsideError(f"{who} gave no token", "its answer has none", "try again")
        REDACTOR.learn(token)
        self._auth = {"Authorization": f"Bearer {token}"}

    def _not_here(self, address: str, who: str) -> None:
        """A registry elsewhere has no business with the programs of this machine."""
        if is_loopback(urlsplit(address).hostname or "") and not is_loopback(self._host):
            raise OutsideError(f"{who} leads to this machine", "that is not followed", "try again")

    def _basic(self, login: RegistryLogin) -> dict[str, str]:
        pair = f"{login.user}:{login.password.get_secret_value()}"
        packed = SecretStr(base64.b64encode(pair.encode()).decode())
        REDACTOR.learn(login.password.get_secret_value(), packed.get_secret_value())
        return {"Authorization": f"Basic {packed.get_secret_value()}"}

    def _refused(self, status: int) -> PullRefused:
        image = clean(f"{self._name.registry}/{self._name.repository}", 200)
        if status in (401, 403):
            how = "with this user" if self._login else "without a user"
            return PullRefused(
                f"{image} cannot be pulled {how}",
                f"status {status}: it is closed, or it is not there",
                "name it as it is called there; a closed one wants a user and a password",
                wants_login=True,
            )
        return PullRefused(
            f"{image} is not there",
            f"status {status} for {clean(self._name.digest or self._name.tag or 'latest', 80)}",
            "look at the registry which tags there are",
        )

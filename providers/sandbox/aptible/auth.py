"""Aptible's auth host: sign-in, who am I, organizations, users, roles, SSH keys."""

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.aptible.hal import (
    ApiError,
    Json,
    hal,
    iso,
    json_body,
    links,
    not_found,
    page,
    unprocessable,
)
from providers.sandbox.aptible.one_time_codes import is_good
from providers.sandbox.aptible.switches import Switches
from providers.sandbox.aptible.tokens import Token, TokenDesk

_MAX_LIFETIME = 7 * 86400


@dataclass
class SshKey:
    """A registered key; `public` without its comment."""

    id: str
    name: str
    public: str
    created_at: float = field(default_factory=time.time)


class AuthHost:
    """One user, the organization they own, perhaps one behind single sign-on, and the tokens."""

    def __init__(self, switches: Switches, email: str, password: str) -> None:
        self.tokens = TokenDesk()
        self.email = email
        self.password = password
        self.user_id = str(uuid.uuid4())
        self.organization_id = str(uuid.uuid4())
        self.role_id = str(uuid.uuid4())
        self.organization_name = "Acme Clinic"
        self.sso_organization_id = str(uuid.uuid4())
        self.user_name = "Avery Operator"
        self.ssh_keys: dict[str, SshKey] = {}
        self.url = ""
        self._born = time.time()
        self._switches = switches

    def issue(self, scope: str = "manage", lifetime: int = 43200) -> Token:
        """A token for the user, as a sign-in would give."""
        return self.tokens.issue(self.user_id, self.email, self.user_name, scope, lifetime)

    def issue_sso(self, lifetime: int = 86090) -> Token:
        """A token of single sign-on, as the dashboard's “CLI token for SSO” gives one."""
        return self.tokens.issue(
            self.user_id,
            self.email,
            self.user_name,
            lifetime=lifetime,
            organization_id=self.sso_organization_id,
        )

    def knows_key(self, public: str) -> bool:
        """Whether an OpenSSH public key is registered."""
        wanted = _bare(public)
        return any(key.public == wanted for key in self.ssh_keys.values())

    def routes(self) -> list[Route]:
        """All of the auth host."""
        return [
            Route("/", self.root),
            Route("/tokens", self.create_token, methods=["POST"]),
            Route("/tokens/revoke_all_accessible", self.revoke_all, methods=["POST"]),
            Route("/tokens/{id}", self.delete_token, methods=["DELETE"]),
            Route("/current_token", self.current_token),
            Route("/organizations", self.organizations),
            Route("/organizations/{id}", self.organization),
            Route("/organizations/{id}/users", self.users),
            Route("/organizations/{id}/roles", self.roles),
            Route("/users/{id}", self.user),
            Route("/users/{id}/roles", self.roles),
            Route("/users/{id}/ssh_keys", self.list_keys, methods=["GET"]),
            Route("/users/{id}/ssh_keys", self.add_key, methods=["POST"]),
            Route("/ssh_keys/{id}", self.delete_key, methods=["DELETE"]),
            Route("/roles", self.roles),
            Route("/roles/{id}", self.role),
            Route("/reauthenticate_organizations", self.reauthenticate),
        ]

    async def root(self, _: Request) -> Response:
        named = {n: f"{self.url}/{n}" for n in ("tokens", "organizations", "roles")}
        body: Json = {"public_key": self.tokens.public_key}
        return hal(
            {
                **body,
                "_links": links(self=self.url, **named, current_token=f"{self.url}/current_token"),
            }
        )

    async def create_token(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind == "application/x-www-form-urlencoded":
            body: Json = dict(parse_qsl((await request.body()).decode()))
        else:
            body = await json_body(request)
        if body.get("grant_type") != "password":
            raise ApiError(400, "unsupported_grant_type", "This grant type is not supported")
        if body.get("username") != self.email or body.get("password") != self.password:
            raise ApiError(
                self._switches.bad_password_status, "invalid_credentials", "Invalid credentials", {}
            )
        if not self._second_factor(str(body.get("otp_token") or "")):
            context = {"u2f": self._security_key(), "failed_login_attempt_id": str(uuid.uuid4())}
            raise ApiError(
                self._switches.otp_status, "otp_token_required", "An OTP token is required", context
            )
        scope = str(body.get("scope") or "manage")
        if scope not in ("manage", "elevated", "privileged", "read"):
            raise ApiError(400, "invalid_scope", "The scope is not valid", {})
        try:
            lifetime = int(body.get("expires_in") or 7200)
        except ValueError:
            raise unprocessable("expires_in is a number of seconds") from None
        return hal(self._token(self.issue(scope, min(lifetime, _MAX_LIFETIME)), secret=True), 201)

    def _second_factor(self, code: str) -> bool:
        """Whether the code is right, or none is wanted."""
        if self._switches.totp_secret:
            return is_good(self._switches.totp_secret, code, time.time())
        return code == self._switches.otp or not self._switches.otp

    def _security_key(self) -> Json | None:
        if not self._switches.security_key:
            return None
        device = {"version": "U2F_V2", "key_handle": "c2FuZGJveA", "name": "blue key"}
        return {"challenge": uuid.uuid4().hex, "devices": [device], "payload": {"rpId": "test"}}

    async def current_token(self, request: Request) -> Response:
        return hal(self._token(self._signed_in(request), secret=False))

    async def delete_token(self, request: Request) -> Response:
        self._signed_in(request)
        if not self.tokens.revoke(request.path_params["id"]):
            raise not_found()
        return Response(status_code=204)

    async def revoke_all(self, request: Request) -> Response:
        token = self._signed_in(request)
        spared = (await json_body(request)).get("except_tokens") or []
        self.tokens.revoke_all(token.user_id, {str(url).rpartition("/")[2] for url in spared})
        return Response(status_code=204)

    async def organizations(self, request: Request) -> Response:
        return self._list(request, "organizations", [self._organization(self._signed_in(request))])

    async def organization(self, request: Request) -> Response:
        token = self._signed_in(request)
        self._same(request, token.organization_id or self.organization_id)
        return hal(self._organization(token))

    async def users(self, request: Request) -> Response:
        self._same(request, self.organization_id)
        return self._list(request, "users", [self._user()])

    async def user(self, request: Request) -> Response:
        self._same(request, self.user_id)
        return hal(self._user())

    async def roles(self, request: Request) -> Response:
        return self._list(request, "roles", [self._role()])

    async def role(self, request: Request) -> Response:
        self._same(request, self.role_id)
        return hal(self._role())

    async def reauthenticate(self, request: Request) -> Response:
        token = self._signed_in(request)
        other = bool(self._switches.sso_organization)
        hidden = [self._organization(token, other_one=True)] if other else []
        return self._list(request, "organizations", hidden)

    async def list_keys(self, request: Request) -> Response:
        self._same(request, self.user_id)
        return self._list(request, "ssh_keys", [self._key(k) for k in self.ssh_keys.values()])

    async def add_key(self, request: Request) -> Response:
        self._same(request, self.user_id)
        if self._signed_in(request).scope == "manage":
            raise ApiError(403, "forbidden", "This needs a token of elevated scope", {})
        body = await json_body(request)
        public = str(body.get("ssh_public_key") or "")
        if public.partition(" ")[0] not in ("ssh-rsa", "ssh-ed25519", "ssh-dss"):
            raise unprocessable("Ssh public key is not valid")
        key = SshKey(str(uuid.uuid4()), str(body.get("name") or ""), _bare(public))
        self.ssh_keys[key.id] = key
        return hal(self._key(key), 201)

    async def delete_key(self, request: Request) -> Response:
        self._signed_in(request)
        if self.ssh_keys.pop(request.path_params["id"], None) is None:
            raise not_found()
        return Response(status_code=204)

    def _signed_in(self, request: Request) -> Token:
        return self.tokens.judge_header(request.headers.get("authorization", ""))

    def _same(self, request: Request, wanted: str) -> None:
        self._signed_in(request)
        if request.path_params["id"] != wanted:
            raise not_found()

    def _list(self, request: Request, relation: str, items: list[Json]) -> Response:
        self._signed_in(request)
        href = f"{self.url}{request.url.path}"
        return page(request, href, relation, items, lambda item: item, self._switches.page_size)

    def _token(self, token: Token, *, secret: bool) -> Json:
        body: Json = {
            "_type": "token",
            "id": token.id,
            "token_type": "bearer",
            "scope": token.scope,
            "expires_in": max(0, token.expires_at - int(time.time())),
            "expires_at": token.expires_at,
            "created_at": iso(token.created_at),
            "_links": links(
                self=f"{self.url}/tokens/{token.id}", user=f"{self.url}/users/{token.user_id}"
            ),
        }
        return {**body, "access_token": token.text} if secret else body

    def _organization(self, token: Token, *, other_one: bool = False) -> Json:
        """The organization that this token sees, or the one that it does not see."""
        sso = bool(token.organization_id) != other_one
        own = self.sso_organization_id if sso else self.organization_id
        name = self._switches.sso_organization if sso else self.organization_name
        href = f"{self.url}/organizations/{own}"
        return {
            "_type": "organization",
            "id": own,
            "name": name,
            "handle": name.lower().replace(" ", "-"),
            "sso_enforced": sso,
            "created_at": iso(self._born),
            "updated_at": iso(self._born),
            "_links": links(self=href, users=f"{href}/users", roles=f"{href}/roles"),
        }

    def _user(self) -> Json:
        href = f"{self.url}/users/{self.user_id}"
        return {
            "_type": "user",
            "id": self.user_id,
            "name": self.user_name,
            "email": self.email,
            "username": self.email,
            "verified": True,
            "superuser": False,
            "created_at": iso(self._born),
            "updated_at": iso(self._born),
            "_links": links(self=href, roles=f"{href}/roles", ssh_keys=f"{href}/ssh_keys"),
        }

    def _role(self) -> Json:
        return {
            "_type": "role",
            "id": self.role_id,
            "name": "Owners",
            "type": "owner",
            "created_at": iso(self._born),
            "updated_at": iso(self._born),
            "_links": links(
                self=f"{self.url}/roles/{self.role_id}",
                organization=f"{self.url}/organizations/{self.organization_id}",
            ),
        }

    def _key(self, key: SshKey) -> Json:
        digest = hashlib.sha256(base64.b64decode(key.public.split()[1])).digest()
        return {
            "_type": "ssh_key",
            "id": key.id,
            "name": key.name,
            "ssh_public_key": key.public,
            "public_key_fingerprint": "SHA256:" + base64.b64encode(digest).decode().rstrip("="),
            "created_at": iso(key.created_at),
            "_links": links(
                self=f"{self.url}/ssh_keys/{key.id}", user=f"{self.url}/users/{self.user_id}"
            ),
        }


def _bare(public: str) -> str:
    parts = public.split()
    return " ".join(parts[:2])

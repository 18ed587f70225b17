"""Who does a bearer token belong to, and is it still good? RS256 tokens that anybody can decode."""

import base64
import json
import time
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from providers.sandbox.aptible.hal import ApiError

WRITE_SCOPES = ("manage", "elevated", "privileged")


@dataclass(frozen=True)
class Token:
    """An access token; `text` is the JWT, times are epoch seconds.

    `organization_id` is set for a token of single sign-on: it belongs to that organization.
    """

    id: str
    text: str
    scope: str
    user_id: str
    created_at: int
    expires_at: int
    organization_id: str = ""


class TokenDesk:
    """Signs, judges and revokes tokens."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._tokens: dict[str, Token] = {}
        self.issuer = ""

    @property
    def public_key(self) -> str:
        """PEM of the verifying key, as the auth root shows it."""
        pem = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return pem.decode()

    def issue(
        self,
        user_id: str,
        email: str,
        name: str,
        scope: str = "manage",
        lifetime: int = 43200,
        *,
        organization_id: str = "",
    ) -> Token:
        """A new token for a user; `lifetime` in seconds, negative for one that is over already.

        With `organization_id` it is one of single sign-on: the subject is then the organization,
        and the user acts for it.
        """
        now = int(time.time())
        token_id = str(uuid.uuid4())
        claims: dict[str, object] = {
            "id": token_id,
            "iss": self.issuer,
            "sub": f"{self.issuer}/users/{user_id}",
            "scope": scope,
            "exp": now + lifetime,
            "session": str(uuid.uuid4()),
            "email": email,
            "email_verified": True,
            "name": name,
        }
        if organization_id:
            user = {"sub": claims["sub"], "email": email, "name": name}
            claims |= {"sub": f"{self.issuer}/organizations/{organization_id}", "act": user}
        signed = f"{_encode({'typ': 'JWT', 'alg': 'RS256'})}.{_encode(claims)}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        text, end = f"{signed}.{_b64(signature)}", now + lifetime
        token = Token(token_id, text, scope, user_id, now, end, organization_id)
        self._tokens[token_id] = token
        return token

    def judge(self, text: str) -> Token:
        """The token behind `text`; raises ApiError 401 `invalid_token` or `expired_token`."""
        try:
            signed, _, signature = text.rpartition(".")
            self._key.public_key().verify(
                _unb64(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            claims = json.loads(_unb64(signed.partition(".")[2]))
            token = self._tokens[claims["id"]]
        except (InvalidSignature, ValueError, KeyError, TypeError):
            raise ApiError(401, "invalid_token", "The access token is not valid") from None
        if token.expires_at <= time.time():
            raise ApiError(401, "expired_token", "The access token has expired")
        return token

    def judge_header(self, header: str) -> Token:
        """The token of an `Authorization` header."""
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer" or not text:
            raise ApiError(401, "unauthorized", "Please sign in")
        return self.judge(text.strip())

    def revoke(self, token_id: str) -> bool:
        """Make a token invalid; false when there is none."""
        return self._tokens.pop(token_id, None) is not None

    def revoke_all(self, user_id: str, keep: set[str]) -> None:
        """Make a user's tokens invalid, save those of the ids in `keep`."""
        for token in list(self._tokens.values()):
            if token.user_id == user_id and token.id not in keep:
                del self._tokens[token.id]


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encode(part: dict[str, object]) -> str:
    return _b64(json.dumps(part, separators=(",", ":")).encode())

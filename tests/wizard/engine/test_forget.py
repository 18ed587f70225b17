"""Receipts for forgotten tokens: ended now, or refused before; on real sign-in hosts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from providers.sources.heroku import open_door as heroku_door
from providers.targets.aptible import open_door as aptible_door
from tests.providers.sandbox.sign_in_hosts import SignInHosts, sign_in_hosts
from wizard.clock import SYSTEM_CLOCK
from wizard.engine.forget import forget_all
from wizard.model.sign_in import Kept, Receipt


@dataclass
class Keyring:
    """A keyring with what was put there."""

    items: dict[str, tuple[Kept, str]] = field(default_factory=dict)

    def kept(self) -> tuple[Kept, ...]:
        return tuple(kept for kept, _ in self.items.values())

    def read(self, kept: Kept) -> SecretStr:
        return SecretStr(self.items[kept.role][1])

    def forget(self, kept: Kept) -> bool:
        return self.items.pop(kept.role, None) is not None


@pytest.fixture(scope="module")
def hosts() -> Iterator[SignInHosts]:
    with sign_in_hosts() as running:
        yield running


async def forgotten(hosts: SignInHosts, role: str, token: str, reference: str = "") -> Receipt:
    doors = (
        heroku_door(hosts.environ, SYSTEM_CLOCK, False),
        aptible_door(hosts.environ, SYSTEM_CLOCK),
    )
    name = "HEROKU_HOST" if role.startswith("heroku") else "APTIBLE_AUTH_ROOT_URL"
    service = f"moveday/{urlsplit(hosts.environ[name]).netloc}"
    kept = Kept(
        service=service,
        user="me",
        role=role,
        reference=reference,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    keyring = cast(Any, Keyring({role: (kept, token)}))
    (receipt,) = await forget_all(keyring, doors, None, SYSTEM_CLOCK, "test")
    assert receipt.deleted
    return receipt


@pytest.mark.parametrize("named", [True, False])
async def test_a_token_that_aptible_refuses_already_was_not_revoked_now(
    hosts: SignInHosts, named: bool
) -> None:
    role, token = "aptible/access-token", hosts.aptible.issue()
    reference = token.id if named else ""
    first = await forgotten(hosts, role, token.text, reference)
    assert (first.revoked, first.words) == ("revoked", "")
    second = await forgotten(hosts, role, token.text, reference)
    assert second.revoked == "was refused already"
    assert "wrong, expired or revoked: nothing to revoke" in second.words


async def test_an_expired_token_of_aptible_was_refused_already(hosts: SignInHosts) -> None:
    token = hosts.aptible.issue(lifetime=-60)
    receipt = await forgotten(hosts, "aptible/access-token", token.text)
    assert receipt.revoked == "was refused already"
    assert "has expired" in receipt.words


async def test_a_token_that_heroku_refuses_already_was_not_revoked_now(
    hosts: SignInHosts,
) -> None:
    made = hosts.heroku_authorization("global")
    first = await forgotten(hosts, "heroku/api-key", made.secret, made.id)
    assert first.revoked == "revoked"
    second = await forgotten(hosts, "heroku/api-key", made.secret, made.id)
    assert second.revoked == "was refused already"


async def test_a_token_of_ones_own_is_for_its_owner_to_end(hosts: SignInHosts) -> None:
    made = hosts.heroku_authorization("global")
    receipt = await forgotten(hosts, "heroku/api-key", made.secret)
    assert receipt.revoked == "not revoked"
    assert "by hand" in receipt.words

"""A running test Aptible and a client pointed at it."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.targets.aptible import AptibleTarget, open_target
from tests.providers.targets.aptible.hal import Hal
from wizard.clock import SYSTEM_CLOCK
from wizard.model.plan import TargetChoice
from wizard.safety.consent import Consent, Level, grant
from wizard.safety.network import Network


class EmptyVault:
    mode = "empty"

    def get(self, service: str, account: str) -> SecretStr | None:
        return None

    def put(self, service: str, account: str, value: SecretStr) -> None:
        raise AssertionError

    def delete(self, service: str, account: str) -> None:
        raise AssertionError


def jwt(expires: float) -> str:
    def part(data: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'})}.{part({'exp': expires, 'sub': 'u'})}.c2lnbmF0dXJl"


CHOICE = TargetChoice(stack="shared-us-west-1", environment="clinic", app="web")
TOKEN = jwt(4_000_000_000)


@pytest.fixture
def consent() -> Consent:
    return grant(Level.CHANGE_NEW_SIDE, "test", "test", datetime.now(UTC))


@pytest.fixture
async def hal() -> AsyncIterator[Hal]:
    hal = Hal()
    hal.token = TOKEN
    await hal.start()
    yield hal
    await hal.stop()


@pytest.fixture
async def target(hal: Hal, tmp_path: Path) -> AsyncIterator[AptibleTarget]:
    environ = {
        "APTIBLE_API_ROOT_URL": hal.root,
        "APTIBLE_AUTH_ROOT_URL": hal.root + "/auth",
        "APTIBLE_ACCESS_TOKEN": TOKEN,
    }
    opened = open_target(CHOICE, environ, EmptyVault(), Network(), tmp_path, SYSTEM_CLOCK)
    yield opened
    await opened.close()

"""Databases at Aptible: provisioning, clean-up, removal, credentials; tunnels and sessions."""

import asyncio
import shlex
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.targets.aptible import AptibleTarget
from tests.providers.ssh.portal import Portal, echo_socket
from tests.providers.targets.aptible.conftest import TOKEN
from tests.providers.targets.aptible.hal import Hal
from tests.providers.targets.aptible.test_aptible import app, environment
from wizard.errors import OutsideError
from wizard.model.routes import Route
from wizard.model.target import DatabaseImage, Environment, TargetDatabase
from wizard.safety.consent import Consent
from wizard.safety.redact import REDACTOR


@pytest.fixture
async def place(hal: Hal, target: AptibleTarget, consent: Consent) -> Environment:
    return await environment(hal, target, consent)


async def create(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent
) -> TargetDatabase:
    image = DatabaseImage(id=7, engine="postgresql", version="16")
    return await target.create_database(place, "db", image, 20, 2048, consent)


async def test_a_database_is_recorded_provisioned_and_adopted(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent
) -> None:
    hal.drop = [r"POST /accounts/\d+/databases", r"POST /databases/\d+/operations"]
    made = await create(hal, target, place, consent)
    assert made.status == "provisioned"
    assert await create(hal, target, place, consent) == made
    assert len(hal.rows("databases")) == 1
    (operation,) = hal.operations("provision")
    assert (operation["disk_size"], operation["container_size"]) == (20, 2048)
    assert await target.find_database(place, "db") == made
    assert await target.find_database(place, "other") is None


async def test_a_record_left_unprovisioned_is_provisioned_not_made_twice(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent
) -> None:
    hal.add("databases", handle="db", type="postgresql", status="pending", _in="clinic")
    assert (await create(hal, target, place, consent)).status == "provisioned"
    assert len(hal.rows("databases")) == 1


async def test_a_failed_provision_leaves_nothing_behind(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent
) -> None:
    hal.fail["provision"] = "out of capacity"
    with pytest.raises(OutsideError, match="out of capacity") as caught:
        await create(hal, target, place, consent)
    assert "removed again" in str(caught.value)
    assert hal.rows("databases") == []


async def test_removal_ends_when_the_record_is_gone_and_may_be_repeated(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent
) -> None:
    made = await create(hal, target, place, consent)
    await target.delete_database(made, consent)
    assert hal.rows("databases") == []
    await target.delete_database(made, consent)
    assert len(hal.operations("deprovision")) == 1


@pytest.fixture
async def portal(hal: Hal, place: Environment) -> AsyncIterator[Portal]:
    with tempfile.TemporaryDirectory() as folder:
        server = await echo_socket(str(Path(folder) / "s"))
        portal = Portal(socket=str(Path(folder) / "s"), token=TOKEN)
        await portal.start()
        hal.portal = portal
        stack = hal.rows("stacks")[0]
        stack["ssh_portal_host"] = "127.0.0.1"
        stack["ssh_portal_port"] = portal.port
        stack["ssh_host_rsa_public_key"] = portal.host_key_text
        yield portal
        await portal.stop()
        server.close()


async def with_credentials(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent
) -> TargetDatabase:
    made = await create(hal, target, place, consent)
    for kind, default in (("other", False), ("postgresql", True)):
        hal.add(
            "database_credentials",
            type=kind,
            default=default,
            connection_url=f"postgresql://aptible:p%40ss%2F{kind}@db.example.test:5432/db",
            _owner=f"databases/{made.id}",
        )
    return made


async def test_the_default_credential_is_used_and_hidden_from_every_text(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent
) -> None:
    made = await with_credentials(hal, target, place, consent)
    url = await target.database_url(made)
    assert url.get_secret_value().startswith("postgresql://aptible:p%40ss%2Fpostgresql@")
    assert "p%40ss%2Fpostgresql" not in REDACTOR.redact("said p%40ss%2Fpostgresql")


async def test_the_tunnel_gives_a_local_connection(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent, portal: Portal
) -> None:
    made = await with_credentials(hal, target, place, consent)
    async with target.tunnel(made) as connection:
        assert connection.host == "127.0.0.1"
        assert (connection.user, connection.database) == ("aptible", "db")
        assert connection.password.get_secret_value() == "p@ss/postgresql"
        assert connection.tls == "require"
        reader, writer = await asyncio.open_connection(connection.host, connection.port)
        writer.write(b"row\n")
        assert await reader.readline() == b"row\n"
        writer.close()
    assert portal.sessions[0]["token"] == TOKEN
    (operation,) = hal.operations("tunnel")
    assert operation["status"] == "succeeded"


async def test_several_tunnels_are_operations_of_their_own_and_break_as_one(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent, portal: Portal
) -> None:
    made = await with_credentials(hal, target, place, consent)
    heard: list[str] = []
    with pytest.raises(OutsideError, match="the tunnel to db broke"):
        async with target.tunnel(
            made, heard.append, route=Route(tunnels=2, compressed=True)
        ) as connection:
            (second,) = connection.more_ports
            for port in (connection.port, second):
                reader, writer = await asyncio.open_connection(connection.host, port)
                writer.write(b"row\n")
                assert await reader.readline() == b"row\n"
                writer.close()
            portal.drop()
            await asyncio.sleep(1)
    assert len(hal.operations("tunnel")) == len(portal.sessions) == 2
    assert len(heard) == 2


async def test_a_tunnel_that_breaks_inside_is_an_error_on_leaving(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent, portal: Portal
) -> None:
    made = await with_credentials(hal, target, place, consent)
    with pytest.raises(OutsideError, match="the tunnel to db broke"):
        async with target.tunnel(made):
            portal.drop()
            await asyncio.sleep(1)
    with pytest.raises(OutsideError, match="the tunnel to db broke"):
        async with target.tunnel(made):
            portal.drop()
            raise RuntimeError("the copy saw an end of file")
    async with target.watched_tunnel(made) as (tunnel, _connection):
        assert tunnel.broken() is None
        portal.drop()
        assert await tunnel.broken_within(5)


async def test_another_portal_host_key_is_refused(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent, portal: Portal
) -> None:
    made = await with_credentials(hal, target, place, consent)
    hal.rows("stacks")[0]["ssh_host_rsa_public_key"] = Portal().host_key_text
    with pytest.raises(OutsideError, match="did not come up"):
        async with target.tunnel(made):
            pass
    assert portal.sessions == []


async def test_a_script_gets_its_secret_by_stdin_only(
    hal: Hal, target: AptibleTarget, place: Environment, consent: Consent, portal: Portal
) -> None:
    made = await app(hal, target, consent)
    portal.ready_line = ""
    portal.answer = b'{"A": "hash"}\n'
    secret = SecretStr("key-51fe-secret")
    script = "read key; printf '%s' \"it's $1\""
    said = await target.run_inside(made, script, ["a b", "c'd"], secret, consent)
    assert said == '{"A": "hash"}\n'
    assert portal.sessions[0]["stdin"] == b"key-51fe-secret"
    (operation,) = hal.operations("execute")
    assert "key-51fe" not in operation["command"]
    assert shlex.split(operation["command"]) == ["sh", "-c", script, "sh", "a b", "c'd"]
    portal.status, portal.answer = 3, b"no such thing as key-51fe-secret\n"
    with pytest.raises(OutsideError, match="status 3") as caught:
        await target.run_inside(made, script, [], secret, consent)
    assert "key-51fe-secret" not in str(caught.value)

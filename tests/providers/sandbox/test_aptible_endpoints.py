"""Endpoints on the sandboxed Aptible: zero containers, default domain, managed TLS, filters."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.providers.sandbox.aptible_world import WEB, World, aptible_world, needs, push

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(bool(needs("git", "ssh")), reason=needs("git", "ssh")),
]
Json = dict[str, Any]
DOMAIN = "www.acme-clinic.test"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with aptible_world(
        tmp_path_factory.mktemp("endpoints"), health_check_seconds=1.0
    ) as made:
        yield made


async def test_an_endpoint_on_zero_containers_fails(world: World) -> None:
    app = await world.deployed(await world.environment())
    web = await world.service(app, "web")
    await world.operate(f"/services/{web['id']}", type="scale", container_count=0)
    vhost = await _vhost(world, web, default=True)
    operation = await world.operate(f"/vhosts/{vhost['id']}", type="provision")
    assert operation["status"] == "failed"
    assert "zero containers" in await world.log(operation)
    assert (await world.get(f"/vhosts/{vhost['id']}"))["status"] == "provision_failed"


async def test_the_default_domain_is_reached_by_name_and_certificate(world: World) -> None:
    app = await world.deployed(await world.environment())
    web = await world.service(app, "web")
    vhost = await _provisioned(world, web, default=True)
    host = f"app-{app['id']}.on-aptible.com"
    assert vhost["virtual_domain"] == host
    assert await world.ground.dns.resolve(host) == ["198.51.100.20"]
    assert await world.ground.dns.resolve(vhost["external_host"]) == ["198.51.100.20"]
    status, _, body = await _request(world, host)
    assert status == 200
    assert b"APTIBLE_PROCESS_TYPE" in body
    second = await world.api.post(
        f"/services/{web['id']}/vhosts", json={"type": "http", "default": True}
    )
    assert second.status_code == 422
    await world.operate(f"/services/{web['id']}", type="scale", container_count=0)
    status, head, _ = await _request(world, host)
    assert status == 502
    assert "server: brickwall" in head.lower()


async def test_only_listed_addresses_come_in(world: World) -> None:
    app = await world.deployed(await world.environment())
    web = await world.service(app, "web")
    vhost = await _provisioned(world, web, default=True, ip_whitelist=["203.0.113.9"])
    host = vhost["virtual_domain"]
    assert (await _request(world, host))[0] == 403
    await world.api.patch(f"/vhosts/{vhost['id']}", json={"ip_whitelist": ["127.0.0.0/8"]})
    await world.operate(f"/vhosts/{vhost['id']}", type="provision")
    assert (await _request(world, host))[0] == 200


async def test_managed_tls_waits_for_the_challenge_record(world: World) -> None:
    app = await world.deployed(await world.environment())
    web = await world.service(app, "web")
    vhost = await _provisioned(world, web, acme=True, user_domain=DOMAIN)
    path = f"/vhosts/{vhost['id']}"
    assert vhost["acme_status"] == "pending"
    challenge = next(c for c in vhost["acme_configuration"]["challenges"] if c["method"] == "dns01")
    assert challenge["from"] == {"name": f"_acme-challenge.{DOMAIN}"}
    target = challenge["to"][0]["name"]
    assert target == f"acme.{vhost['external_host']}" == vhost["acme_dns_challenge_host"]
    with pytest.raises(ssl.SSLCertVerificationError):
        await _request(world, DOMAIN)
    assert (await world.operate(path, type="renew"))["status"] == "failed"
    assert (await world.get(path))["acme_status"] == "pending"
    world.ground.dns.put(challenge["from"]["name"], "CNAME", 5, [target])
    # The failed try left "no such name" in no cache: a certificate authority asks anew.
    assert (await world.operate(path, type="renew"))["status"] == "succeeded"
    assert (await world.get(path))["acme_status"] == "ready"
    assert (await _request(world, DOMAIN))[0] == 200
    await world.post(f"{path}/operations", {"type": "deprovision"})
    for _ in range(100):
        if (await world.api.get(path)).status_code == 404:
            break
        await asyncio.sleep(0.05)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await _request(world, DOMAIN)


async def test_settings_of_an_endpoint_are_kept_as_strings(world: World) -> None:
    app = await world.deployed(await world.environment())
    vhost = await _vhost(world, await world.service(app, "web"), default=True)
    path = f"/vhosts/{vhost['id']}"
    await world.operate(
        path, type="provision", settings={"FORCE_SSL": "true", "IDLE_TIMEOUT": "90"}
    )
    await world.operate(path, type="provision", settings={"IDLE_TIMEOUT": ""})
    href = (await world.get(path))["_links"]["current_setting"]["href"]
    assert (await world.api.get(href)).json()["settings"] == {"FORCE_SSL": "true"}


async def test_an_uploaded_certificate_is_served(world: World) -> None:
    account = await world.environment()
    app = await world.deployed(account)
    leaf = world.ground.authority.certificate("own.acme-clinic.test")
    certificate = await world.post(
        f"/accounts/{account['id']}/certificates",
        {"certificate_body": leaf.cert_pem.decode(), "private_key": leaf.key_pem.decode()},
    )
    assert certificate["sha256_fingerprint"] == leaf.sha256
    href = certificate["_links"]["self"]["href"]
    web = await world.service(app, "web")
    await _provisioned(world, web, certificate=href, user_domain="own.acme-clinic.test")
    assert (await _request(world, "own.acme-clinic.test"))[0] == 200


async def _vhost(world: World, service: Json, **fields: Any) -> Json:
    body = {"type": "http", "platform": "alb", "container_port": 3000, **fields}
    return await world.post(f"/services/{service['id']}/vhosts", body)


async def _provisioned(world: World, service: Json, **fields: Any) -> Json:
    vhost = await _vhost(world, service, **fields)
    operation = await world.operate(f"/vhosts/{vhost['id']}", type="provision")
    assert operation["status"] == "succeeded", await world.log(operation)
    return await world.get(f"/vhosts/{vhost['id']}")


async def _request(world: World, host: str) -> tuple[int, str, bytes]:
    """GET / by name, over a verified connection to the router."""
    context = ssl.create_default_context(cafile=world.ground.authority.ca_file)
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", world.ground.aptible_router.port, ssl=context, server_hostname=host
    )
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 80)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), body


async def test_an_app_that_sets_no_port_cannot_have_an_endpoint(world: World) -> None:
    dockerfile = "FROM python\nENV GREETING=image\nEXPOSE 80 443\n"
    app = await world.deployed(
        await world.environment(), {"Dockerfile": dockerfile, "web.py": "input_never = 1\n"}
    )
    vhost = await _vhost(world, await world.service(app, "web"), default=True, container_port=None)
    operation = await world.operate(f"/vhosts/{vhost['id']}", type="provision")
    assert operation["status"] == "failed"
    # The lexicographically lowest of the exposed ports.
    assert "No answer on container port 443 (PORT is not set" in await world.log(operation)


async def test_strict_health_checks_want_200(world: World) -> None:
    account = await world.environment()
    strict = WEB.replace("send_response(200)", "send_response(200 if '/he' in self.path else 404)")
    app = await world.deployed(account, {"web.py": strict})
    vhost = await _provisioned(world, await world.service(app, "web"), default=True)
    done = await world.operate(
        f"/vhosts/{vhost['id']}", type="provision", settings={"STRICT_HEALTH_CHECKS": "true"}
    )
    assert done["status"] == "succeeded"
    folder = world.repository({"web.py": strict.replace("/he", "/no")})
    commit = await push(world, folder, f"{account['handle']}/acme-clinic", "strict")
    failed = await world.operate(f"/apps/{app['id']}", type="deploy", git_ref=commit)
    assert failed["status"] == "failed"
    assert "HTTP health check failed" in await world.log(failed)
    assert world.processes(app) == ["web", "worker"]
    assert (await _request(world, vhost["virtual_domain"]))[0] == 404

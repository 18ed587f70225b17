"""Images asked for at a registry: by tag and by digest, with tokens, passwords and redirects."""

import asyncio
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from providers.registry import RegistryClient
from providers.registry.challenge import read_challenge
from tests.providers.registry.server import SmallRegistry, digest, serving
from wizard.errors import OutsideError
from wizard.model.remote_image import RegistryLogin, RemoteImage
from wizard.ports.registry import PullRefused

PASSWORD = "planted-Rt38-registry"
LOGIN = ("puller", PASSWORD)


def look(registry: SmallRegistry, name: str, password: str = "") -> RemoteImage:
    login = RegistryLogin("puller", SecretStr(password)) if password else None
    return asyncio.run(RegistryClient().look(f"{registry.host}/{name}", login))


@pytest.fixture
def public() -> Iterator[SmallRegistry]:
    with serving(SmallRegistry()) as registry:
        yield registry


@pytest.fixture
def closed() -> Iterator[SmallRegistry]:
    with serving(SmallRegistry(LOGIN)) as registry:
        yield registry


def test_an_image_of_several_platforms(public: SmallRegistry) -> None:
    public.push("team/app", "1.2", "linux/arm64", "linux/amd64")
    found = look(public, "team/app:1.2")
    assert found.platforms == ("linux/arm64", "linux/amd64")
    assert ("team/app", found.digest) in public.manifests
    assert (found.layers, found.size_bytes) == (1, 2_000_000)
    assert (found.entrypoint, found.command, found.user) == (("/entry", "--"), ("serve",), "1000")
    by_digest = look(public, f"team/app@{found.digest}")
    assert by_digest.digest == found.digest


def test_an_image_of_one_platform_and_of_another_one(public: SmallRegistry) -> None:
    named = public.push("app", "latest", "linux/amd64")
    public.push("arm", "1", "linux/arm64")
    public.push("arms", "1", "linux/arm64", "linux/arm")
    assert look(public, "app").digest == named
    assert (look(public, "arm:1").digest, look(public, "arm:1").platforms) == ("", ("linux/arm64",))
    assert look(public, "arms:1").platforms == ("linux/arm64", "linux/arm")


def test_the_store_behind_a_redirect_gets_no_token(public: SmallRegistry) -> None:
    public.push("app", "1", "linux/amd64")
    look(public, "app:1")
    stored = [(path, told) for who, path, told in public.seen if who == "store"]
    assert [told for _, told in stored] == [""]
    assert any(told.startswith("Bearer ") for who, _, told in public.seen if who == "front")


def test_a_closed_registry_wants_a_password(closed: SmallRegistry) -> None:
    closed.push("app", "1", "linux/amd64")
    for password in ("", "wrong-password"):
        with pytest.raises(PullRefused) as refused:
            look(closed, "app:1", password)
        assert refused.value.wants_login
        assert "wrong-password" not in str(refused.value)
    found = look(closed, "app:1", PASSWORD)
    assert found.digest
    sent = [path for _, path, told in closed.seen if told.startswith("Basic ")]
    assert all(path.startswith("/token?") for path in sent)


def test_one_that_takes_the_password_itself() -> None:
    with serving(SmallRegistry(LOGIN, auth="basic")) as registry:
        registry.push("app", "1", "linux/amd64")
        with pytest.raises(PullRefused):
            look(registry, "app:1")
        assert look(registry, "app:1", PASSWORD).digest


def test_what_is_not_there_and_what_is_another(public: SmallRegistry) -> None:
    public.push("app", "1", "linux/amd64")
    with pytest.raises(PullRefused, match="is not there") as refused:
        look(public, "app:2")
    assert not refused.value.wants_login
    with pytest.raises(PullRefused):
        look(public, f"app@{digest(b'nothing')}")
    layer = digest(b"layer of linux/amd64")
    del public.blobs[layer]
    with pytest.raises(PullRefused):
        look(public, "app:1")
    public.blobs[layer] = b"layer of linux/amd64"
    public.lying = True
    with pytest.raises(OutsideError, match="not what was named"):
        look(public, "app:1")


def test_a_registry_that_does_not_answer() -> None:
    with serving(SmallRegistry()) as gone:
        host = gone.host
    gone.host = host
    with pytest.raises(OutsideError) as trouble:
        look(gone, "app:1")
    assert not isinstance(trouble.value, PullRefused)


@pytest.mark.parametrize(
    ("header", "kind", "base"),
    [
        ('Bearer realm="https://auth.example.net/token?a=b",service="s"', "bearer", "https://auth"),
        ('Basic realm="x"', "basic", ""),
        ('Bearer realm="nowhere"', "", ""),
        ('Bearer realm="http://[::1"', "", ""),
        ("Negotiate", "", ""),
        ("", "", ""),
    ],
)
def test_what_a_registry_wants(header: str, kind: str, base: str) -> None:
    found = read_challenge(header, "team/app")
    assert (found.kind, found.base.startswith(base)) == (kind, True)
    if kind == "bearer":
        parameters = dict(found.parameters)
        assert parameters == {"a": "b", "service": "s", "scope": "repository:team/app:pull"}

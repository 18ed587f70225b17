"""`moveday files --check` on a project of images: its registries are asked, passwords stay in."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.providers.registry.server import SmallRegistry, serving
from wizard.__main__ import main

PLANTED = "planted-Gn71-registry"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def registry() -> Iterator[SmallRegistry]:
    with serving(SmallRegistry(("puller", PLANTED))) as found:
        found.push("clinic", "2.4", "linux/amd64", "linux/arm64")
        found.push("arm", "1", "linux/arm64")
        yield found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def once(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["moveday", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out = capsys.readouterr()
        return int(left.value.code or 0), out.out, out.err

    return once


def project(folder: Path, *images: str) -> None:
    services = (f"  s{n}: {{image: {image}, command: run}}\n" for n, image in enumerate(images))
    (folder / "compose.yaml").write_text(f"services:\n{''.join(services)}")


def verdicts(out: str) -> dict[str, str]:
    made = json.loads(out)["check"]["checks"]
    return {f"{each['process']} {each['name']}": each["verdict"] for each in made}


def test_images_are_looked_for_with_a_password(
    tmp_path: Path, registry: SmallRegistry, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, f"{registry.host}/clinic:2.4", f"{registry.host}/arm:1")
    code, out, err = run("files", "--check")
    assert code == 5, err
    assert "cannot be pulled without a user" in out
    assert "set APTIBLE_PRIVATE_REGISTRY_USERNAME and" in out
    seen = out + err
    monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_USERNAME", "puller")
    monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_PASSWORD", PLANTED)
    code, out, err = run("files", "--check")
    assert code == 5
    assert f"fetched by its digest: {registry.host}/clinic@sha256:" in out
    assert "there is none for linux/amd64, where Aptible runs: linux/arm64" in out
    assert """entrypoint/s0: '["/entry", "--"]'; user/s0: 1000""" in out
    assert "APTIBLE_PRIVATE_REGISTRY_PASSWORD" not in os.environ
    monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_USERNAME", "puller")
    monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_PASSWORD", PLANTED)
    _, document, more = run("files", "--check", "--json")
    assert verdicts(document) == {
        "s0 pull": "ok",
        "s0 architecture": "ok",
        "s0 settings": "ok",
        "s1 architecture": "failed",
    }
    kept = "".join(p.read_text() for p in tmp_path.rglob("*") if p.is_file())
    assert PLANTED not in seen + out + err + document + more + kept


def test_a_password_goes_to_one_registry_only(
    tmp_path: Path, registry: SmallRegistry, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(SmallRegistry(("other", "another-password"))) as other:
        project(tmp_path, f"{registry.host}/clinic:2.4", f"{other.host}/app:1")
        monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_USERNAME", "puller")
        monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_PASSWORD", PLANTED)
        code, out, _ = run("files", "--check")
        assert (code, "2 registries want a password" in out) == (5, True)
        assert not any(told for _, _, told in (*other.seen, *registry.seen))


def test_one_half_of_a_login_is_no_login(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, "localhost:1/app:1", "'${GONE}'")
    monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_USERNAME", "puller")
    code, _, err = run("files", "--source", "compose", "--check")
    assert (code, "go together" in err) == (2, True)
    monkeypatch.delenv("APTIBLE_PRIVATE_REGISTRY_USERNAME", raising=False)


def test_an_image_without_a_name_is_not_checked(tmp_path: Path, run: Run) -> None:
    project(tmp_path, "'${GONE}'")
    code, out, _ = run("files", "--source", "compose", "--check", "--json")
    assert (code, verdicts(out)) == (4, {"s0 pull": "not checked"})

"""Values baked into a front end: named each; or put in when the container starts, for real."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.wizard.generate.repositories import REPOSITORIES, Files, manifest, npm_lock
from tests.wizard.generate.test_traps import asked, look, said, text_of

SHOP: Files = {
    "package.json": manifest(
        scripts={"build": "vite build", "start": "node server.js --port $PORT"},
        devDependencies={"vite": "5"},
    ),
    "package-lock.json": npm_lock("vite"),
    "server.js": "",
    "src/main.js": "fetch(import.meta.env.VITE_API_URL + import.meta.env.VITE_TITLE)\n",
}
YES = {"placeholders": "yes"}


def test_each_name_is_said_to_need_a_rebuild() -> None:
    found = look(SHOP)
    assert said(found) >= {"baked:VITE_API_URL", "baked:VITE_TITLE", "placeholders"}
    titles = [finding.title for finding in found.findings]
    assert sum("needs a rebuild, not a restart" in title for title in titles) == 2
    assert ". ./.aptible.env && set +a; fi \\\n    && npm run build\n" in text_of(found)
    assert found.file("docker-values.sh") is None


def test_placeholders_are_built_in_and_the_web_puts_the_values_in() -> None:
    found = look(SHOP, YES)
    assert not asked(found)
    assert found.answered == YES
    assert (
        "RUN export VITE_API_URL=https://vite-api-url.placeholder.invalid \\\n"
        "    && export VITE_TITLE=__moveday_VITE_TITLE__ \\\n    && npm run build\n"
    ) in text_of(found)
    assert text_of(found, "Procfile") == (
        "web: exec sh docker-values.sh sh -c 'exec tini -- node server.js --port $PORT'\n"
    )
    assert "docker-values.sh" in text_of(found).splitlines()[-1]
    assert "put_in VITE_TITLE __moveday_VITE_TITLE__\n" in text_of(found, "docker-values.sh")
    assert not [name for name in said(found) if name.startswith("baked:")]


@pytest.mark.parametrize("name", ["next-standalone", "django-node", "static-built"])
def test_the_script_is_in_every_kind_of_image(name: str) -> None:
    found = look(REPOSITORIES[name], YES)
    final = text_of(found).split("\nFROM ")[-1]
    whole = " /app ./\n" in final
    assert whole or "/app/docker-values.sh ./\n" in final
    assert "sh docker-values.sh " in text_of(found, "Procfile")


def run(folder: Path, **values: str) -> "subprocess.CompletedProcess[str]":
    command = ["sh", "docker-values.sh", "sh", "-c", "cat dist/app.js"]
    environment = {"PATH": os.environ["PATH"], **values}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def built(tmp_path: Path) -> Path:
    if shutil.which("sh") is None:
        pytest.skip("there is no POSIX shell here")
    script = text_of(look(SHOP, YES), "docker-values.sh")
    (tmp_path / "docker-values.sh").write_text(script)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/app.js").write_text(
        'a("https://vite-api-url.placeholder.invalid/v1");b("__moveday_VITE_TITLE__")'
    )
    (tmp_path / "dist/app.js.gz").write_text("old")
    return tmp_path


def test_the_script_puts_values_in_and_runs_the_command(built: Path) -> None:
    done = run(built, VITE_API_URL="https://api.example/?a=1&b=|2", VITE_TITLE="Clinic")
    assert done.stdout == 'a("https://api.example/?a=1&b=|2/v1");b("Clinic")', done.stderr
    assert not (built / "dist/app.js.gz").exists()
    # The script itself still knows the placeholders, and a second start changes nothing.
    assert run(built, VITE_TITLE="other").stdout == done.stdout


def test_what_is_not_set_is_empty_and_what_would_break_the_files_stops_it(built: Path) -> None:
    done = run(built, VITE_API_URL='x"+alert(1)+"', VITE_TITLE="planted")
    assert (done.returncode, done.stdout) == (1, "")
    assert "VITE_API_URL has a character" in done.stderr
    assert "alert" not in done.stderr
    assert run(built).stdout == 'a("/v1");b("")'

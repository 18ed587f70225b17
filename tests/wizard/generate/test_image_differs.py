"""Services of one app with different values of a variable: in the Procfile, or asked for."""

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from providers.sources.compose import look
from wizard.clock import SYSTEM_CLOCK
from wizard.generate.images import ImageProject, propose_for_images
from wizard.model.files import Proposal
from wizard.model.repo_view import Snapshot

PLANTED = "planted-Vb41-differs"
IMAGE = "image: registry.example.net/desk:2.4"
SERVICES = (
    f"  base: &base\n    {IMAGE}\n    command: idle\n    env_file: .env\n"
    "  web:\n    <<: *base\n    command: serve\n    ports: ['3000:3000']\n"
    "    environment: {MODE: production, DESK: 'front desk'}\n"
    "  worker:\n    <<: *base\n    command: work\n    environment: {MODE: production}\n"
)


def proposed(
    folder: Path, services: str = SERVICES, answers: dict[str, str] | None = None, **env: str
) -> Proposal:
    (folder / "compose.yaml").write_text(f"services:\n{services}")
    (folder / ".env").write_text("".join(f"{n}={v}\n" for n, v in env.items()))
    found, values = look(folder, (), (), SYSTEM_CLOCK)
    assert PLANTED not in found.model_dump_json()
    assert values["web"]["MODE"].get_secret_value() == "production"
    project = ImageProject(found, "", lambda text: PLANTED in text)
    given = {"entrypoint/web": "none", **(answers or {})}
    return propose_for_images(Snapshot.of({}), project, date(2026, 1, 1), given)


def procfile(proposal: Proposal) -> str:
    file = proposal.file("aptible/web/.aptible/Procfile")
    assert file is not None
    return file.text


def test_the_app_has_the_value_of_most_and_the_others_say_theirs(tmp_path: Path) -> None:
    found = proposed(tmp_path, MODE="development", DESK="none")
    assert procfile(found) == (
        "base: exec env MODE=development idle\n"
        "web: exec env 'DESK=front desk' serve\nworker: exec work\n"
    )
    assert found.questions == ()


def test_behind_an_entry_point_the_line_holds_it_whole(tmp_path: Path) -> None:
    found = proposed(tmp_path, answers={"entrypoint/web": "/entry"}, MODE="development", DESK="x")
    assert procfile(found).startswith("base: exec env MODE=development /entry idle\n")
    dockerfile = found.file("aptible/web/Dockerfile")
    assert dockerfile is not None and dockerfile.text.endswith("ENTRYPOINT []\n")


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [("API_TOKEN", "short", "other"), ("DESK_ID", PLANTED, "x"), ("SIDE", "http://db:5432", "b")],
)
def test_a_secret_or_a_name_of_a_service_is_asked_for(
    tmp_path: Path, name: str, one: str, other: str
) -> None:
    services = SERVICES.replace("DESK: 'front desk'", f"{name}: '{one}'")
    services += "  db:\n    image: postgres:16\n"
    env = {"MODE": "production", name: other}
    found = proposed(tmp_path, services, **env)
    assert [q.question.id for q in found.questions] == [f"differs/web/{name}"]
    assert one not in procfile(found)
    found = proposed(tmp_path, services, {f"differs/web/{name}": "same"}, **env)
    assert found.questions == ()
    assert "env " not in procfile(found)
    found = proposed(tmp_path, services, {f"differs/web/{name}": "own"}, **env)
    line = next(row for row in procfile(found).splitlines() if row.startswith("web: "))
    told = line.removeprefix("web: ").replace("serve", f"printenv {name}")
    environ = {"PATH": os.environ["PATH"], f"{name}_WEB": "of its own"}
    done = subprocess.run(
        ["/bin/sh", "-c", told], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "of its own\n"

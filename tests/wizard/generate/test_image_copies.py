"""Files of the project that are mounted: a COPY line, a variable, or a question."""

import base64
import os
import subprocess
from datetime import date
from pathlib import Path

from providers.containers.one_app import one_app
from providers.sources.compose import look
from wizard.clock import SYSTEM_CLOCK
from wizard.generate.images import ImageProject, RootProject, propose_for_images, propose_in_root
from wizard.generate.images.mounted_files import start_script
from wizard.model.containers import MountedFile
from wizard.model.files import Proposal
from wizard.model.inventory import Inventory
from wizard.model.repo_view import Snapshot

PLANTED = "planted-Tz56-copies"
IMAGE = "image: registry.example.net/reports:2.4"
MOUNTS = (
    f"  reports:\n    {IMAGE}\n    command: serve\n    volumes:\n"
    "      - ./conf/reports.js:/srv/conf/reports.js:ro\n      - ./conf/model:/srv/conf/model:ro\n"
    "  db:\n    image: postgres:16\n"
)
FILES = {"conf/reports.js": "module.exports = {}\n", "conf/model/a.yml": "cubes: []\n"}
NO_ENTRY = {"entrypoint/reports": "none"}


def seen(folder: Path, services: str, files: dict[str, str]) -> Inventory:
    (folder / "compose.yaml").write_text(f"services:\n{services}")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return look(folder, (), (), SYSTEM_CLOCK)[0]


def proposed(
    folder: Path,
    services: str,
    files: dict[str, str],
    answers: dict[str, str] | None = None,
    base: str | None = "",
) -> Proposal:
    found = seen(folder, services, files)
    assert PLANTED not in found.model_dump_json()
    project = ImageProject(found, base, lambda text: PLANTED in text)
    given = {**NO_ENTRY, **(answers or {})}
    below = {f"{base}/{path}" if base else path: text for path, text in files.items()}
    return propose_for_images(Snapshot.of(below), project, date(2026, 1, 1), given)


def text(proposal: Proposal, path: str) -> str:
    file = proposal.file(path)
    assert file is not None, [f.path for f in proposal.files]
    return file.text


def test_what_is_mounted_of_the_project_is_copied_into_the_image(tmp_path: Path) -> None:
    found = proposed(tmp_path, MOUNTS, FILES)
    assert text(found, "aptible/reports/Dockerfile") == (
        "# Written by moveday.\n"
        "FROM --platform=linux/amd64 registry.example.net/reports:2.4\n"
        "COPY conf/reports.js /srv/conf/reports.js\n"
        "COPY conf/model /srv/conf/model\n"
        "COPY aptible/reports/.aptible/Procfile /.aptible/Procfile\n"
    )
    build = next(f for f in found.findings if f.id == "build:reports")
    assert "-f aptible/reports/Dockerfile ., in this folder" in build.remedy
    assert found.questions == ()


def test_an_image_that_only_gets_a_copy_keeps_its_own_command(tmp_path: Path) -> None:
    found = proposed(tmp_path, MOUNTS.replace("    command: serve\n", ""), FILES)
    assert [f.path for f in found.files] == ["aptible/reports/Dockerfile"]
    assert text(found, "aptible/reports/Dockerfile").endswith("COPY conf/model /srv/conf/model\n")


def test_paths_count_from_where_the_image_is_built(tmp_path: Path) -> None:
    found = proposed(tmp_path, MOUNTS, FILES, base="deploy")
    assert "COPY deploy/conf/model /srv" in text(found, "aptible/reports/Dockerfile")
    found = proposed(tmp_path, MOUNTS, FILES, base=None)
    assert "conf/model" not in text(found, "aptible/reports/Dockerfile")
    assert {f.id for f in found.findings if f.level == "warn"} == {
        *("copy:reports:./conf/reports.js", "copy:reports:./conf/model")
    }
    built = MOUNTS.replace(IMAGE, "build: ./conf").replace("/srv/conf/", "/etc/")
    found = proposed(tmp_path, built, {**FILES, "conf/Dockerfile": "FROM a\n"})
    assert "COPY model /etc/model\n" in text(found, "conf/Dockerfile")
    built = MOUNTS.replace(IMAGE, "build: ./api")
    found = proposed(tmp_path, built, {**FILES, "api/Dockerfile": "FROM a\n"})
    assert "conf/model" not in text(found, "api/Dockerfile")
    assert any(f.id == "copy:reports:./conf/model" for f in found.findings)


def test_what_would_be_hidden_from_the_build_is_let_through(tmp_path: Path) -> None:
    files = {**FILES, ".dockerignore": "conf/model\nnode_modules\n"}
    found = proposed(tmp_path, MOUNTS, files)
    assert text(found, ".dockerignore") == "conf/model\nnode_modules\n!conf/model\n"
    there = {**files, **{f.path: f.text for f in found.files}}
    assert proposed(tmp_path, MOUNTS, there).changes == ()


def test_two_services_that_see_different_things_at_one_place(tmp_path: Path) -> None:
    other = (
        f"  worker:\n    {IMAGE}\n    command: work\n    volumes: ['./other:/srv/conf/model:ro']\n"
    )
    found = proposed(tmp_path, MOUNTS + other, {**FILES, "other/b.yml": "cubes: []\n"})
    assert any(f.id == "two-at:reports:/srv/conf/model" for f in found.findings)
    assert text(found, "aptible/reports/Dockerfile").count("/srv/conf/model\n") == 1


def test_a_folder_with_a_secret_or_names_of_services_is_asked_for(tmp_path: Path) -> None:
    files = {**FILES, "conf/model/a.yml": f"host: db\npassword: {PLANTED}\n"}
    found = proposed(tmp_path, MOUNTS, files)
    [asked] = [q.question for q in found.questions]
    assert (asked.id, asked.choices) == ("volume/./conf/model", ("copy", "drop"))
    assert "conf/model/a.yml" in asked.why
    assert asked.why.endswith("other names: db")
    assert "conf/model" not in text(found, "aptible/reports/Dockerfile")
    for answer, there in (("copy", True), ("drop", False)):
        found = proposed(tmp_path, MOUNTS, files, {asked.id: answer})
        assert found.questions == ()
        assert ("COPY conf/model" in text(found, "aptible/reports/Dockerfile")) is there


SECRET = (
    f"  reports:\n    {IMAGE}\n    command: serve\n    volumes:\n"
    "      - /opt/reports/cert.p12:/opt/reports/cert.p12:ro\n"
    "      - ./settings.json:/srv/settings.json\n      - ./gone.json:/srv/gone.json\n"
    "  db:\n    image: postgres:16\n"
)


def test_a_secret_file_is_made_of_a_variable_and_never_copied(tmp_path: Path) -> None:
    settings = {"settings.json": f'{{"host": "db", "password": "{PLANTED}"}}\n'}
    found = seen(tmp_path, SECRET, settings)
    given = {f.name: f for f in found.mounted_files}
    assert set(given) == {"cert.p12", "settings.json"}
    assert (given["cert.p12"].kind, given["cert.p12"].known, given["cert.p12"].binary) == (
        *("secret", False),
        True,
    )
    assert (given["settings.json"].known, given["settings.json"].names) == (False, ("db",))
    assert [(v.name, v.holds) for v in found.volumes] == [("./gone.json", "absent")]
    made = proposed(tmp_path, SECRET, settings, {"user/reports": "root"})
    assert "COPY settings" not in text(made, "aptible/reports/Dockerfile")
    script = text(made, "aptible/reports/.aptible/start")
    assert "printf '%s' \"$CERT_P12\" | base64 -d > /opt/reports/cert.p12" in script
    assert "printf '%s' \"$SETTINGS_JSON\" > /srv/settings.json" in script
    without = {"user/reports": "root", "secret/cert.p12": "drop"}
    made = proposed(tmp_path, SECRET, settings, without)
    assert "CERT_P12" not in text(made, "aptible/reports/.aptible/start")


def test_a_file_that_no_variable_can_hold_is_made_of_its_base64(tmp_path: Path) -> None:
    content, target = bytes(range(256)), tmp_path / "run/cert.p12"
    file = MountedFile(
        name="cert.p12", kind="secret", app="web", binary=True, target=str(target), where="c"
    )
    script = tmp_path / "start"
    script.write_text("".join(f"{line.text}\n" for line in start_script([file])))
    environ = {"PATH": os.environ["PATH"], "CERT_P12": base64.b64encode(content).decode()}
    subprocess.run(["/bin/sh", str(script), "true"], env=environ, check=True)
    assert target.read_bytes() == content


def test_a_key_in_the_folder_that_is_built_is_not_taken_for_code(tmp_path: Path) -> None:
    services = (
        "  reports:\n    build: .\n    volumes: ['./tls.key:/srv/tls.key', './src:/srv/src']\n"
    )
    found = seen(tmp_path, services, {"Dockerfile": "FROM a\n", "tls.key": PLANTED, "src/a": ""})
    assert [(f.name, f.known) for f in found.mounted_files] == [("tls.key", True)]
    assert [(v.name, v.holds) for v in found.volumes] == [("./src", "code")]


def test_a_file_that_names_services_is_given_by_a_person_also_with_a_plan(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(f'{{"host": "db", "password": "{PLANTED}"}}\n')
    (tmp_path / "compose.yaml").write_text(f"services:\n{SECRET}")
    found, values = look(tmp_path, (), (), SYSTEM_CLOCK)
    part, given = one_app(found, values, "reports")
    assert {v.name: v.masked for v in part.variables} == {"CERT_P12": True, "SETTINGS_JSON": True}
    assert given == {}


def test_in_the_root_only_what_a_push_carries_is_copied(tmp_path: Path) -> None:
    found = seen(tmp_path, MOUNTS, FILES)
    part = one_app(found, {}, "reports")[0]
    project = RootProject(part, None, lambda _: False)
    view = Snapshot.of({"conf/reports.js": FILES["conf/reports.js"]})
    made = propose_in_root(view, project, date(2026, 1, 1), NO_ENTRY)
    assert "COPY conf/reports.js /srv/conf/reports.js\n" in text(made, "Dockerfile")
    assert "conf/model" not in text(made, "Dockerfile")
    assert any(f.id == "not-pushed:reports:conf/model" for f in made.findings)


def test_an_entry_point_of_a_hook_leaves_the_service_a_line(tmp_path: Path) -> None:
    """ENTRYPOINT in a Dockerfile takes away the CMD of the image that it begins with."""
    services = (
        f"  reports:\n    {IMAGE}\n  migrate:\n    {IMAGE}\n    entrypoint: [sh, -c]\n"
        '    command: ["reports migrate"]\n    restart: "no"\n'
    )
    found = proposed(tmp_path, services, {}, {"command/reports": "serve"})
    assert text(found, "aptible/reports/Dockerfile").endswith("ENTRYPOINT []\n")
    assert text(found, "aptible/reports/.aptible/Procfile") == "reports: exec serve\n"

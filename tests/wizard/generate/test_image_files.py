"""Files for images that exist: golden ones, and the start-up script run for real."""

import json
import os
import shlex
import stat
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.sources.compose import look
from wizard.clock import SYSTEM_CLOCK
from wizard.generate.images import ImageProject, propose_for_images
from wizard.generate.images.mounted_files import start_script
from wizard.model.containers import MountedFile
from wizard.model.files import Proposal
from wizard.model.repo_view import Snapshot

PLANTED = "planted-Wm27-image"
IMAGE = "image: registry.example.net/clinic:2.4"
NO_ENTRY = {"entrypoint/web": "none"}


def proposed(
    folder: Path, services: str, answers: dict[str, str] | None = None, **files: str
) -> Proposal:
    (folder / "compose.yaml").write_text(f"services:\n{services}")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    found, _ = look(folder, (), (), SYSTEM_CLOCK)
    project = ImageProject(found, "", lambda text: PLANTED in text)
    return propose_for_images(Snapshot.of(files), project, date(2026, 1, 1), answers or {})


def text(proposal: Proposal, path: str) -> str:
    file = proposal.file(path)
    assert file is not None, [f.path for f in proposal.files]
    return file.text


def two(first: str, second: str) -> str:
    return f"  web:\n    {IMAGE}\n{first}  worker:\n    {IMAGE}\n{second}"


def test_an_image_without_an_entry_point_gets_lines_for_a_shell(tmp_path: Path) -> None:
    services = two("    command: serve --name '$$A b'\n", "    command: [work, 'a;b']\n")
    found = proposed(tmp_path, services, NO_ENTRY)
    assert text(found, "aptible/web/Dockerfile") == (
        "# Written by moveday.\n"
        "FROM --platform=linux/amd64 registry.example.net/clinic:2.4\n"
        "COPY .aptible/Procfile /.aptible/Procfile\n"
    )
    # In the old container no shell looked at these words, so none may here.
    assert text(found, "aptible/web/.aptible/Procfile") == (
        "web: exec serve --name '$A b'\nworker: exec work 'a;b'\n"
    )
    assert found.questions == ()


def test_an_image_with_an_entry_point_gets_its_arguments(tmp_path: Path) -> None:
    services = two("    command: serve\n", "    command: work\n")
    found = proposed(tmp_path, services, {"entrypoint/web": '["/entry", "--"]'})
    assert text(found, "aptible/web/.aptible/Procfile") == "web: serve\nworker: work\n"
    assert "ENTRYPOINT" not in text(found, "aptible/web/Dockerfile")


def test_an_entry_point_of_the_project_is_in_the_line_and_clears_the_image_s(
    tmp_path: Path,
) -> None:
    services = two("    command: serve\n", "    entrypoint: [/other, -v]\n    command: work\n")
    found = proposed(tmp_path, services, {"entrypoint/web": "/entry"})
    assert text(found, "aptible/web/.aptible/Procfile") == (
        "web: exec /entry serve\nworker: exec /other -v work\n"
    )
    assert text(found, "aptible/web/Dockerfile").endswith("\nENTRYPOINT []\n")


def test_what_only_the_image_knows_is_asked(tmp_path: Path) -> None:
    services = two("", "    command: work\n")
    found = proposed(tmp_path, services)
    assert [q.question.id for q in found.questions] == ["command/web", "entrypoint/web"]
    assert "COMMAND" in text(found, "aptible/web/.aptible/Procfile")
    wrong = {"entrypoint/web": '["unclosed', "command/web": "a 'b"}
    found = proposed(tmp_path, services, wrong)
    assert all("cannot be read" in q.question.why for q in found.questions)
    given = {**NO_ENTRY, "command/web": '["serve", "--port", "80"]'}
    found = proposed(tmp_path, services, given)
    assert text(found, "aptible/web/.aptible/Procfile").startswith("web: exec serve --port 80\n")
    assert found.answered == given


def test_one_service_that_runs_its_image_needs_no_files(tmp_path: Path) -> None:
    found = proposed(tmp_path, f"  web:\n    {IMAGE}\n    ports: ['80:80']\n")
    assert (found.files, found.questions) == ((), ())
    assert "deployed as it is" in found.findings[0].title


def test_a_migration_is_a_hook_and_another_job_is_named(tmp_path: Path) -> None:
    once = '    restart: "no"\n'
    services = (
        f"  web:\n    {IMAGE}\n    command: serve\n  migrate:\n    {IMAGE}\n"
        f"    command: manage migrate\n{once}  seed:\n    {IMAGE}\n    command: manage seed\n{once}"
    )
    found = proposed(tmp_path, services, NO_ENTRY)
    hooks = "before_deploy:\n  - manage migrate\n"
    assert text(found, "aptible/web/.aptible/.aptible.yml") == hooks
    assert any(f.id == "job:seed" for f in found.findings)
    found = proposed(tmp_path, services, {**NO_ENTRY, "job/seed": "hook"})
    assert text(found, "aptible/web/.aptible/.aptible.yml") == f"{hooks}  - manage seed\n"


def test_user_folder_and_signal_go_into_the_image(tmp_path: Path) -> None:
    asked = "    user: '1000'\n    working_dir: /srv\n    stop_signal: SIGINT\n"
    services = f"  web:\n    {IMAGE}\n    command: serve\n{asked}"
    found = proposed(tmp_path, services, NO_ENTRY)
    lines = text(found, "aptible/web/Dockerfile").splitlines()
    assert lines[2:5] == ["USER 1000", "WORKDIR /srv", "STOPSIGNAL SIGINT"]
    other = f"{services}  worker:\n    {IMAGE}\n    command: work\n"
    found = proposed(tmp_path, other, NO_ENTRY)
    assert "USER" not in text(found, "aptible/web/Dockerfile")
    assert any(f.id == "user:web" and f.level == "warn" for f in found.findings)


def test_a_script_of_several_lines_becomes_a_file(tmp_path: Path) -> None:
    script = "    command:\n      - bash\n      - -euc\n      - |\n        one\n        exec two\n"
    found = proposed(tmp_path, f"  web:\n    {IMAGE}\n{script}", NO_ENTRY)
    assert text(found, "aptible/web/.aptible/web.sh") == "one\nexec two\n"
    line = text(found, "aptible/web/.aptible/Procfile")
    assert line == "web: exec bash -eu /.aptible/web.sh\n"
    assert "COPY .aptible/web.sh /.aptible/web.sh" in text(found, "aptible/web/Dockerfile")


@pytest.mark.parametrize("command", [f"serve --key {PLANTED}", "serve --password=hunter2hunter2"])
def test_a_secret_in_a_command_is_asked_for_and_written_nowhere(
    tmp_path: Path, command: str
) -> None:
    services = f"  web:\n    {IMAGE}\n    command: {command}\n"
    found = proposed(tmp_path, services, NO_ENTRY)
    assert [q.question.id for q in found.questions] == ["command/web"]
    written = "".join(file.text for file in found.files)
    assert PLANTED not in written
    assert "hunter2" not in written
    again = proposed(tmp_path, services, {**NO_ENTRY, "command/web": f"serve {PLANTED}"})
    assert [q.question.id for q in again.questions] == ["command/web"]
    given = {**NO_ENTRY, "command/web": 'serve --key "$KEY"'}
    found = proposed(tmp_path, services, given)
    line = text(found, "aptible/web/.aptible/Procfile")
    assert line == "web: exec sh -c 'serve --key \"$KEY\"'\n"


def test_a_command_that_waits_for_a_variable_is_asked_for(tmp_path: Path) -> None:
    found = proposed(tmp_path, f"  web:\n    {IMAGE}\n    command: serve $WORKERS\n", NO_ENTRY)
    assert [q.question.id for q in found.questions] == ["command/web"]
    assert "WORKERS" in found.questions[0].question.why


def test_a_command_that_is_blank_where_nothing_is_set_is_known(tmp_path: Path) -> None:
    services = (
        f"  web:\n    {IMAGE}\n    command: serve $CONF\n"
        "    volumes: ['${CONF:-./conf.json}:/srv/conf.json:ro']\n"
    )
    found = proposed(tmp_path, services, NO_ENTRY)
    assert found.questions == ()
    assert text(found, "aptible/web/.aptible/Procfile") == "web: exec serve\n"
    assert any(f.id == "blank:web:CONF" for f in found.findings)


def test_the_user_of_their_own_dockerfile_is_not_asked_for(tmp_path: Path) -> None:
    services = "  api:\n    build: ./api\n    secrets: [key]\nsecrets: {key: {external: true}}\n"
    own = 'FROM b AS x\nUSER root\nFROM a\nRUN adduser payer\nUSER payer\nENTRYPOINT ["/e"]\n'
    found = proposed(tmp_path, services, **{"api/Dockerfile": own})
    assert found.questions == ()
    assert "chown payer /run/secrets/key\nUSER payer\n" in text(found, "api/Dockerfile")
    again = proposed(tmp_path, services, **{f.path: f.text for f in found.files})
    assert (again.changes, again.questions) == ((), ())


def test_the_build_s_arguments_and_what_is_not_here_are_named(tmp_path: Path) -> None:
    services = (
        "  api:\n    build: {context: ./api, args: {PUBLIC_URL: x, KEY: y}}\n"
        "  sub: {build: ./sub}\n"
    )
    found = proposed(tmp_path, services, **{"api/Dockerfile": 'FROM a\nCMD ["x"]\n'})
    args = next(f for f in found.findings if f.id == "build-args:api")
    assert "docker build --build-arg PUBLIC_URL --build-arg KEY" in args.remedy
    assert any(f.id == "absent:sub" and "./sub" in f.title for f in found.findings)


def test_the_order_of_deploys_is_told(tmp_path: Path) -> None:
    waits = "depends_on: {migrate: {condition: service_completed_successfully}}"
    services = (
        f"  web: {{image: one, command: serve}}\n  migrate: {{image: one, command: migrate}}\n"
        f"  hub:\n    image: two\n    command: x\n    {waits}\n"
    )
    answers = {**NO_ENTRY, "entrypoint/hub": "none"}
    found = proposed(tmp_path, services, answers)
    [order] = [f for f in found.findings if f.id.startswith("order:")]
    assert order.title == "deploy web before hub: hub waits for migrate, a job of web"


SECRETS = (
    f"  web:\n    {IMAGE}\n    command: serve\n    environment: {{KEY_FILE: /run/secrets/key}}\n"
    "    secrets:\n      - key\n      - {source: cert, target: /etc/c/cert.pem, mode: 0400}\n"
    "secrets: {key: {external: true}, cert: {external: true}}\n"
)


def test_mounted_files_are_made_at_the_start(tmp_path: Path) -> None:
    found = proposed(tmp_path, SECRETS, {**NO_ENTRY, "user/web": "root"})
    dockerfile = text(found, "aptible/web/Dockerfile")
    assert dockerfile.endswith('\nENTRYPOINT ["/bin/sh", "/.aptible/start"]\n')
    assert "USER" not in dockerfile
    assert text(found, "aptible/web/.aptible/Procfile") == "web: serve\n"
    script = text(found, "aptible/web/.aptible/start")
    assert "printf '%s' \"$KEY\" > /run/secrets/key" in script
    assert "chmod 0400 /etc/c/cert.pem" in script
    found = proposed(tmp_path, SECRETS, {**NO_ENTRY, "user/web": "app:app"})
    assert "chown app:app /run/secrets/key /etc/c/cert.pem\nUSER app:app\n" in text(
        found, "aptible/web/Dockerfile"
    )
    found = proposed(tmp_path, SECRETS, NO_ENTRY)
    assert [q.question.id for q in found.questions] == ["user/web"]
    chosen = {**NO_ENTRY, "user/web": "root", "secrets/web": "variables"}
    script = text(proposed(tmp_path, SECRETS, chosen), "aptible/web/.aptible/start")
    assert ("$KEY" in script, "$CERT" in script) == (False, True)


def test_the_start_up_script_runs(tmp_path: Path) -> None:
    target, odd = tmp_path / "run/secrets/key", tmp_path / "with ' blank/x.conf"
    files = [
        MountedFile(
            name="key", kind="secret", app="web", target=str(target), mode=0o440, where="c"
        ),
        MountedFile(name="x.conf", kind="config", app="web", target=str(odd), where="c"),
    ]
    script = tmp_path / "start"
    script.write_text("".join(f"{line.text}\n" for line in start_script(files)))
    content = f"{PLANTED}\n$HOME `id` \\n 'quoted'\n"
    environ = {"PATH": os.environ["PATH"], "KEY": content, "X_CONF": "a=b", "OTHER": "stays"}
    for _ in range(2):
        words = ["/bin/sh", str(script), "/bin/sh", "-c", "env; umask; echo $0 $1", "a b", "c"]
        done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert target.read_text() == content
        assert odd.read_text() == "a=b"
        assert stat.S_IMODE(target.stat().st_mode) == 0o440
        assert stat.S_IMODE(odd.stat().st_mode) == 0o444
        assert PLANTED not in done.stdout
        assert "OTHER=stays" in done.stdout
        assert done.stdout.endswith("a b c\n")
    del environ["KEY"]
    words = ["/bin/sh", str(script), "true"]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "KEY: has to be in the configuration" in done.stderr


DOCKERFILE = (
    'FROM node:22 AS run\nCOPY . .\nENTRYPOINT ["/e"]\nCMD ["node", "a.js"]\n'
    "FROM run AS test\nRUN check\n"
)
BUILT = "  api:\n    build: {context: ./api, target: run}\n  job:\n    build: {context: ./api, target: run}\n    command: node b.js\n"  # noqa: E501


def test_their_own_dockerfile_gets_lines_in_the_stage_that_runs(tmp_path: Path) -> None:
    files = {"api/Dockerfile": DOCKERFILE}
    found = proposed(tmp_path, BUILT, **files)
    assert found.questions == ()
    copy = "COPY aptible/api/.aptible/Procfile /.aptible/Procfile\n"
    changed = text(found, "api/Dockerfile")
    assert changed == DOCKERFILE.replace('"a.js"]\n', f'"a.js"]\n{copy}')
    procfile = text(found, "api/aptible/api/.aptible/Procfile")
    assert procfile == "api: node a.js\njob: node b.js\n"
    there = {f.path: f.text for f in found.files}
    again = proposed(tmp_path, BUILT, **there)
    assert again.changes == ()


def test_lines_with_an_entry_point_are_not_wrapped_twice(tmp_path: Path) -> None:
    services = (
        "  api:\n    build: ./api\n    command: serve\n    secrets: [key]\n"
        "secrets: {key: {external: true}}\n"
    )
    answers = {"user/api": "root"}
    files = {"api/Dockerfile": 'FROM a\nENTRYPOINT ["/e"]\n'}
    found = proposed(tmp_path, services, answers, **files)
    assert text(found, "api/aptible/api/.aptible/Procfile") == "api: /e serve\n"
    again = proposed(tmp_path, services, answers, **{f.path: f.text for f in found.files})
    assert (again.changes, again.questions) == ((), ())


@pytest.mark.parametrize(
    "build", ["../other", "/srv/app", "https://example.org/app.git", "./gone", "git@h:a.git"]
)
def test_a_build_from_elsewhere_is_named_and_not_touched(tmp_path: Path, build: str) -> None:
    services = f"  api:\n    build: {build}\n    command: serve\n"
    found = proposed(tmp_path, services, {"entrypoint/api": "none"})
    assert [f.path for f in found.files] == ["aptible/api/.aptible/Procfile"]
    assert any(f.id == "dockerfile:api" for f in found.findings)


def test_every_line_has_a_rule_with_evidence(tmp_path: Path) -> None:
    found = proposed(tmp_path, SECRETS, {**NO_ENTRY, "user/web": "app"})
    for file in found.files:
        for line in file.lines:
            assert not line.rule or line.evidence or line.text in ("#!/bin/sh", 'exec "$@"'), line


@pytest.mark.parametrize(
    "service",
    [
        'image: "a\\nRUN evil"\n    command: x',
        'image: a\n    command: [x, "\\e[31m\\r\\nweb: evil"]',
        'image: a\n    command: x\n    user: "1\\nRUN evil"\n    working_dir: "/x\\nRUN evil"',
        'image: a\n    command: x\n    secrets: [{source: k, target: "/x\\nRUN evil"}]\n'
        "secrets: {k: {external: true}}",
    ],
)
def test_hostile_words_begin_no_line_of_their_own(tmp_path: Path, service: str) -> None:
    found = proposed(tmp_path, f"  web:\n    {service}\n", {**NO_ENTRY, "user/web": "u"})
    rows = [row for file in found.files for row in file.text.splitlines()]
    assert not [row for row in rows if row.startswith(("RUN evil", "web: evil")) or "\x1b" in row]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]))
        .filter(str.isprintable)
        .filter(lambda word: "pass" not in word.lower() and "://" not in word),
        max_size=4,
    )
)
def test_a_shell_and_an_entry_point_get_the_words_of_the_project(
    tmp_path: Path, words: list[str]
) -> None:
    """A Procfile's line, run by /bin/sh or taken apart, is what the project's list says."""
    listed = json.dumps(["printf", "%s\\n", *words], ensure_ascii=False).replace("$", "$$")
    services = f"  web:\n    {IMAGE}\n    command: {listed}\n"
    line = text(proposed(tmp_path, services, NO_ENTRY), "aptible/web/.aptible/Procfile")
    command = line.removeprefix("web: ").removesuffix("\n")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == ("".join(f"{word}\n" for word in words) or "\n")
    behind = text(
        proposed(tmp_path, services, {"entrypoint/web": "/e"}), "aptible/web/.aptible/Procfile"
    )
    assert shlex.split(behind.removeprefix("web: ")) == ["printf", "%s\\n", *words]


def test_two_apps_of_one_dockerfile(tmp_path: Path) -> None:
    dockerfile = (
        'FROM a AS base\nENTRYPOINT ["/e"]\nCMD ["x"]\nFROM base AS two\nRUN y\n'
        'FROM base\nCMD ["z"]\n'
    )
    services = (
        "  one: {build: ., command: run one}\n  mail: {build: .}\n"
        "  two: {build: {context: ., target: two}, command: run two}\n"
    )
    found = proposed(tmp_path, services, Dockerfile=dockerfile)
    assert found.questions == ()
    assert [f.path for f in found.files].count("Dockerfile") == 1
    assert text(found, "Dockerfile") == dockerfile.replace(
        "RUN y\n", "RUN y\nCOPY aptible/two/.aptible/Procfile /.aptible/Procfile\n"
    ) + ("COPY aptible/one/.aptible/Procfile /.aptible/Procfile\n")
    assert text(found, "aptible/one/.aptible/Procfile") == "one: run one\nmail: z\n"
    assert text(found, "aptible/two/.aptible/Procfile") == "two: run two\n"
    again = proposed(tmp_path, services, **{f.path: f.text for f in found.files})
    assert (again.changes, again.questions) == ((), ())


def test_names_that_look_alike_in_a_folder_are_two(tmp_path: Path) -> None:
    services = (
        "  a.b:\n    image: one\n    command: x\n  a-b:\n    image: two\n    command: y\n"
        "  A_b.1:\n    image: two\n    command: z\n  A_b-1:\n    image: two\n    command: w\n"
    )
    answers = {"entrypoint/a.b": "none", "entrypoint/a-b": "none"}
    found = proposed(tmp_path, services, answers)
    assert text(found, "aptible/a-b/.aptible/Procfile") == "a-b: exec x\n"
    assert text(found, "aptible/a-b-2/.aptible/Procfile") == (
        "a-b: exec y\nA_b-1: exec z\nA_b-1-2: exec w\n"
    )


STAGES = "FROM a AS base\nFROM base AS development\nFROM base AS live\nFROM base AS tests\n"


@pytest.mark.parametrize(("stage", "developers"), [("live", False), ("development", True)])
def test_the_stage_of_a_build_is_named(tmp_path: Path, stage: str, developers: bool) -> None:
    services = f"  api:\n    build: {{context: ., target: {stage}}}\n"
    found = proposed(tmp_path, services, Dockerfile=STAGES)
    said = {f.id: f for f in found.findings}
    assert f"--target {stage}; a git push would build the last stage, tests" in (
        said["build-stage:api"].remedy
    )
    assert ("stage:api" in said) is developers
    if developers:
        assert said["stage:api"].level == "warn"
    with_args = f"  api:\n    build: {{context: ., target: {stage}, args: [A]}}\n"
    args = next(
        f for f in proposed(tmp_path, with_args, Dockerfile=STAGES).findings if "args" in f.id
    )
    assert args.remedy.startswith(f"docker build --target {stage} --build-arg A")


def test_the_last_stage_needs_no_word(tmp_path: Path) -> None:
    services = "  api:\n    build: {context: ., target: live}\n"
    found = proposed(tmp_path, services, Dockerfile="FROM a AS base\nFROM base AS Live\n")
    assert [f.id for f in found.findings if "stage" in f.id] == []

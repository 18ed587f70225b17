"""Files of a planned app that is images: beside each other in the root that a git push builds."""

from datetime import date

from tests.wizard.clinic import IMAGE, SERVICES, portal
from wizard.generate.images import RootProject, propose_in_root
from wizard.model.files import Proposal
from wizard.model.remote_image import RemoteImage
from wizard.model.repo_view import Snapshot

ANSWERS = {"entrypoint/portal": "none", "user/portal": "root"}
PROCFILE = """\
portal: gunicorn portal.wsgi --bind 0.0.0.0:8000
worker: celery -A portal worker
scheduler: supercronic /etc/nightly.cron
"""
DIGEST = "sha256:" + "ab" * 32


def proposed(
    answers: dict[str, str] | None = None,
    told: RemoteImage | None = None,
    services: str = SERVICES,
    **files: str,
) -> Proposal:
    found, _ = portal(services)
    project = RootProject(found, told, lambda text: False)
    return propose_in_root(Snapshot.of(files), project, date(2026, 1, 1), answers or {})


def text(proposal: Proposal, path: str) -> str:
    file = proposal.file(path)
    assert file is not None, [f.path for f in proposal.files]
    return file.text


def asked(proposal: Proposal) -> list[str]:
    return [waiting.question.id for waiting in proposal.questions]


def test_dockerfile_procfile_and_start_script_lie_in_the_root() -> None:
    found = proposed(ANSWERS)
    assert [f.path for f in found.files] == ["Dockerfile", "Procfile", ".aptible/start"]
    assert text(found, "Dockerfile") == (
        "# Written by moveday.\n"
        f"FROM {IMAGE}\n"
        "COPY .aptible/start /.aptible/start\n"
        'ENTRYPOINT ["/bin/sh", "/.aptible/start"]\n'
    )
    assert text(found, "Procfile") == PROCFILE
    assert "${SESSION_KEY:?" in text(found, ".aptible/start")
    assert asked(found) == []
    assert "by-tag:portal" in [finding.id for finding in found.findings]


def test_only_the_image_knows_two_things_and_they_are_asked() -> None:
    assert asked(proposed()) == ["entrypoint/portal", "user/portal"]


def test_what_a_registry_told_is_not_asked_and_holds_the_image() -> None:
    told = RemoteImage(
        name=IMAGE.partition(":4")[0],
        digest=DIGEST,
        platforms=("linux/amd64",),
        entrypoint=("/entry", "--x"),
        user="clinic",
    )
    found = proposed(told=told)
    assert asked(found) == []
    dockerfile = text(found, "Dockerfile")
    assert f"FROM registry.example.net/northside/portal@{DIGEST}\n" in (dockerfile)
    assert "USER clinic\n" in dockerfile
    assert text(found, "Procfile").startswith("portal: /entry --x gunicorn portal.wsgi")
    assert not [f for f in found.findings if f.id.endswith("tag:portal")]


def test_an_app_without_mounted_files_keeps_its_entry_point() -> None:
    plain = SERVICES
    for line in (
        "  secrets: [session_key]\n",
        "    SESSION_KEY_FILE: /run/secrets/session_key\n",
        "    configs: [{source: portal_settings, target: /srv/portal/settings.ini}]\n",
    ):
        plain = plain.replace(line, "")
    found = proposed({"entrypoint/portal": "/entry"}, services=plain)
    assert [f.path for f in found.files] == ["Dockerfile", "Procfile"]
    assert text(found, "Dockerfile").count("\n") == 2
    assert text(found, "Procfile") == PROCFILE


def test_a_dockerfile_of_their_own_is_not_taken_away_without_a_word() -> None:
    own = 'FROM python:3.12\nCOPY . /app\nENTRYPOINT ["/app/run"]\n'
    found = proposed(ANSWERS, Dockerfile=own)
    assert asked(found) == ["build/portal"]
    found = proposed({"user/portal": "root", "build/portal": "dockerfile"}, Dockerfile=own)
    assert text(found, "Dockerfile").startswith(own)
    assert text(found, "Procfile").startswith("portal: /app/run gunicorn")
    found = proposed({**ANSWERS, "build/portal": "image"}, Dockerfile=own)
    assert text(found, "Dockerfile").startswith("# Written by moveday.")
    again = proposed(ANSWERS, Dockerfile=text(found, "Dockerfile"))
    assert asked(again) == []
    assert again.file("Dockerfile") is not None and not again.file("Dockerfile").diff()  # type: ignore[union-attr]


def test_a_job_that_migrates_runs_before_a_deploy() -> None:
    job = """\
  migrate:
    <<: *shared
    command: portal migrate
    deploy: {mode: replicated-job}
"""
    found = proposed(ANSWERS, services=SERVICES.replace("  cache:\n", f"{job}  cache:\n", 1))
    assert "portal migrate" in text(found, ".aptible.yml")
    assert "migrate:" not in text(found, "Procfile")
    assert "/.aptible.yml" not in text(found, "Dockerfile")


def test_a_push_builds_the_last_stage_and_its_lines_stand_there() -> None:
    services = SERVICES.replace(f"image: {IMAGE}", "build: {context: ., target: local}")
    own = 'FROM a AS local\nCMD ["l"]\nFROM a AS live\nCMD ["x"]\n'
    found = proposed(ANSWERS, services=services, Dockerfile=own)
    said = {f.id: f.title for f in found.findings}
    assert "a git push builds the last stage" in said["last-stage:portal"]
    written = text(found, "Dockerfile")
    assert written.startswith('FROM a AS local\nCMD ["l"]\nFROM a AS live\n')
    assert "/.aptible/start" in written.partition("AS live")[2]

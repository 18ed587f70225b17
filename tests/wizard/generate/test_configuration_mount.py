"""The configuration bound to a build step, where somebody chooses that form."""

import pytest

from tests.wizard.generate.repositories import REPOSITORIES
from tests.wizard.generate.test_traps import asked, look, said, text_of

MOUNT = {"aptible-env": "mount"}
READ = (
    "RUN --mount=type=bind,target=/context if [ -f /context/.aptible.env ]; then set -a && "
    ". /context/.aptible.env && set +a; fi \\\n    && "
)


@pytest.mark.parametrize(
    ("name", "step"),
    [("next-standalone", "npm run build"), ("django-pip", "bash bin/post_compile")],
)
def test_steps_that_need_it_read_it_from_the_mount(name: str, step: str) -> None:
    plain, found = look(REPOSITORIES[name]), look(REPOSITORIES[name], MOUNT)
    assert not asked(found)
    assert (READ + step) in text_of(found)
    assert "./.aptible.env" not in text_of(found)
    assert (found.answered, plain.answered) == (MOUNT, {})
    assert "aptible-env-mount" in said(found)
    assert "--mount" not in text_of(plain)


def test_an_install_from_a_private_registry_copies_no_configuration() -> None:
    files = {**REPOSITORIES["express-npm"], ".npmrc": "//npm.example/:_authToken=${NPM_TOKEN}\n"}
    text = text_of(look(files, MOUNT))
    assert "COPY package.json package-lock.json .npmrc ./\n" in text
    assert READ + "npm ci" in text


def test_a_kept_dockerfile_that_reads_it_loses_it_from_its_layers() -> None:
    dockerfile = (
        "FROM ruby:3.4\nWORKDIR /app\nADD . /app\n"
        "RUN set -a \\\n  && . ./.aptible.env \\\n  && rake assets\nCMD ./run\n"
    )
    files = {".aptible.yml": "before_deploy:\n  - x\n", "Gemfile": "", "Dockerfile": dockerfile}
    found = look(files, MOUNT)
    text = text_of(found)
    assert "COPY --from=source /source /app\n" in text
    assert (
        "RUN --mount=type=bind,target=/context set -a \\\n  && . /context/.aptible.env \\\n"
        "  && rake assets\n"
    ) in text
    assert "configuration-in-layer" not in said(found)

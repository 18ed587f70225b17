"""The image holds no secret and no dump of the repository, though nothing reads .dockerignore."""

import posixpath

import pytest

from tests.wizard.generate.repositories import REPOSITORIES, Files
from tests.wizard.generate.test_traps import EXPRESS, look, said, text_of
from wizard.formats.dockerfile import Dockerfile, read_dockerfile
from wizard.model.files import Proposal

KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
SECRETS: Files = {
    ".env": "A=b\n",
    "ops/.env.production": "A=b\n",
    "certs/server.key": KEY,
    "backups/clinic.dump": "PGDMP",
}
WANTED: Files = {
    ".env.example": "A=\n",
    "certs/rds-ca.pem": "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n",
    "db/structure.sql": "create table a (b int);\n",
}


def in_image(found: Dockerfile, tracked: set[str]) -> set[str]:
    """Files of the context that the last stage holds: every COPY followed, every rm obeyed."""
    stages: dict[str, set[str]] = {}
    here: set[str] = set()
    name = ""
    for step in found.instructions:
        words = step.rest.split()
        if step.word == "FROM":
            name = words[2].lower() if len(words) == 3 else str(step.stage)
            here = stages[name] = set()
        elif step.word in ("COPY", "ADD"):
            origin = next((w[7:] for w in words if w.startswith("--from=")), "")
            if origin:
                here |= stages.get(origin, set())
            elif any(source in (".", "./") for source in step.sources()):
                here |= tracked
            else:
                here |= {path for path in tracked if path in step.sources()}
        elif step.word == "RUN" and "rm -rf " in step.rest:
            for path in step.rest.partition("rm -rf ")[2].partition("&&")[0].split():
                gone = posixpath.relpath(path, "/source") if path.startswith("/source") else path
                here -= {one for one in here if one == gone or one.startswith(f"{gone}/")}
    return stages[name]


def image_of(found: Proposal, files: Files) -> set[str]:
    tracked = {*files, ".aptible.env", ".git/config"}
    return in_image(read_dockerfile(text_of(found)), tracked)


@pytest.mark.parametrize("name", REPOSITORIES)
def test_none_of_it_reaches_the_image(name: str) -> None:
    files = {**REPOSITORIES[name], **SECRETS, **WANTED}
    found = look(files)
    held = image_of(found, files)
    assert not held & {*SECRETS, ".aptible.env", ".git/config"}
    if "next" not in name:
        assert held >= WANTED.keys()
    assert said(found) >= {"env-file", "key-file", "dump-file"}
    ignored = text_of(found, ".dockerignore").splitlines()
    assert {"certs/server.key", "*.dump"} <= {*ignored}
    # On the target the build sees this file, so a build on a laptop has to see it as well.
    assert ".env" not in ignored


def test_none_of_it_reaches_the_image_of_a_kept_file() -> None:
    files = {**EXPRESS, **SECRETS, "Dockerfile": "FROM node:22\nCOPY . .\nCMD node server.js\n"}
    assert not image_of(look(files), files) & {*SECRETS, ".aptible.env", ".git/config"}


def test_a_key_that_the_code_reads_stays_and_is_named() -> None:
    code = "fs.readFileSync(path.join(__dirname, 'certs', 'server.key'))\n"
    files = {**EXPRESS, **SECRETS, "server.js": code}
    found = look(files)
    assert "certs/server.key" in image_of(found, files)
    place = next(x for x in found.findings if x.id == "key-file-read").evidence
    assert [str(one) for one in place] == [
        "certs/server.key holds a private key",
        "server.js:1 names server.key",
    ]


def test_a_key_that_only_a_comment_names_goes() -> None:
    code = "// certs/server.key is made by hand\nserve()\n"
    files = {**EXPRESS, **SECRETS, "server.js": code}
    assert "certs/server.key" not in image_of(look(files), files)

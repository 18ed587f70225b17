"""The files proposed for each kind of repository, whole, as an engineer would read them.

`MOVEDAY_WRITE_GOLDEN=1` writes them anew; read the difference before committing it.
"""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.wizard.generate.repositories import REPOSITORIES
from wizard.formats.dockerfile import read_dockerfile
from wizard.formats.procfile import read_procfile
from wizard.generate.because import RULES
from wizard.generate.dockerignore import hidden_by
from wizard.generate.known import Known
from wizard.generate.propose import propose
from wizard.model.files import Proposal
from wizard.model.repo_view import Snapshot

GOLDEN = Path(__file__).parent / "golden"
TODAY = date(2026, 7, 1)


def proposal_for(name: str) -> Proposal:
    return propose(Snapshot.of(REPOSITORIES[name]), Known(), TODAY)


def as_text(found: Proposal) -> str:
    """Files, findings and questions as one text."""
    parts = [f"main: {found.main}, helpers: {', '.join(found.helpers) or 'none'}\n"]
    parts += [f"==> {file.path}\n{file.text}" for file in found.files]
    parts += [
        f"{x.level} {x.id}: {x.title}" + "".join(f"\n    {e}" for e in x.evidence) + "\n"
        for x in found.findings
    ]
    parts += [f"question {q.question.id}: {q.question.text}\n" for q in found.questions]
    return "\n".join(parts)


@pytest.mark.parametrize("name", REPOSITORIES)
def test_files_of_a_repository(name: str) -> None:
    golden = GOLDEN / f"{name}.txt"
    text = as_text(proposal_for(name))
    if os.environ.get("MOVEDAY_WRITE_GOLDEN"):
        golden.write_bytes(text.encode())
    assert text.encode() == golden.read_bytes()


@pytest.mark.parametrize("name", REPOSITORIES)
def test_what_holds_for_every_one(name: str) -> None:
    found = proposal_for(name)
    assert not found.questions
    dockerfile, ignore = found.file("Dockerfile"), found.file(".dockerignore")
    procfile = found.file("Procfile")
    assert dockerfile is not None
    assert ignore is not None
    assert procfile is not None
    read = read_dockerfile(dockerfile.text)
    words = [i.word for i in read.final]
    assert (words.count("EXPOSE"), words.count("USER"), words.count("CMD")) == (1, 1, 1)
    assert "<<" not in dockerfile.text
    assert "# syntax" not in dockerfile.text
    # Nothing of the context reaches the final image but through a stage that dropped the secrets.
    assert not [i for i in read.final if i.word in ("COPY", "ADD") and i.sources()]
    last_build = [i for i in read.instructions if i.stage == read.final[0].stage - 1]
    assert ".aptible.env" in last_build[-1].rest
    assert last_build[-1].rest.startswith("rm -rf ")
    for instruction in read.instructions:
        if instruction.word == "COPY":
            for source in instruction.sources():
                if source not in (".", "./"):
                    assert not hidden_by(ignore.text.splitlines(), source, REPOSITORIES[name])
    web = read_procfile(procfile.text).entry("web")
    command = next(i.listed() for i in read.final if i.word == "CMD")
    assert web is not None
    assert command is not None
    if command[:2] in (("sh", "-c"), ("bash", "-c")):
        assert command[2] in (web.command, web.command.removeprefix("exec bash -c ").strip("'"))
    else:
        assert " ".join(command) == web.command.removeprefix("exec ")
    for file in found.files:
        for line in file.lines:
            assert line.rule in RULES or not line.text.strip() or line.text.startswith("#")
            for evidence in line.evidence:
                seen = REPOSITORIES[name].get(evidence.path)
                known = seen is not None or any(
                    path.startswith(f"{evidence.path}/") for path in REPOSITORIES[name]
                )
                assert known, evidence
                assert seen is None or evidence.line <= seen.count("\n") + 1


def hadolint() -> str:
    beside = Path(sys.executable).parent / "hadolint"
    found = str(beside) if beside.exists() else shutil.which("hadolint")
    if found is None:
        if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
            pytest.fail("hadolint is not installed (requirements-dev.lock has it)")
        pytest.skip("hadolint is not installed")
    return found


def test_hadolint_has_nothing_to_say(tmp_path: Path) -> None:
    program = hadolint()
    paths = []
    for name in REPOSITORIES:
        file = proposal_for(name).file("Dockerfile")
        assert file is not None
        path = tmp_path / f"{name}.Dockerfile"
        path.write_text(file.text)
        paths.append(str(path))
    settings = Path(__file__).parents[3] / ".hadolint.yaml"
    done = subprocess.run(
        [program, "--config", str(settings), *paths], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr

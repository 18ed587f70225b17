"""An app in a folder of its repository: built from the root, where the target reads its files."""

import pytest

from tests.wizard.generate.repositories import REPOSITORIES, Files, manifest, npm_lock
from tests.wizard.generate.test_left_behind import SECRETS, in_image
from tests.wizard.generate.test_traps import FLASK, asked, look, said, text_of
from wizard.formats.dockerfile import read_dockerfile
from wizard.generate.dockerignore import hidden_by

API: Files = {**FLASK, "Procfile": "web: gunicorn a:b\n"}


def below(folder: str, files: Files) -> Files:
    return {f"{folder}/{path}": text for path, text in files.items()}


def test_the_only_app_needs_no_question() -> None:
    files = {**below("backend", API), "README.md": "", "docs/requirements.txt": "mkdocs\n"}
    found = look(files)
    assert (found.main, asked(found)) == ("python", set())
    assert {file.path for file in found.files} == {"Dockerfile", ".dockerignore", "Procfile"}
    assert "COPY backend/requirements.txt ./\n" in text_of(found)
    assert "COPY backend/ .aptible.env* ./\n" in text_of(found)
    assert "app-folder" in said(found)
    file = found.file("Procfile")
    assert file is not None
    assert (file.before, file.text) == (None, "web: exec gunicorn a:b\n")
    assert str(file.lines[0].evidence[0]).startswith("backend/Procfile:1")


def test_several_apps_are_a_question_and_a_path_answers_it() -> None:
    shop = {"package.json": manifest(scripts={"start": "node a.js"}), "a.js": ""}
    files = {**below("api", API), **below("apps/shop", shop), "package-lock.json": "{}"}
    found = look(files)
    assert asked(found) == {"several-apps"}
    assert found.questions[0].question.choices == ("api", "apps/shop")
    for answer in ({"several-apps": "apps/shop"}, {"path": "./apps/shop/"}):
        chosen = look(files, answer)
        assert (chosen.main, asked(chosen)) == ("node", set())
        assert "COPY apps/shop/package.json ./\n" in text_of(chosen)
        assert chosen.answered == {next(iter(answer)): "apps/shop"}
    assert asked(look(files, {"path": "nowhere"})) == {"path"}


def test_a_procfile_in_the_root_is_read_for_the_folder() -> None:
    files = {
        **below("api", FLASK),
        "Procfile": "web: cd api && gunicorn a:b\nrelease: cd ./api; flask db upgrade\n",
    }
    found = look(files)
    assert text_of(found, "Procfile") == "web: exec gunicorn a:b\n"
    assert text_of(found, ".aptible.yml") == "before_deploy:\n  - flask db upgrade\n"


@pytest.mark.parametrize("name", REPOSITORIES)
def test_every_kind_of_app_can_lie_in_a_folder(name: str) -> None:
    files = {**below("my/app", REPOSITORIES[name]), **below("my/app", SECRETS), "x/Gemfile": ""}
    found = look(files, {"path": "my/app"})
    assert not asked(found)
    dockerfile = read_dockerfile(text_of(found))
    ignore = text_of(found, ".dockerignore").splitlines()
    written = {file.path for file in found.files}
    for step in dockerfile.instructions:
        for source in step.sources() if step.word == "COPY" else ():
            assert source.startswith(("my/app/", ".aptible.env*"))
            assert not hidden_by(ignore, source, {*files, *written})
    tracked = {path.removeprefix("my/app/") for path in files} | {".aptible.env"}
    assert not in_image(dockerfile, tracked) & {*SECRETS, ".aptible.env"}
    for file in found.files:
        for line in file.lines:
            for evidence in line.evidence:
                inside = any(p == evidence.path or p.startswith(evidence.path) for p in files)
                assert inside, evidence


def test_a_dockerfile_of_the_folder_is_kept_in_the_root() -> None:
    own = "FROM node:22\nWORKDIR /app\nCOPY . .\nUSER 1000\nCMD node a.js\n"
    shop = {"package.json": manifest(), "Dockerfile": own, ".aptible.yml": "before_deploy: [x]\n"}
    found = look(below("shop", shop), {"path": "shop"})
    assert "COPY shop/ .aptible.env* /source/\n" in text_of(found)
    file = found.file("Dockerfile")
    assert file is not None
    assert file.before is None
    rows = own.replace("COPY . .", "COPY . \\\n  /app")
    several = look(below("shop", {**shop, "Dockerfile": rows}), {"path": "shop"})
    assert asked(several) == {"copy-rows"}


def test_a_workspace_is_installed_from_the_root() -> None:
    files = {
        "package.json": manifest(workspaces=["apps/*"]),
        "package-lock.json": npm_lock("koa"),
        "apps/api/package.json": manifest(
            dependencies={"koa": "2"}, scripts={"start": "node a.js"}
        ),
    }
    assert asked(look(files, {"path": "apps/api"})) == {"workspace"}

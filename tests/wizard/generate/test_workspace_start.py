"""A workspace whose root starts nothing: the one package that says how it is started is web."""

import json

import pytest

from tests.wizard.generate.repositories import Files, manifest
from tests.wizard.generate.test_traps import asked, look, said, text_of

START = {"executor": "nx:run-commands", "options": {"command": "node api/dist/main.js"}}
SHOP: Files = {
    "package.json": manifest(
        engines={"node": "22"},
        workspaces=["api", "site"],
        scripts={"build": "nx run-many -t build"},
    ),
    "nx.json": "{}",
    "api/package.json": manifest(main="dist/main.js"),
    "api/project.json": json.dumps({"targets": {"build": {}, "start": START}}, indent=1),
    "site/package.json": manifest(),
    "site/vite.config.ts": "",
    "site/index.html": "",
}


def test_the_only_project_of_nx_with_a_start_becomes_web() -> None:
    found = look(SHOP)
    assert not asked(found)
    assert text_of(found, "Procfile").endswith("node api/dist/main.js\n")
    told = next(one for one in found.findings if one.id == "workspace-start")
    assert [str(e) for e in told.evidence] == [
        "api/project.json:7 start runs node api/dist/main.js"
    ]
    apart = next(one for one in found.findings if one.id == "front-end-apart:site")
    assert apart.evidence[0].path == "site/vite.config.ts"


def test_a_start_script_of_one_package_runs_in_its_folder() -> None:
    scripts = {"start": "node dist/main.js"}
    files = {k: v for k, v in SHOP.items() if k != "nx.json"}
    found = look({**files, "api/package.json": manifest(scripts=scripts)})
    assert text_of(found, "Procfile").startswith("web: cd api && exec ")
    assert "workspace-start" in said(found)


@pytest.mark.parametrize(
    "other",
    [
        {"site/package.json": manifest(scripts={"start": "node server.js"})},
        {"package.json": manifest(engines={"node": "22"}, workspaces=["api"])},
        {"api/project.json": json.dumps({"targets": {"start": {"command": "next start"}}})},
    ],
    ids=["two of them", "not built by the root", "a program that may not be on the PATH"],
)
def test_else_the_question_offers_what_was_found(other: Files) -> None:
    found = look({**SHOP, **other})
    assert asked(found) == {"web-command"}
    choices = found.questions[0].question.choices
    answered = look({**SHOP, **other}, {"web-command": choices[0]})
    assert not asked(answered)
    assert choices[0].split()[-1] in text_of(answered, "Procfile")


@pytest.mark.parametrize(
    "line",
    [
        "pnpm --filter @shop/api start",
        "pnpm -F @shop/api run start",
        "yarn workspace @shop/api start",
        "npm start --workspace=api",
        "npm run start -w @shop/api",
    ],
)
def test_a_script_of_a_package_runs_without_its_manager(line: str) -> None:
    api = json.dumps({"name": "@shop/api", "scripts": {"start": "node dist/main.js"}})
    found = look({**SHOP, "api/package.json": api, "Procfile": f"web: {line}\n"})
    assert text_of(found, "Procfile") == "web: cd api && exec tini -- node dist/main.js\n"
    hooked = json.dumps({"name": "api", "scripts": {"start": "node a", "prestart": "node b"}})
    kept = look({**SHOP, "api/package.json": hooked, "Procfile": "web: npm start -w api\n"})
    assert text_of(kept, "Procfile") == "web: exec tini -- npm start -w api\n"

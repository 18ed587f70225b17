"""What each reader takes from files as they really look, and the line it names when it cannot."""

import pytest

from wizard.formats.app_json import read_app_json
from wizard.formats.aptfile import read_aptfile
from wizard.formats.aptible_yml import read_aptible_yml
from wizard.formats.dockerfile import read_dockerfile
from wizard.formats.errors import FormatError
from wizard.formats.heroku_yml import read_heroku_yml
from wizard.formats.node_locks import read_npm_lock, read_pnpm_lock, read_yarn_lock
from wizard.formats.node_range import read_node_range
from wizard.formats.package_json import read_package_json
from wizard.formats.procfile import read_procfile
from wizard.formats.python_project import read_pipfile_lock, read_poetry_lock, read_pyproject
from wizard.formats.requirements import read_requirements, requirement
from wizard.formats.runtime_versions import read_node_version, read_runtime_txt


def test_procfile_as_the_platform_reads_it() -> None:
    found = read_procfile(
        "// written by hand\r\n# a comment\nweb: gunicorn app:app --bind 0.0.0.0:$PORT\r\n"
        "release python manage.py migrate\nworker:celery -A app worker\n\nworker: celery worker\n"
        "the web server is documented elsewhere\n"
    )
    assert {e.name: (e.command, e.line, e.colon) for e in found.entries} == {
        "web": ("gunicorn app:app --bind 0.0.0.0:$PORT", 3, True),
        "release": ("python manage.py migrate", 4, False),
        "worker": ("celery worker", 7, True),
    }
    assert [s.line for s in found.skipped] == [1, 8]
    assert found.doubled == ("worker",)


def test_procfile_without_any_entry_is_named() -> None:
    with pytest.raises(FormatError, match=r"Procfile, line 2: no line reads"):
        read_procfile("\n// nothing here\n")


def test_app_json_names_and_lines_but_no_values() -> None:
    found = read_app_json(
        '{"name": "x",\n "env": {\n  "SECRET_KEY": {"generator": "secret"},\n'
        '  "DEBUG": "planted"},\n "addons": "heroku-postgresql",\n'
        ' "buildpacks": [{"url": "heroku/nodejs"},\n  {"url": "heroku/python"}],\n'
        ' "scripts": {"postdeploy": "python manage.py loaddata x"}}'
    )
    assert [(v.name, v.line) for v in found.variables] == [("SECRET_KEY", 3), ("DEBUG", 4)]
    assert [(b.name, b.line) for b in found.buildpacks] == [
        ("heroku/nodejs", 6),
        ("heroku/python", 7),
    ]
    assert [a.name for a in found.addons] == ["heroku-postgresql"]
    assert (found.postdeploy, found.postdeploy_line) == ("python manage.py loaddata x", 8)
    assert "planted" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("before_deploy:\n  - x\nhealthcheck: /\n", 3, "documents no key “healthcheck”"),
        ("before_deploy: python x\n", 1, "must be a list"),
        ("before_deploy:\n  - x\nbefore_release:\n  - y\n", 3, "another name of before_deploy"),
        ("before_deploy: [x]\nbefore_deploy: [y]\n", 2, "stands here twice"),
        ("before_deploy:\n  - &a x\n  - *a\n", 3, "aliases"),
        ("before_deploy:\n  - a: b\n", 2, "plain texts"),
        ("- x\n", 1, "a mapping"),
        ("before_deploy: [x\n", 2, "not YAML"),
    ],
)
def test_aptible_yml_refuses_what_is_not_documented(text: str, line: int, why: str) -> None:
    with pytest.raises(FormatError, match=why) as caught:
        read_aptible_yml(text)
    assert caught.value.line == line


def test_aptible_yml_takes_the_deprecated_name() -> None:
    found = read_aptible_yml("before_release:\n  - rake db:migrate\n")
    assert [(c.command, c.line) for c in found.before_deploy] == [("rake db:migrate", 2)]
    assert found.alias_line == 1
    assert read_aptible_yml("").hooks == {}


def test_heroku_yml_commands_and_dockerfiles() -> None:
    found = read_heroku_yml(
        "build:\n  docker:\n    web: docker/web.Dockerfile\nrelease:\n  command: [a, b]\n"
        "run:\n  web: gunicorn x\n  worker:\n    command: [celery]\n    image: web\n"
    )
    assert found.dockerfiles == {"web": "docker/web.Dockerfile"}
    assert found.run == {"web": "gunicorn x", "worker": "celery"}
    assert found.release == ("a && b",)


def test_package_json_lines_and_wrong_shapes() -> None:
    found = read_package_json(
        '{\n "build": 1,\n "scripts": {\n  "build": "next build",\n  "start": "next start"\n },\n'
        ' "engines": {"node": "22.x"},\n "workspaces": {"packages": ["apps/*"]}\n}'
    )
    assert (found.line("scripts.build"), found.line("engines.node")) == (4, 7)
    assert found.workspaces == ("apps/*",)
    with pytest.raises(FormatError, match=r"package.json, line 3: “scripts.start” must be text"):
        read_package_json('{\n"scripts": {\n"start": ["node"]\n}}')
    with pytest.raises(FormatError, match=r"package.json, line 3: not JSON"):
        read_package_json('{\n"name": "x",\n}')


def test_locks_give_exact_names() -> None:
    npm = read_npm_lock(
        '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a/node_modules/@x/b": {}}}'
    )
    assert (npm.names, npm.make) == ({"@x/b"}, "3")
    yarn = read_yarn_lock('# yarn lockfile v1\n\n"@x/b@^1", "@x/b@^2":\n  version "1"\n\npg@8:\n')
    assert (yarn.names, yarn.make) == ({"@x/b", "pg"}, "1")
    assert read_yarn_lock('__metadata:\n  version: 8\n\n"pg@npm:^8":\n').make == "berry"
    pnpm = read_pnpm_lock(
        "lockfileVersion: '9.0'\npackages:\n\n  '@x/b@1.0.0':\n    a: b\n  pg@8.1.0:\n"
    )
    assert (pnpm.names, pnpm.make) == ({"@x/b", "pg"}, "9.0")
    old = read_pnpm_lock("lockfileVersion: 5.4\npackages:\n\n  /@x/b/1.0.0:\n  /pg/8.1.0:\n")
    assert old.names == {"@x/b", "pg"}


@pytest.mark.parametrize(
    ("text", "majors", "tag"),
    [
        ("20.x", {20}, "20"),
        (">=18", {18, 20, 22, 24}, "22"),
        ("^18.12 || >=22 <23", {18, 22}, "22"),
        ("18.12.1", {18}, "18.12.1"),
        ("~20.11", {20}, "20.11"),
        ("v22", {22}, "22"),
        ("16 - 20", {16, 18, 20}, "20"),
        (">= 18.0.0 < 21", {18, 20}, "20"),
        ("*", {10, 16, 18, 20, 22, 24}, "22"),
        ("10.16", {10}, "10.16"),
    ],
)
def test_ranges_of_node(text: str, majors: set[int], tag: str) -> None:
    found = read_node_range(text)
    assert found is not None
    assert {m for m in (10, 16, 18, 20, 22, 24) if found.allows_major(m)} == majors
    assert found.tag(int(tag.partition(".")[0])) == tag


def test_no_range() -> None:
    assert read_node_range("lts/*") is None
    assert read_node_range(">=20 <18") is None


def test_versions_as_they_are_written() -> None:
    assert read_runtime_txt("python-3.11.9\r\n").minor == 11
    iron = read_node_version("lts/iron\n")
    assert iron is not None
    assert iron.major == 20
    assert read_node_version("lts/*") is None
    with pytest.raises(FormatError, match=r"runtime.txt, line 1: “pypy3.9-7.3.11”"):
        read_runtime_txt("pypy3.9-7.3.11")


def test_requirements_with_everything_in_them() -> None:
    found = read_requirements(
        "-r base.txt\n--constraint=constraints.txt\n-e .\n"
        'Django[argon2]>=4 ; python_version > "3"\n'
        "psycopg2_binary==2.9 \\\n    --hash=sha256:aa\n# flask\n"
        "tool @ git+https://github.com/x/tool@v1\n--extra-index-url https://${TOKEN}@pypi.example/x\n"
        "--index-url https://me:pw@pypi.example/simple\n./vendored\n"
    )
    assert [(p.name, p.extras, p.line) for p in found.packages] == [
        ("django", ("argon2",), 4),
        ("psycopg2-binary", (), 5),
        ("tool", (), 8),
    ]
    assert found.files == (("base.txt", 1), ("constraints.txt", 2))
    assert [f for f, _ in found.folders] == [".", "./vendored"]
    assert (found.from_git, found.variables, found.login_lines) == (8, (("TOKEN", 9),), (10,))


def test_pyproject_and_what_the_lock_needs_for_running() -> None:
    project = read_pyproject(
        '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.11"\n'
        'django = "^5"\npsycopg = {version = "^3", extras = ["binary"]}\n'
        "[tool.poetry.group.dev.dependencies]\npytest = '*'\n"
    )
    assert (project.requires, project.requires_line) == ("^3.11", 4)
    assert [(p.name, p.extras) for p in project.packages] == [
        ("django", ()),
        ("psycopg", ("binary",)),
    ]
    lock = read_poetry_lock(
        "# This file is automatically @generated by Poetry 1.8.3 and must not be changed.\n"
        '[[package]]\nname = "Django"\n[package.dependencies]\nasgiref = "*"\n'
        '[[package]]\nname = "asgiref"\n[[package]]\nname = "pytest"\n',
        project.packages,
    )
    assert ([p.name for p in lock.packages], lock.tool) == (["asgiref", "django"], "1.8.3")


def test_pipfile_lock() -> None:
    lock = read_pipfile_lock(
        '{"_meta": {"requires": {"python_version": "3.11"}},\n'
        ' "default": {"psycopg": {"extras": ["c"]}}, "develop": {"pytest": {}}}'
    )
    assert [(p.name, p.extras) for p in lock.packages] == [("psycopg", ("c",))]
    assert (lock.python, lock.python_line) == ("3.11", 1)


def test_aptfile() -> None:
    found = read_aptfile(
        "# tools\nlibvips ffmpeg\nhttps://x.example/a.deb\n:repo:deb https://r x main\n"
    )
    assert found.names == (("libvips", 2), ("ffmpeg", 2))
    assert found.archives == (("https://x.example/a.deb", 3),)
    assert found.repositories == (("deb https://r x main", 4),)


def test_dockerfile_instructions_and_lines() -> None:
    found = read_dockerfile(
        "# syntax\nFROM python:3.12 AS base\nRUN apt-get update \\\n # why\n && true\n"
        "FROM base\nCOPY --chown=1:1 a.txt b/ ./\nCOPY --from=base /x /y\nRUN <<EOT\nCOPY no\nEOT\n"
        'CMD ["a", "b"]\n'
    )
    assert [(i.word, i.line, i.last, i.stage) for i in found.instructions] == [
        ("FROM", 2, 2, 0),
        ("RUN", 3, 5, 0),
        ("FROM", 6, 6, 1),
        ("COPY", 7, 7, 1),
        ("COPY", 8, 8, 1),
        ("RUN", 9, 11, 1),
        ("CMD", 12, 12, 1),
    ]
    assert found.base() == "python:3.12"
    assert found.final[1].sources() == ("a.txt", "b/")
    assert found.final[2].sources() == ()
    assert found.final[-1].listed() == ("a", "b")
    with pytest.raises(FormatError, match="line 2: “JUMP” is no Dockerfile instruction"):
        read_dockerfile("FROM x\nJUMP high\n")


def test_the_plain_name_of_a_requirement() -> None:
    assert requirement("-") is None


def test_dockerfile_that_the_builder_takes_though_it_is_loose() -> None:
    found = read_dockerfile(
        "FROM a\nRUN one && \\\n\n    # why\n    two && \\\n  \n    three <<<word\n"
        "RUN cat <<'X' 2<<Y\nFROM z\nX\nY\nCMD run \\\n"
    )
    assert [(i.word, i.rest, i.line, i.last) for i in found.instructions] == [
        ("FROM", "a", 1, 1),
        ("RUN", "one && two && three <<<word", 2, 7),
        ("RUN", "cat <<'X' 2<<Y", 8, 11),
        ("CMD", "run", 12, 12),
    ]


def test_dockerfile_base_image_from_arguments() -> None:
    text = 'ARG V="22-alpine"\nARG I=node:$V\nFROM ${I} AS a\nFROM a\nCOPY\tx /\n'
    found = read_dockerfile(text)
    assert (found.base(), found.final[-1].sources()) == ("node:22-alpine", ("x",))
    assert read_dockerfile("FROM php:${V:-8.3}-apache\n").base() == "php:8.3-apache"

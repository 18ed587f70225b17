"""Things that real repositories hold and that a generator falls into: each once."""

import re
from datetime import date

import pytest

from tests.wizard.generate.repositories import DJANGO, REPOSITORIES, Files, manifest, npm_lock
from wizard.generate.known import Known
from wizard.generate.propose import propose
from wizard.model.files import Proposal
from wizard.model.plan import Job
from wizard.model.repo_view import RepoEntry, Snapshot

TODAY = date(2026, 7, 1)
FLASK: Files = {"requirements.txt": "flask\ngunicorn\n", ".python-version": "3.12\n"}
EXPRESS: Files = {
    "package.json": manifest(engines={"node": "22.x"}, scripts={"start": "node server.js"}),
    "server.js": "",
}


def look(files: Files, answers: dict[str, str] | None = None, **known: object) -> Proposal:
    return propose(Snapshot.of(files), Known.model_validate(known), TODAY, answers)


def text_of(found: Proposal, path: str = "Dockerfile") -> str:
    file = found.file(path)
    assert file is not None, [q.question for q in found.questions]
    return file.text


def asked(found: Proposal) -> set[str]:
    return {q.question.id for q in found.questions}


def said(found: Proposal) -> set[str]:
    return {finding.id for finding in found.findings}


def base_of(found: Proposal) -> str:
    return re.findall(r"^FROM (\S+)", text_of(found), re.M)[-1]


def test_a_procfile_for_a_developers_machine_is_a_question() -> None:
    procfile = "css: sass --watch a b\nserver: flask run -h localhost\ndb: postgres -D data\n"
    found = look({**FLASK, "Procfile": procfile})
    assert "procfile-development" in asked(found)


def test_a_line_without_a_colon_is_believed_and_written_with_one() -> None:
    found = look({**FLASK, "Procfile": "web gunicorn app:app\n"})
    assert text_of(found, "Procfile") == "web: exec gunicorn app:app\n"
    assert "procfile-colon" in said(found)


def test_a_comment_of_another_language_is_dropped() -> None:
    found = look({**FLASK, "Procfile": "// services\nweb: gunicorn app:app\n"})
    assert text_of(found, "Procfile") == "web: exec gunicorn app:app\n"


def test_one_off_commands_are_no_services() -> None:
    procfile = (
        "web: gunicorn app:app\nmigrate: flask db upgrade\nseed: python seed.py\n"
        "shell: flask shell\nmanage: python manage.py createsuperuser\nworker: rq worker\n"
    )
    found = look({**FLASK, "Procfile": procfile})
    assert text_of(found, "Procfile") == "web: exec gunicorn app:app\nworker: exec rq worker\n"


def test_an_add_on_as_a_text_is_read() -> None:
    files = {**FLASK, "Procfile": "web: gunicorn app:app\n"}
    assert not asked(look({**files, "app.json": '{"addons": "heroku-postgresql"}'}))


def test_a_gemfile_beside_django_changes_nothing() -> None:
    files = {**REPOSITORIES["django-pip"], "Gemfile": "gem 'sass'\n"}
    assert look(files).main == "python"


def test_a_package_json_beside_another_language_is_a_helper() -> None:
    found = look({**EXPRESS, "clinic.csproj": "", "Procfile": "web: dotnet clinic.dll\n"})
    assert (found.main, asked(found)) == ("dotnet", {"language:dotnet"})


def test_a_lock_without_a_package_json_is_no_node() -> None:
    files = {**FLASK, "package-lock.json": npm_lock(), "Procfile": "web: gunicorn app:app\n"}
    assert [m.language for m in look(files).matches] == ["python"]


def test_an_empty_dockerignore_is_filled() -> None:
    found = look({**EXPRESS, ".dockerignore": ""})
    assert "!.aptible.env\n" in text_of(found, ".dockerignore")


def test_a_dockerignore_that_hides_what_is_copied_lets_it_through() -> None:
    files = {**FLASK, "Procfile": "web: gunicorn app:app\n", ".dockerignore": "*.txt\n*.env\n.*\n"}
    ignore = text_of(look(files), ".dockerignore").splitlines()
    assert "!requirements.txt" in ignore
    assert ignore.index("!.aptible.env") > ignore.index(".*")


def test_two_files_that_name_a_python_are_told_and_herokus_is_taken() -> None:
    found = look({**FLASK, "runtime.txt": "python-3.11.4", "Procfile": "web: gunicorn app:app\n"})
    assert base_of(found) == "python:3.11-slim-bookworm"
    assert "python-version-conflict" in said(found)


@pytest.mark.parametrize(
    ("engine", "nvmrc", "image", "conflict"),
    [
        (">=20", "16", "node:24-bookworm-slim", True),
        (">=18", "lts/jod", "node:22-bookworm-slim", False),
        (">=6", "", "node:24-bookworm-slim", False),
        ("<17", "", "node:16-bookworm-slim", False),
        ("18.12.1", "", "node:18.12.1-slim", False),
        ("22.3.x", "", "node:22.3-bookworm-slim", False),
        ("", "20", "node:20-bookworm-slim", False),
        ("21", "", "node:22-bookworm-slim", False),
        ("22 || 26 <26.3", "26", "node:26-bookworm-slim", False),
        (">=25", "", "node:26-bookworm-slim", False),
        ("25.x", "", "node:25-bookworm-slim", False),
    ],
)
def test_the_version_of_node(engine: str, nvmrc: str, image: str, conflict: bool) -> None:
    engines = {"node": engine} if engine else {}
    files = {**EXPRESS, "package.json": manifest(engines=engines, scripts={"start": "node a.js"})}
    found = look(files | ({".nvmrc": nvmrc} if nvmrc else {}))
    assert base_of(found) == image
    assert ("node-version-conflict" in said(found)) == conflict
    assert ("node-newer" in said(found)) == ("25" in engine or "26" in engine)
    # A range without an upper end is capped, and says so.
    assert ("node-range-wide" in said(found)) == (engine in (">=20", ">=6"))


def test_an_old_image_is_pulled_as_long_as_nothing_is_installed_in_it() -> None:
    fields = {"engines": {"node": "8.12"}, "scripts": {"start": "node a", "build": "node b"}}
    old = {**EXPRESS, "package.json": manifest(**fields)}
    found = look(old)
    assert (base_of(found), asked(found)) == ("node:8.12-slim", set())
    assert "node-eol" in said(found)
    needs = manifest(**fields, dependencies={"bcrypt": "1"})
    more = {**old, "package.json": needs, "package-lock.json": npm_lock("bcrypt")}
    assert asked(look(more)) == {"node-version-gone"}
    answered = look(more, {"node-version-gone": "18"})
    assert (base_of(answered), asked(answered), answered.answered) == (
        "node:18-bookworm-slim",
        set(),
        {"node-version-gone": "18"},
    )


def test_an_old_image_of_python_too_and_none_without_venv() -> None:
    python = {**FLASK, "Procfile": "web: gunicorn app:app\n", "runtime.txt": "python-3.5.10\n"}
    found = look({k: v for k, v in python.items() if k != ".python-version"})
    assert (base_of(found), asked(found)) == ("python:3.5-slim", set())
    needs = {**python, "requirements.txt": "psycopg2\ngunicorn\n"}
    assert asked(look(needs)) == {"python-version-gone"}
    assert base_of(look(needs, {"python-version-gone": "3.9"})) == "python:3.9-slim-bookworm"
    assert asked(look({**python, "runtime.txt": "python-2.7.18"})) == {"python-version-gone"}


@pytest.mark.parametrize(
    ("engine", "install", "prune"),
    [
        ("22.x", "npm ci", "--omit=dev"),
        ("14.x", "npm ci", "--production"),
        ("10.x", "npm ci", "--production"),
        ("8.9.4", "npm install", "--production"),
        ("6.x", "npm install", "--production"),
    ],
)
def test_npm_as_old_as_its_node(engine: str, install: str, prune: str) -> None:
    fields = {"scripts": {"start": "node a", "build": "b"}, "devDependencies": {"b": "1"}}
    package = manifest(engines={"node": engine}, **fields)
    text = text_of(look({"package.json": package, "package-lock.json": npm_lock("b")}))
    assert f"RUN {install}\n" in text
    assert f"RUN npm prune {prune} --ignore-scripts\n" in text
    assert ("NODE_OPTIONS" in text) == (engine != "6.x")


def test_a_lock_that_wants_a_newer_npm_gets_it() -> None:
    engines = {"node": "22.x", "npm": "11.x"}
    files = {**EXPRESS, "package.json": manifest(engines=engines, scripts={"start": "node a.js"})}
    assert "RUN npm install --global npm@11\n" in text_of(look(files))


def test_no_lock_is_a_finding_unless_there_is_nothing_to_lock() -> None:
    assert "node-no-lock" not in said(look(EXPRESS))
    files = {
        **EXPRESS,
        "package.json": manifest(dependencies={"koa": "2"}, scripts={"start": "node a"}),
    }
    found = look(files)
    assert not asked(found)
    assert "node-no-lock" in said(found)
    assert "RUN npm install\n" in text_of(found)


def test_locks_of_two_managers_are_a_question_unless_the_manifest_decides() -> None:
    fields = {"dependencies": {"koa": "2"}, "scripts": {"start": "node a"}}
    locks = {"package-lock.json": npm_lock("koa"), "yarn.lock": "koa@2:\n"}
    assert asked(look({"package.json": manifest(**fields), **locks})) == {"node-lock"}
    named = manifest(**fields, packageManager="yarn@1.22.22")
    found = look({"package.json": named, **locks})
    assert "yarn install --frozen-lockfile" in text_of(found)
    assert "node-locks" in said(found)


def test_a_migration_in_the_build_moves_before_the_deploy() -> None:
    found = look(REPOSITORIES["express-yarn1"])
    assert text_of(found, ".aptible.yml") == "before_deploy:\n  - knex migrate:latest\n"
    assert "migrate" not in text_of(found)


def test_lifecycle_scripts_see_the_code() -> None:
    scripts = {"postinstall": "node setup.js", "start": "node server.js"}
    files = {**EXPRESS, "package.json": manifest(engines={"node": "22"}, scripts=scripts)}
    rows = text_of(look(files)).splitlines()
    assert rows.index("COPY . ./") < rows.index("RUN npm install")


@pytest.mark.parametrize(
    ("scripts", "command"),
    [
        ({"start": "nodemon server.js"}, "exec tini -- node server.js"),
        ({"start": "nest start", "start:prod": "node dist/main"}, "exec tini -- node dist/main"),
        ({"start": "next dev", "build": "next build"}, "exec tini -- next start"),
        ({"start": "concurrently 'npm:a' 'npm:b'"}, ""),
        ({"start": "react-scripts start"}, ""),
    ],
)
def test_development_servers(scripts: dict[str, str], command: str) -> None:
    found = look({"package.json": manifest(engines={"node": "22"}, scripts=scripts)})
    if command:
        assert text_of(found, "Procfile") == f"web: {command}\n"
    else:
        assert asked(found) == {"development-server:web"}


def test_an_answer_to_a_development_server_is_used() -> None:
    files = {"package.json": manifest(engines={"node": "22"}, scripts={"start": "vite"})}
    found = look(files, {"development-server:web": "serve -s dist"})
    assert text_of(found, "Procfile") == "web: exec tini -- serve -s dist\n"
    assert asked(look(files, {"development-server:web": "serve\nRUN evil"}))


def test_an_export_of_next_is_served_as_files() -> None:
    files = {**REPOSITORIES["next-standalone"], "next.config.js": "x = {\n  output: 'export'\n}\n"}
    found = look(files)
    assert "COPY --from=build --chown=101:101 /app/out ./out\n" in text_of(found)
    assert "try_files $uri $uri.html $uri/ =404;" in text_of(found, "docker-nginx.conf")
    files["Procfile"] = "web: npm start\nworker: node worker.js\n"
    assert asked(look(files)) == {"next-export"}


def test_dependencies_are_matched_by_their_parsed_names() -> None:
    requirements = "django-redis\npghero\npsycopg2-binary\n# psycopg2 was here\ngunicorn\n"
    found = look({**FLASK, "requirements.txt": requirements, "Procfile": "web: gunicorn a:b\n"})
    assert "apt-get" not in text_of(found)


def test_programs_of_herokus_image_that_the_code_calls() -> None:
    code = 'import subprocess\nsubprocess.run(["pdftotext", "a.pdf"])\nsubprocess.run(["mine"])\n'
    found = look({**FLASK, "Procfile": "web: gunicorn a:b\n", "app/pdf.py": code})
    assert "        poppler-utils \\\n" in text_of(found)
    line = next(x for f in found.files for x in f.lines if "poppler-utils" in x.text)
    assert str(line.evidence[0]) == "app/pdf.py:2 calls pdftotext"


def test_wrappers_of_buildpacks() -> None:
    procfile = "web: jemalloc.sh bin/start-pgbouncer gunicorn a:b\n"
    found = look({**FLASK, "Procfile": procfile})
    assert text_of(found, "Procfile") == "web: exec gunicorn a:b\n"
    assert "ENV LD_PRELOAD=libjemalloc.so.2\n" in text_of(found)
    assert "buildpack:pgbouncer" in said(found)
    own = look({**FLASK, "Procfile": procfile, "bin/start-pgbouncer": "#!/bin/sh\n"})
    assert "bin/start-pgbouncer gunicorn" in text_of(own, "Procfile")


def test_gunicorn_behind_nginx_gets_a_port_of_its_own() -> None:
    files = {
        **FLASK,
        "gunicorn.conf": "bind = 'unix:///tmp/nginx.socket'\n",
        "Procfile": "web: bin/start-nginx gunicorn -c gunicorn.conf a:b\n",
    }
    wanted = "web: exec gunicorn -c gunicorn.conf a:b --bind 0.0.0.0:$PORT\n"
    assert text_of(look(files), "Procfile") == wanted


def test_an_unknown_buildpack_is_never_dropped_in_silence() -> None:
    packs = ["heroku/python", "https://github.com/someone/heroku-buildpack-oracle.git"]
    files = {**FLASK, "Procfile": "web: gunicorn a:b\n"}
    found = look(files, buildpacks=packs)
    assert asked(found) == {f"buildpack:{packs[1]}"}
    assert not asked(look(files, {f"buildpack:{packs[1]}": "leave-out"}, buildpacks=packs))


def test_live_buildpacks_go_before_files() -> None:
    files = {**EXPRESS, "requirements.txt": "flask\n", "Procfile": "web: ./start.sh\n"}
    assert asked(look(files)) == {"main-language"}
    assert look(files, buildpacks=["heroku/python", "heroku/nodejs"]).main == "node"
    assert look(files, {"main-language": "node"}).main == "node"


def test_live_commands_are_used_where_the_repository_has_none() -> None:
    processes = {"web": "gunicorn app:app", "worker": "rq worker", "release": "flask db upgrade"}
    found = look(FLASK, processes=processes)
    assert text_of(found, "Procfile").splitlines() == [
        "web: exec gunicorn app:app",
        "worker: exec rq worker",
    ]
    assert text_of(found, ".aptible.yml") == "before_deploy:\n  - flask db upgrade\n"


def test_requirements_that_hide_in_a_folder_are_a_question_with_what_was_found() -> None:
    files = {"requirements/prod.txt": "flask\n", "setup.py": "", "Procfile": "web: gunicorn a:b\n"}
    found = look(files)
    assert found.questions[0].question.id == "python-requirements"
    assert found.questions[0].question.choices == ("requirements/prod.txt",)
    answered = look(files, {"python-requirements": "requirements/prod.txt"})
    assert "pip install -r requirements/prod.txt" in text_of(answered)


def test_collectstatic_runs_as_heroku_ran_it() -> None:
    files = REPOSITORIES["django-pip"]
    assert "SECRET_KEY=build-only python manage.py collectstatic" in text_of(look(files))
    off = look(files, variables={"DISABLE_COLLECTSTATIC"})
    assert "collectstatic" not in text_of(off)
    settings = DJANGO["clinic/settings.py"] + 'CRM = int(os.environ["CRM_PORT"])\n'
    more = text_of(look({**files, "clinic/settings.py": settings}))
    assert "set +a; fi \\\n    && python manage.py collectstatic" in more


def test_private_packages_read_the_configuration_and_leave_none_behind() -> None:
    files = {
        **REPOSITORIES["express-npm"],
        ".npmrc": "//npm.example/:_authToken=${NPM_TOKEN}\n",
    }
    text = text_of(look(files))
    assert "COPY package.json package-lock.json .npmrc .aptible.env* ./\n" in text
    assert "set +a; fi \\\n    && npm ci --include=dev\n" in text


def test_jobs_of_the_plan_get_a_crontab_and_a_service() -> None:
    jobs = (Job(command="python remind.py", schedule="*/10 * * * *"),)
    found = look({**FLASK, "Procfile": "web: gunicorn a:b\n"}, jobs=jobs)
    assert text_of(found, "crontab") == "*/10 * * * * python remind.py\n"
    assert "cron: exec supercronic /app/crontab\n" in text_of(found, "Procfile")
    assert "sha1sum -c" in text_of(found)


def test_what_behaves_otherwise_on_aptible_is_said() -> None:
    code = (
        "import os\nrelease = os.environ['HEROKU_SLUG_COMMIT']\nMEDIA_ROOT = 'media'\n"
        "app.run(host='127.0.0.1')\nSECURE_SSL_REDIRECT = True\nurl = 'https://x.herokuapp.com'\n"
    )
    found = look({**FLASK, "Procfile": "web: gunicorn a:b\n", "app.py": code, ".env": "A=b\n"})
    assert said(found) >= {
        "platform-variables",
        "local-uploads",
        "loopback",
        "https-redirect",
        "heroku-hosts",
        "env-file",
    }


def test_a_password_in_an_address_is_found_and_not_repeated() -> None:
    files = {
        **FLASK,
        "Procfile": "web: gunicorn a:b\n",
        "requirements.txt": "--index-url https://me:planted@pypi.example/simple\ngunicorn\n",
    }
    found = look(files)
    assert "secret-in-address" in said(found)
    assert "planted" not in found.model_dump_json()


@pytest.mark.parametrize("name", ["package.json", "Procfile", ".aptible.yml"])
def test_a_broken_file_is_named_and_nothing_goes_over_its_head(name: str) -> None:
    files = {**EXPRESS, **FLASK, "Procfile": "web: node server.js\n"}
    found = look({**files, name: "{\0"})
    assert f"broken:{name}" in asked(found)


def test_other_languages_are_recognised_and_named() -> None:
    for sign, language in (("Cargo.toml", "rust"), ("mix.exs", "elixir")):
        found = look({sign: "", "Procfile": "web: ./run\n"})
        assert (found.main, asked(found)) == (language, {f"language:{language}"})


def test_a_link_where_a_file_should_be_written_is_refused() -> None:
    entries = [RepoEntry(path=path) for path in (*FLASK, "Procfile")]
    view = Snapshot(
        [*entries, RepoEntry(path=".dockerignore", kind="symlink")],
        {**FLASK, "Procfile": "web: gunicorn a:b\n"},
    )
    assert asked(propose(view, Known(), TODAY)) == {"link:.dockerignore"}

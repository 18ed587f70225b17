"""A Dockerfile of one's own: kept where it deploys, replaced where a buildpack built the app."""

import pytest

from tests.wizard.generate.repositories import REPOSITORIES, Files, manifest
from tests.wizard.generate.test_traps import EXPRESS, FLASK, asked, look, said, text_of

PROCFILE: Files = {"Procfile": "web: gunicorn app:app\n"}
DEVELOPMENT = "FROM python:3.12\nCOPY . /app\nCMD python app.py\n"


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM python:3.12\nCOPY . /app\n",
        'FROM python:3.12\nCMD ["python3", "manage.py", "runserver", "0.0.0.0:8000"]\n',
        "FROM heroku/heroku:24-build AS build\nFROM heroku/heroku:24\nCMD /app/bin/app\n",
        'FROM python:3.12\nCMD ["bundle", "exec", "foreman", "start", "-f", "Procfile.dev"]\n',
        "FROM python:3.12\nENV FLASK_ENV=development\nCMD python app.py\n",
        "# docker build --build-arg V=1 .\nARG V=FAKE\nFROM base:$V\nCMD python app.py\n",
    ],
)
def test_what_never_ran_is_replaced_and_that_is_said(dockerfile: str) -> None:
    files = {**FLASK, **PROCFILE, "Dockerfile": dockerfile}
    found = look(files)
    assert not asked(found)
    assert "AS build" in text_of(found)
    new = next(x for x in found.findings if x.id == "dockerfile-new")
    assert "dockerfile: keep" in new.remedy
    assert {place.path for place in new.evidence} == {"Dockerfile", "Procfile"}
    # Theirs is what the change starts from, so a diff shows it and undo brings it back.
    file = found.file("Dockerfile")
    assert file is not None
    assert file.before == dockerfile
    kept = look(files, {"dockerfile": "keep"})
    assert dockerfile.splitlines()[0] in text_of(kept)
    assert kept.answered == {"dockerfile": "keep"}


@pytest.mark.parametrize(
    "sign",
    [
        {"heroku.yml": "build:\n  docker:\n    web: Dockerfile\n"},
        {"heroku.yml": "build:\n  docker:\n    web:\n      dockerfile: Dockerfile\n"},
        {".aptible.yml": "before_release:\n  - ./migrate\n"},
        {"app.json": '{"stack": "container"}'},
    ],
)
def test_what_deploys_is_kept(sign: Files) -> None:
    dockerfile = "FROM python:3.12\nWORKDIR /app\nCOPY app.py ./\n"
    found = look({**FLASK, **PROCFILE, **sign, "Dockerfile": dockerfile})
    assert not asked(found)
    assert "dockerfile-kept" in said(found)
    assert text_of(found).startswith(dockerfile)


def test_a_dockerfile_of_another_ruby_never_built_this_code() -> None:
    files = {
        **REPOSITORIES["rails-importmap"],
        ".ruby-version": "3.4.5\n",
        "Gemfile": 'source "https://rubygems.org"\nruby file: ".ruby-version"\n',
        "heroku.yml": "build:\n  docker:\n    web: ops.Dockerfile\n",
        "ops.Dockerfile": "ARG V=3.3.1\nFROM ruby:$V-slim\nCMD bin/rails server\n",
    }
    assert "dockerfile-kept" in said(look(files))
    packs = {"app.json": '{"buildpacks": [{"url": "heroku/ruby"}]}'}
    found = look({**files, **packs})
    assert "dockerfile-new" in said(found)
    place = next(x for x in found.findings if x.id == "dockerfile-new").evidence[0]
    assert place.fact == "builds on Ruby 3.3.1, the Gemfile insists on 3.4.5"


def test_an_end_of_the_last_line_is_no_change() -> None:
    hook = ".aptible.yml"
    found = look({**FLASK, **PROCFILE, hook: "before_deploy:\n  - x"})
    file = found.file(hook)
    assert file is not None
    assert (file.changed, file.diff()) == (False, "")


def test_compose_that_mounts_the_checkout_is_for_development() -> None:
    compose = "services:\n  web:\n    build: .\n    volumes:\n      - .:/app\n"
    files = {**FLASK, **PROCFILE, "Dockerfile": DEVELOPMENT}
    assert "dockerfile-kept" in said(look(files))
    found = look({**files, "docker-compose.yml": compose})
    assert "dockerfile-new" in said(found)
    # Its own command over the mount: then the image's command is not the one for development.
    other = compose + "    command: flask run\n"
    assert "dockerfile-kept" in said(look({**files, "docker-compose.yml": other}))


def test_a_live_buildpack_app_is_known_without_a_procfile() -> None:
    files = {**EXPRESS, "Dockerfile": 'FROM node:22\nCMD ["npx", "nodemon", "a.js"]\n'}
    assert "dockerfile" in asked(look(files))
    assert not asked(look(files, stack="heroku-24"))


@pytest.mark.parametrize(
    ("dockerfile", "web", "end"),
    [
        ('FROM node:22\nCMD [ "npm", "start" ]\n', "exec node server.js", 'CMD [ "npm", "start" ]'),
        ("FROM x:1\nCMD ./run --port $PORT\n", "exec ./run --port $PORT", "CMD ./run --port $PORT"),
        ('FROM x:1\nCMD ["sh", "-c", "./a && ./b"]\n', "./a && exec ./b", '"./a && ./b"]'),
        ("FROM php:8.3-apache\nRUN a2enmod x\n", "exec apache2-foreground", 'foreground"]'),
        ('FROM x:1\nENTRYPOINT ["/run.sh"]\n', "exec /run.sh", 'CMD ["/run.sh"]'),
        ('FROM x:1\nENTRYPOINT ["/in"]\nCMD ["serve"]\n', "serve", 'CMD ["serve"]'),
        (
            'FROM x:1\nENTRYPOINT ["/in"]\nCMD serve $PORT\n',
            "sh -c 'exec serve $PORT'",
            "CMD serve $PORT",
        ),
    ],
)
def test_the_command_of_a_kept_file_becomes_the_service_web(
    dockerfile: str, web: str, end: str
) -> None:
    scripts = {"start": "node server.js"}
    found = look(
        {
            "package.json": manifest(scripts=scripts),
            "Dockerfile": dockerfile,
            ".aptible.yml": "before_deploy:\n  - ./migrate\n",
        }
    )
    assert not asked(found)
    assert text_of(found, "Procfile") == f"web: {web}\n"
    assert text_of(found).strip().endswith(end)


def test_the_port_of_what_the_base_image_serves() -> None:
    aptible = {".aptible.yml": "before_deploy:\n  - ./migrate\n"}
    php = look({"index.php": "", **aptible, "Dockerfile": "FROM php:8.3-apache\nCOPY a /b\n"})
    assert "EXPOSE 80\nENTRYPOINT []\nCMD" in text_of(php)
    django = 'FROM x:1\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "a:b"]\n'
    assert "EXPOSE 8000\n" in text_of(look({**FLASK, **aptible, "Dockerfile": django}))


def test_a_development_server_that_deploys_is_kept_and_named() -> None:
    files = {
        **FLASK,
        "manage.py": "",
        ".aptible.yml": "before_release:\n  - python3 manage.py migrate\n",
        "Dockerfile": 'FROM python:3.12\nEXPOSE 8000\nCMD ["python3", "manage.py", "runserver"]\n',
    }
    found = look(files)
    assert not asked(found)
    assert text_of(found, "Procfile") == "web: exec python3 manage.py runserver\n"
    assert "development-server:web" in said(found)


def test_apt_get_on_a_debian_whose_archive_moved_is_asked_about() -> None:
    dockerfile = "FROM ruby:2.6.6\nRUN apt-get update && apt-get install -y git\nCMD ./run\n"
    files = {".aptible.yml": "before_deploy:\n  - x\n", "Gemfile": "", "Dockerfile": dockerfile}
    assert asked(look(files)) == {"eol-base"}
    answered = look(files, {"eol-base": "archive"})
    assert "FROM ruby:2.6.6\nRUN sed -i " in text_of(answered)
    plain = look({**files, "Dockerfile": "FROM ruby:2.6.6\nCMD ./run\n"})
    assert not asked(plain)
    assert "eol-base" in said(plain)
    newer = dockerfile.replace("2.6.6", "2.6-bullseye")
    assert not asked(look({**files, "Dockerfile": newer}))


def test_configuration_that_a_kept_file_reads_is_left_to_it() -> None:
    one = (
        "FROM ruby:3.4\nWORKDIR /app\nADD . /app\nRUN set -a && . ./.aptible.env && rake x\n"
        "CMD ./run\n"
    )
    files = {".aptible.yml": "before_deploy:\n  - x\n", "Gemfile": ""}
    found = look({**files, "Dockerfile": one})
    assert "ADD . /app\nRUN set -a" in text_of(found)
    assert "configuration-in-layer" in said(found)
    two = one.replace("CMD ./run\n", "FROM ruby:3.4-slim\nCOPY --from=0 /app /app\nCMD ./run\n")
    found = look({**files, "Dockerfile": two})
    assert "RUN rm -rf /app/.aptible.env /app/.git\nFROM ruby:3.4-slim" in text_of(found)
    assert "configuration-in-layer" not in said(found)


def test_a_stage_whose_folder_is_taken_whole_is_cleaned() -> None:
    base = "FROM go:1 AS build\nWORKDIR /src\nCOPY . .\nRUN make\nFROM scratch\n"
    files = {".aptible.yml": "before_deploy:\n  - x\n", "go.mod": ""}
    binary = look({**files, "Dockerfile": f'{base}COPY --from=build /src/app /app\nCMD ["/app"]\n'})
    assert "COPY . .\n" in text_of(binary)
    whole = look({**files, "Dockerfile": f'{base}COPY --from=build /src /src\nCMD ["/src/a"]\n'})
    assert text_of(whole).startswith("FROM go:1 AS source\nCOPY . /source\nRUN rm -rf /source/.apt")
    assert "COPY --from=source /source .\nRUN make\n" in text_of(whole)


@pytest.mark.parametrize("name", REPOSITORIES)
def test_what_was_written_is_right_as_it_is(name: str) -> None:
    files = REPOSITORIES[name]
    written = {file.path: file.text for file in look(files).files}
    again = look({**files, **written})
    assert [file.path for file in again.changes] == []


def test_an_entry_point_that_migrates_is_named_with_its_line() -> None:
    own = (
        'FROM ruby:3.3.6-slim\nCOPY . /app\nENTRYPOINT ["/app/bin/docker-entrypoint"]\nCMD ["a"]\n'
    )
    script = '#!/bin/bash -e\n# db:migrate is below\n./bin/rails db:prepare\nexec "${@}"\n'
    found = look({"Dockerfile": own, "bin/docker-entrypoint": script, "Gemfile": ""})
    told = next(one for one in found.findings if one.id == "entrypoint-migrates")
    assert str(told.evidence[0]) == "bin/docker-entrypoint:3 ./bin/rails db:prepare"

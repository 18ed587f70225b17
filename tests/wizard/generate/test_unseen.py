"""What repositories taught that the generator had not seen before: each once."""

import pytest

from tests.wizard.generate.repositories import DJANGO
from tests.wizard.generate.test_traps import (
    EXPRESS,
    FLASK,
    Files,
    asked,
    look,
    manifest,
    said,
    text_of,
)

RAILS: Files = {
    "Gemfile": 'gem "rails"\n',
    "Gemfile.lock": "GEM\n  specs:\n    rails (7.1.0)\n\nPLATFORMS\n  ruby\n\n"
    "RUBY VERSION\n   ruby 3.3.4p94\n",
    "config/application.rb": "",
    "Procfile": "web: bundle exec puma\n",
}
GOOGLE = "google-application-credentials"
OWN = "FROM ruby:3.3.4\nCOPY . /app\nRUN bundle install\n"


@pytest.mark.parametrize(
    ("pack", "id"),
    [
        ("https://github.com/Osmose/heroku-buildpack-ssh", "buildpack:ssh"),
        (f"a/heroku-{GOOGLE}-buildpack.git", f"buildpack:{GOOGLE}"),
    ],
)
def test_what_a_buildpack_wrote_at_start_is_a_step_by_hand(pack: str, id: str) -> None:
    files = {**FLASK, "Procfile": "web: gunicorn a:b\n"}
    found = look(files, buildpacks=[pack, "heroku/python"])
    assert not asked(found)
    assert [one.remedy for one in found.findings if one.id == id and ".profile" in one.remedy]


@pytest.mark.parametrize(
    ("start", "main"),
    [("rspack serve --mode development", "python"), ("", "python"), ("node server.js", "")],
)
def test_a_web_framework_goes_before_a_development_server(start: str, main: str) -> None:
    scripts = {"build": "rspack build", **({"start": start} if start else {})}
    package = manifest(engines={"node": "22"}, scripts=scripts)
    files = {**DJANGO, **FLASK, "requirements.txt": "django\ngunicorn\n", "package.json": package}
    assert look(files).main == main


def test_requirements_for_development_are_no_choice() -> None:
    files = {
        "requirements/common.txt": "flask\n",
        "requirements/dev.txt": "pytest\n",
        "pyproject.toml": "[project]\nname = 'a'\n",
        "Procfile": "web: gunicorn a:b\n",
    }
    found = look(files)
    assert "pip install -r requirements/common.txt" in text_of(found)
    assert "python-requirements" in said(found)


def test_comments_come_from_the_procfile_that_ran() -> None:
    files = {
        **FLASK,
        "Procfile": "# for development\nweb: flask run\n",
        "deploy/Procfile": "# what runs\nweb: gunicorn a:b\n",
        "app.json": '{"buildpacks": [{"url": "heroku-community/multi-procfile"},\n'
        '{"url": "heroku/python"}], "env": {"PROCFILE": {"value": "deploy/Procfile"}}}\n',
    }
    assert text_of(look(files), "Procfile") == "# what runs\nweb: exec gunicorn a:b\n"


def test_a_dockerfile_that_takes_no_code_is_not_what_ran() -> None:
    own = "FROM example/clinic-base\nUSER 1000\nCMD node server.js\n"
    found = look({**EXPRESS, "Procfile": "web: node server.js\n", "Dockerfile": own})
    assert "dockerfile-new" in said(found)
    assert text_of(found).startswith("# Written by moveday")


@pytest.mark.parametrize(
    ("more", "id"),
    [("CMD rails server\n", "dockerfile-new"), ("ENV RAILS_ENV=production\n", "dockerfile-kept")],
)
def test_rails_in_development_is_not_what_ran(more: str, id: str) -> None:
    found = look({**RAILS, "Dockerfile": OWN + more + "CMD rails server\n"})
    assert id in said(found)


def test_a_kept_dockerfile_without_an_environment_is_named() -> None:
    files = {k: v for k, v in RAILS.items() if not k.startswith("config/")}
    own = OWN + "CMD rackup -o 0.0.0.0\n"
    assert "rack-env" in said(look({**files, "config.ru": "", "Dockerfile": own}))


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("yarn start --services=web", "node server.js --services=web"),
        ("npm start -- --services=web", "node server.js --services=web"),
        ("npm start --services=web", "npm start --services=web"),
    ],
)
def test_words_behind_a_script_go_to_its_command(line: str, written: str) -> None:
    found = look({**EXPRESS, "Procfile": f"web: {line}\n"})
    assert text_of(found, "Procfile") == f"web: exec tini -- {written}\n"

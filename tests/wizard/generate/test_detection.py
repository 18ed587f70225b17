"""Which language is the main one, where buildpack lists and files say several things."""

import pytest

from tests.wizard.generate.test_traps import FLASK, asked, look, said, text_of


@pytest.mark.parametrize(
    ("packs", "main"),
    [
        (["heroku/python", "heroku/jvm", "heroku-community/apt"], "python"),
        (["heroku/nodejs", "heroku/jvm", "heroku/ruby"], "ruby"),
        (["heroku/jvm"], "python"),
        (["https://github.com/heroku/heroku-buildpack-jvm-common.git"], "python"),
        (["HashNuke/heroku-buildpack-elixir", "gjaldon/heroku-buildpack-phoenix-static"], "elixir"),
    ],
)
def test_helpers_are_never_the_main_language(packs: list[str], main: str) -> None:
    found = look({**FLASK, "Procfile": "web: gunicorn a:b\n", "mix.exs": ""}, buildpacks=packs)
    assert found.main == main
    assert not [name for name in asked(found) if name.startswith("buildpack:")]


def test_a_jdk_beside_the_main_language_is_given_back() -> None:
    packs = ["heroku/python", "heroku/jvm"]
    found = look({**FLASK, "Procfile": "web: gunicorn a:b\n"}, buildpacks=packs)
    assert "        default-jre-headless \\\n" in text_of(found)
    assert "buildpack:jvm" in said(found)


def test_a_jdk_and_nothing_else_is_java() -> None:
    found = look({"Procfile": "web: java -jar clinic.jar\n"}, buildpacks=["heroku/jvm"])
    assert found.main == "java"


def test_part_of_another_word_is_no_known_buildpack() -> None:
    packs = ["someone/heroku-buildpack-captain", "heroku/python"]
    found = look({**FLASK, "Procfile": "web: gunicorn a:b\n"}, buildpacks=packs)
    assert asked(found) == {"buildpack:someone/heroku-buildpack-captain"}


def test_phoenix_is_elixir_and_the_question_names_its_versions() -> None:
    files = {
        ".buildpacks": (
            "https://github.com/gigalixir/gigalixir-buildpack-clean-cache.git\n"
            "https://github.com/HashNuke/heroku-buildpack-elixir\n"
            "https://github.com/gjaldon/heroku-buildpack-phoenix-static\n"
            "https://github.com/gigalixir/gigalixir-buildpack-distillery.git\n"
        ),
        "mix.exs": '  elixir: "~> 1.4",\n',
        "package.json": "{}",
        "elixir_buildpack.config": "erlang_version=20.0\nelixir_version=1.5\n",
        "Procfile": "web: MIX_ENV=prod mix phoenix.server\n",
    }
    found = look(files)
    assert (found.main, asked(found)) == ("elixir", {"language:elixir"})
    assert "an Elixir app" in found.questions[0].question.text
    seen = [str(place) for place in found.questions[0].found]
    assert "elixir_buildpack.config:1 says erlang_version=20.0" in seen
    assert "elixir_buildpack.config:2 says elixir_version=1.5" in seen
    assert 'mix.exs:1 says elixir: "~> 1.4",' in seen

"""Processes that ignore SIGTERM as first process of a container are started by an init."""

import pytest

from tests.wizard.generate.repositories import npm_lock
from tests.wizard.generate.test_traps import EXPRESS, FLASK, Files, look, manifest, said, text_of

PHP: Files = {"composer.json": '{"require": {"php": "^8.2"}}\n', "index.php": "<?php\n"}
NODE: Files = {**EXPRESS, "worker.js": ""}
WITH_A_PACKAGE = manifest(
    engines={"node": "22.x"},
    scripts={"start": "node server.js"},
    dependencies={"stoppable": "1.0.0"},
)
RAILS: Files = {
    "Gemfile": 'gem "puma"\n',
    "Gemfile.lock": "GEM\n  specs:\n    puma (6.4.2)\n\nPLATFORMS\n  ruby\n\n"
    "RUBY VERSION\n   ruby 3.3.4p94\n",
    "config.ru": "",
}


@pytest.mark.parametrize(
    ("files", "line", "written"),
    [
        (NODE, "node worker.js", "exec tini -- node worker.js"),
        (NODE, "cd lib && A='b c' node w.js", "cd lib && exec env A='b c' tini -- node w.js"),
        (NODE, "node worker.js | tee log", "node worker.js | tee log"),
        (NODE, "./worker.sh", "exec ./worker.sh"),
        (FLASK, "python -u bot.py", "exec tini -- python -u bot.py"),
        (FLASK, "poetry run python bot.py", "exec tini -- python bot.py"),
        (FLASK, "waitress-serve app:app", "exec tini -- waitress-serve app:app"),
        (FLASK, "python -m gunicorn app:app", "exec python -m gunicorn app:app"),
        (FLASK, "ddtrace-run gunicorn app:app", "exec ddtrace-run gunicorn app:app"),
        (FLASK, "celery -A app worker", "exec celery -A app worker"),
        (PHP, "php bot.php", "exec tini -- php bot.php"),
        (RAILS, "ruby clock.rb", "exec ruby clock.rb"),
    ],
)  # fmt: skip
def test_only_what_would_not_end_is_started_by_an_init(
    files: Files, line: str, written: str
) -> None:
    found = look({**files, "Procfile": f"worker: {line}\n"})
    procfile = text_of(found, "Procfile")
    assert f"worker: {written}" in procfile.replace("bundle exec ", "")
    assert ("\n        tini" in text_of(found)) == ("tini" in procfile)


def test_the_image_starts_its_command_as_the_procfile_does() -> None:
    found = look(EXPRESS)
    assert text_of(found).endswith('CMD ["tini", "--", "node", "server.js"]\n')
    assert text_of(found, "Procfile") == "web: exec tini -- node server.js\n"
    assert "node-signals" not in said(found)


@pytest.mark.parametrize(
    "handled",
    [
        {"server.js": "process.on('SIGTERM', () => server.close())\n"},
        {"package.json": WITH_A_PACKAGE, "package-lock.json": npm_lock("stoppable")},
    ],
)
def test_an_app_that_handles_the_signal_is_left_alone(handled: Files) -> None:
    assert "tini" not in text_of(look({**EXPRESS, **handled}))


def test_of_several_services_the_one_whose_file_handles_the_signal_is_left_alone() -> None:
    handled = {**NODE, "worker.js": "process.on('SIGTERM', stop)\n"}
    found = look({**handled, "Procfile": "web: node server.js\nworker: node ./worker.js\n"})
    written = "web: exec tini -- node server.js\nworker: exec node ./worker.js\n"
    assert text_of(found, "Procfile") == written


def test_an_init_of_ones_own_is_installed_and_not_doubled() -> None:
    found = look({**EXPRESS, "Procfile": "web: tini -s -- node server.js\n"})
    assert text_of(found, "Procfile") == "web: exec tini -s -- node server.js\n"
    assert "        tini " in text_of(found)
    assert "node-signals" not in said(found)


def test_where_no_package_can_be_had_it_is_a_finding() -> None:
    old = {**EXPRESS, "package.json": manifest(engines={"node": "10.x"})}
    found = look({**old, "Procfile": "web: node server.js\n"})
    assert "tini" not in text_of(found)
    assert "node-signals" in said(found)


def test_a_dockerfile_that_is_kept_gets_a_finding_only() -> None:
    own = "FROM node:22-slim\nCOPY . .\nUSER 1000\nEXPOSE 3000\n"
    files = {**EXPRESS, "Procfile": "web: node server.js\n"}
    found = look({**files, "Dockerfile": own + 'CMD ["node", "server.js"]\n'}, stack="container")
    assert "node-signals" in said(found)
    assert "tini" not in text_of(found) + text_of(found, "Procfile")
    with_one = own + 'ENTRYPOINT ["/usr/bin/tini", "--"]\nCMD ["node", "server.js"]\n'
    assert "node-signals" not in said(look({**files, "Dockerfile": with_one}, stack="container"))

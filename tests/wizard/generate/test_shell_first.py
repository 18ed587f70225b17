"""A shell that stays the first process hands no signal on: found in Procfile lines and scripts."""

import pytest

from tests.wizard.generate.test_traps import EXPRESS, FLASK, Files, look, said, text_of
from wizard.generate.commands import with_exec

HEAD = "#!/usr/bin/env bash\nset -e\n"


def told(files: Files, line: str) -> list[str]:
    found = look({**files, "Procfile": f"web: {line}\n"})
    return [
        f"{one.title} {one.remedy} {one.evidence[0]}"
        for one in found.findings
        if one.id == "shell-first:web"
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("gunicorn a:b | tee log", "a pipeline"),
        ("celery -A a worker & gunicorn a:b", "beside each other"),
        ("bash -c 'celery -A a worker & gunicorn a:b & wait -n'", "beside each other"),
        ("gunicorn a:b || sleep 5", "when the first fails"),
        ("if true; then gunicorn a:b; else gunicorn c:d; fi", "conditions"),
    ],
)
def test_a_line_that_keeps_its_shell_is_named(line: str, why: str) -> None:
    assert why in told(FLASK, line)[0]


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("cd a && gunicorn b", "cd a && exec gunicorn b"),
        ("cd a; gunicorn b", "cd a; exec gunicorn b"),
        ("yes | ./setup && gunicorn b", "yes | ./setup && exec gunicorn b"),
        ("./setup || true; gunicorn b", "./setup || true; exec gunicorn b"),
        ("for x in 1 2; do run; done", "for x in 1 2; do run; done"),
    ],
)
def test_the_last_program_takes_the_shells_place_where_it_can(line: str, written: str) -> None:
    assert with_exec(line) == written


@pytest.mark.parametrize(
    ("script", "place"),
    [
        (HEAD + "gunicorn a:b \\\n  --workers 3\n", "bin/start.sh:3 ends with gunicorn a:b --work"),
        (HEAD + 'if [ "$X" ]; then\n  exec celery\nelse\n  gunicorn a:b\nfi\n', "bin/start.sh:6"),
        (HEAD + "celery -A a worker &\ngunicorn a:b &\nwait\n", "bin/start.sh:5 ends with wait"),
        (HEAD + "gunicorn a:b\nexit $?\n", "bin/start.sh:3 ends with gunicorn a:b"),
        ("./bin/other.sh\n", "bin/start.sh:1 ends with ./bin/other.sh"),
    ],
)
def test_a_script_that_ends_without_exec_is_named_by_its_line(script: str, place: str) -> None:
    for line in ("bin/start.sh", "exec ./bin/start.sh", "cd . && sh bin/start.sh"):
        assert place in told({**FLASK, "bin/start.sh": script}, line)[0]


@pytest.mark.parametrize(
    "script",
    [
        HEAD + "exec gunicorn a:b\n",
        HEAD + "if true; then\n  exec gunicorn a:b\nfi\n",
        HEAD + 'exec "$@"\n',
        HEAD + "trap 'kill $pid' TERM INT\ngunicorn a:b & pid=$!\nwait $pid\n",
        HEAD + 'run() {\n  exec gunicorn "$1"\n}\nrun a:b\n',
        "#!/usr/bin/env python\nimport app\n",
    ],
)
def test_a_script_whose_program_hears_the_signal_is_not_named(script: str) -> None:
    assert not told({**FLASK, "bin/start.sh": script}, "bin/start.sh gunicorn a:b")
    assert not told({**FLASK, "bin/start.sh": "gunicorn a:b\n"}, "tini -g -- bin/start.sh")


def test_a_deaf_program_behind_a_script_gets_an_init_in_front_of_the_script() -> None:
    files = {**EXPRESS, "bin/start": HEAD + "exec node server.js\n"}
    found = look({**files, "Procfile": "web: bin/start\n"})
    assert text_of(found, "Procfile") == "web: exec tini -- bin/start\n"
    passed = {
        **EXPRESS,
        "bin/start": HEAD + 'exec "$@"\n',
        "Procfile": "web: bin/start node a.js\n",
    }
    assert text_of(look(passed), "Procfile") == "web: exec tini -- bin/start node a.js\n"
    assert "shell-first:web" not in said(look(passed))

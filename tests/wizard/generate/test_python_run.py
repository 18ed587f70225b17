"""`uv run` and the like stand in Procfiles, and no image holds uv: its packages are on the PATH."""

import pytest

from tests.wizard.generate.test_traps import FLASK, look, said, text_of
from wizard.generate.python_run import plain


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("uv run gunicorn a:b --bind 0.0.0.0:$PORT", "gunicorn a:b --bind 0.0.0.0:$PORT"),
        ("uv run --frozen --no-dev --group prod -- gunicorn a:b", "gunicorn a:b"),
        ("poetry run python manage.py migrate && A=1 poetry run gunicorn a:b",
         "python manage.py migrate && A=1 gunicorn a:b"),
        ("uv run manage.py migrate; pipenv run celery", "python manage.py migrate; celery"),
        ("uv run -m http.server", "python -m http.server"),
        ("uv run --with rich app.py", "uv run --with rich app.py"),
        ("gunicorn a:b | tee log", "gunicorn a:b | tee log"),
    ],
)  # fmt: skip
def test_a_command_without_its_manager(line: str, written: str) -> None:
    assert plain(line) == written


def test_every_line_loses_it_the_deploy_hook_too() -> None:
    procfile = "release: poetry run flask db upgrade\nweb: poetry run gunicorn a:b\n"
    found = look({**FLASK, "Procfile": procfile})
    assert text_of(found, "Procfile") == "web: exec gunicorn a:b\n"
    assert "  - flask db upgrade\n" in text_of(found, ".aptible.yml")
    assert text_of(found).endswith('CMD ["gunicorn", "a:b"]\n')
    assert "python-manager" not in said(found)


def test_what_a_script_starts_by_it_is_a_finding() -> None:
    script = "#!/bin/sh\nset -e\nexec uv run gunicorn a:b\n"
    found = look({**FLASK, "Procfile": "web: bin/start\n", "bin/start": script})
    told = next(one for one in found.findings if one.id == "python-manager")
    assert str(told.evidence[0]) == "bin/start:3 calls uv"

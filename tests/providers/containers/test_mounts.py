"""What a mount is seen to hold, by its names and places alone."""

from pathlib import Path

import pytest

from tests.providers.containers.looked import facts, mapped

_APP = "services:\n  web:\n    build: .\n    volumes: ['{mount}']\n"


@pytest.mark.parametrize(
    ("mount", "holds"),
    [
        ("./api/htmlcov:/app/api/htmlcov", "developers"),
        ("./ui/blob-report:/app/ui/blob-report", "developers"),
        ("./ui/test-results/:/app/ui/test-results", "developers"),
        ("./tools/.psqlrc:/root/.psqlrc:ro", "developers"),
        ("./tools/.bash_history:/home/dev/.bash_history", "developers"),
        ("./tools/.appsettings:/root/.appsettings", "file"),
        ("./src:/app/src", "code"),
        ("./reports:/app/reports", "code"),
        ("test-results:/app/test-results", ""),
    ],
)
def test_what_is_there_for_developers_is_no_code(tmp_path: Path, mount: str, holds: str) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/.appsettings").write_text("colour = blue\n")
    found = facts(tmp_path, _APP.format(mount=mount))
    assert [v.holds for v in found.volumes] == [holds]


def test_reports_of_tests_are_left_behind_as_such(tmp_path: Path) -> None:
    mapping = mapped(tmp_path, _APP.format(mount="./htmlcov:/app/htmlcov"))
    row = next(i for i in mapping.items if i.group == "volumes")
    assert (row.because, row.becomes, row.target) == ("W18", "dropped", "nothing")

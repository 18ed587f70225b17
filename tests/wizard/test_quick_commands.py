"""`--version` and `status` load nothing that they do not need: they answer at once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLOW = {"providers", "screens", "httpx", "psycopg", "textual", "rich", "keyring", "dns", "asyncssh"}


@pytest.mark.parametrize(
    ("words", "also_not"),
    [(["--version"], {"pydantic", "asyncio", "yaml"}), (["status"], {"jinja2", "yaml"})],
)
def test_what_is_not_needed_is_not_loaded(
    words: list[str], also_not: set[str], tmp_path: Path
) -> None:
    program = f"""
import sys
sys.argv = ["moveday", *{words!r}]
from wizard.__main__ import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & (SLOW | also_not)

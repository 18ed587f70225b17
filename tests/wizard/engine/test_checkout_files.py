"""Files written into a real folder: all or nothing, with a backup, and back again exactly."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.clock import SYSTEM_CLOCK
from wizard.engine.checkout_files import undo_files, write_files
from wizard.engine.journal import Journal
from wizard.errors import BlockedError, CheckFailedError, ConsentMissing
from wizard.model.files import GeneratedFile, Line, newline_of
from wizard.safety.consent import Level, grant

YES = grant(Level.WRITE_FILES, "files", "test", datetime(2026, 1, 1, tzinfo=UTC))
LOOK = grant(Level.LOOK, "files", "test", datetime(2026, 1, 1, tzinfo=UTC))


def proposed(path: str, text: str, before: str | None) -> GeneratedFile:
    lines = tuple(Line(text=row) for row in text.splitlines())
    return GeneratedFile(path=path, lines=lines, before=before, newline=newline_of(before))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Procfile").write_bytes(b"web: a\r\nworker: b\r\n")
    (folder / "Procfile").chmod(0o755)
    return folder


@pytest.fixture
def journal(checkout: Path) -> Journal:
    return Journal.open(checkout / ".moveday")


FILES = (
    proposed("Procfile", "web: c\nworker: b\n", "web: a\r\nworker: b\r\n"),
    proposed("Dockerfile", "FROM x\n", None),
)


def test_written_and_brought_back(checkout: Path, journal: Journal) -> None:
    before = {p.name for p in checkout.iterdir()}
    done = write_files(checkout, FILES, YES, journal, SYSTEM_CLOCK)
    procfile = checkout / "Procfile"
    assert procfile.read_bytes() == b"web: c\r\nworker: b\r\n"
    assert stat.S_IMODE(procfile.stat().st_mode) == 0o755
    assert (checkout / "Dockerfile").read_bytes() == b"FROM x\n"
    assert (checkout / done.backup / "files" / "Procfile").read_bytes().startswith(b"web: a\r\n")
    assert [e.kind for e in journal.entries] == ["intent", "effect", "effect", "done"]
    back = undo_files(checkout, YES, journal)
    assert (back.restored, back.removed) == (("Procfile",), ("Dockerfile",))
    assert procfile.read_bytes() == b"web: a\r\nworker: b\r\n"
    assert stat.S_IMODE(procfile.stat().st_mode) == 0o755
    assert {p.name for p in checkout.iterdir()} == before
    with pytest.raises(BlockedError, match="nothing to undo"):
        undo_files(checkout, YES, journal)


def test_what_was_changed_since_is_not_restored_over(checkout: Path, journal: Journal) -> None:
    write_files(checkout, FILES, YES, journal, SYSTEM_CLOCK)
    (checkout / "Dockerfile").write_text("FROM mine\n")
    with pytest.raises(CheckFailedError, match="changed since they were written: Dockerfile"):
        undo_files(checkout, YES, journal)
    assert (checkout / "Procfile").read_bytes() == b"web: c\r\nworker: b\r\n"
    undo_files(checkout, YES, journal, force=True)
    assert not (checkout / "Dockerfile").exists()


def test_only_with_consent(checkout: Path, journal: Journal) -> None:
    with pytest.raises(ConsentMissing):
        write_files(checkout, FILES, LOOK, journal, SYSTEM_CLOCK)
    assert not (checkout / "Dockerfile").exists()


@pytest.mark.parametrize("path", ["../Dockerfile", "/tmp/Dockerfile", "a/../../x", "", "..\\x"])
def test_nothing_outside(checkout: Path, journal: Journal, path: str) -> None:
    with pytest.raises(BlockedError, match="outside"):
        write_files(checkout, (proposed(path, "x\n", None),), YES, journal, SYSTEM_CLOCK)


def test_no_link_is_followed_and_nothing_else_is_written(
    checkout: Path, journal: Journal, tmp_path: Path
) -> None:
    target = tmp_path / "theirs"
    target.write_text("theirs\n")
    (checkout / ".dockerignore").symlink_to(target)
    (checkout / "linked").symlink_to(tmp_path, target_is_directory=True)
    for file in (
        proposed(".dockerignore", "x\n", "theirs\n"),
        proposed("linked/Dockerfile", "x\n", None),
    ):
        with pytest.raises(BlockedError, match="symbolic link"):
            write_files(checkout, (*FILES, file), YES, journal, SYSTEM_CLOCK)
    assert target.read_text() == "theirs\n"
    assert not (checkout / "Dockerfile").exists()


def test_a_file_that_changed_since_the_look_is_left_alone(checkout: Path, journal: Journal) -> None:
    (checkout / "Procfile").write_text("web: newer\n")
    with pytest.raises(BlockedError, match="changed since it was looked at"):
        write_files(checkout, FILES, YES, journal, SYSTEM_CLOCK)
    assert not (checkout / "Dockerfile").exists()
    assert not (checkout / ".moveday/backups").exists()


def test_bytes_that_are_no_utf_8_are_not_lost(checkout: Path, journal: Journal) -> None:
    (checkout / "Procfile").write_bytes(b"# caf\xe9\nweb: a\n")
    file = proposed("Procfile", "web: c\n", "# caf\ufffd\nweb: a\n")
    with pytest.raises(BlockedError, match="not plain UTF-8"):
        write_files(checkout, (file,), YES, journal, SYSTEM_CLOCK)

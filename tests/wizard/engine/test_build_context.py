"""The copy that is built: what is in it, what is not, and that nothing of it stays."""

import os
import stat
from pathlib import Path

import pytest

from providers.repo.working_tree import WorkingTree, walk
from wizard.engine.build_context import build_context
from wizard.model.files import GeneratedFile, Line


def test_the_copy_has_the_proposal_and_planted_secrets_and_goes(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "run").write_text("#!/bin/sh\n")
    (folder / "bin" / "run").chmod(0o755)
    (folder / "outside").symlink_to("/etc/passwd")
    (folder / "Dockerfile").write_text("FROM old\n")
    (folder / ".dockerignore").write_text("*.env\n")
    new = GeneratedFile(path="Dockerfile", lines=(Line(text="FROM new"),))
    view = WorkingTree(folder, walk(folder))
    with build_context(folder, view, [new], ["STRIPE_KEY", "VITE_TITLE"]) as context:
        copy = context.path
        assert (copy / "Dockerfile").read_text() == "FROM new\n"
        assert (folder / "Dockerfile").read_text() == "FROM old\n"
        assert (copy / "outside").is_symlink()
        assert os.access(copy / "bin" / "run", os.X_OK)
        planted = (copy / ".aptible.env").read_text()
        assert planted.count(context.marker) == 5
        assert "STRIPE_KEY=" in planted
        # Baked into what everybody can download: no secret, so no marker.
        public = next(line for line in planted.splitlines() if line.startswith("VITE_TITLE="))
        assert context.marker not in public
        assert context.hide_ignore()
        assert not (copy / ".dockerignore").exists()
        context.restore_ignore()
        assert (copy / ".dockerignore").read_text() == "*.env\n"
        private = context.write_private("environment", {"A": "b"})
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
        assert copy not in private.parents
    assert not context.home.exists()


def test_nothing_stays_when_the_work_is_cut_off(tmp_path: Path) -> None:
    seen = []
    view = WorkingTree(tmp_path, ())
    with pytest.raises(KeyboardInterrupt), build_context(tmp_path, view, [], []) as context:
        seen.append(context.home)
        raise KeyboardInterrupt
    assert not seen[0].exists()

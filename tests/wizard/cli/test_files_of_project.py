"""The files of a project of plain files: its answers may be those of the mapping too."""

import asyncio
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wizard.cli.files_of_project import project_files
from wizard.cli.files_write import Wish, tell_unused
from wizard.cli.launchers import Launchers
from wizard.cli.project_command import FilesAsked
from wizard.joins.looks import look_at_files
from wizard.model.repo_view import Snapshot
from wizard.ports.look import Looked

_COMPOSE = """
services:
  web:
    image: registry.example/clinic:1
    volumes: ["kept:/data"]
volumes: {kept: {}}
"""


def test_an_answer_of_the_mapping_is_used_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yml").write_text(_COMPOSE)

    async def look(*_: Any) -> Looked:
        return look_at_files("compose", tmp_path, (), ())

    answers = {"visitors": "web:80", "volume/kept": "cache", "visitor": "web:80"}
    launchers = cast("Launchers", SimpleNamespace(look=look))
    asked = FilesAsked("compose", (), ())
    view, today = Snapshot.of({}), date(2026, 1, 1)
    made = project_files(launchers, tmp_path, asked, view, today, answers, {})
    proposal, _, of_the_map = asyncio.run(made)
    wish = Wish(explain=False, write=False, yes=False, answers=answers, hunks={})
    tell_unused(wish, proposal.answered, of_the_map)
    said = capsys.readouterr().err
    assert "visitor: nothing like that is open" in said
    assert said.count("nothing like that is open") == 1

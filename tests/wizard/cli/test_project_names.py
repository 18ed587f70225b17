"""What a look at a project teaches the redactor: passwords, and not the names of the project."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from wizard.cli.launchers import Launchers
from wizard.cli.project_command import look_again
from wizard.engine.project_look import LastLook
from wizard.joins.looks import look_at_files
from wizard.ports.look import Looked
from wizard.safety.redact import REDACTOR

_COMPOSE = """
name: petfarm
services:
  web:
    image: registry.example/petfarm/server:v3.125.0-rc9
    environment:
      DB_PASSWORD: petfarm
      DB_URL: postgres://petfarm:petfarm@db:5432/petfarm
      PARTNER_TOKEN: Petfarm-server-77
      PETFARM_VERSION: v3.125.0-rc9
  db: {image: "postgres:16", environment: {POSTGRES_PASSWORD: petfarm}}
"""


def test_a_password_that_is_the_projects_name_leaves_the_name_readable(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text(_COMPOSE)

    async def look(*_: Any) -> Looked:
        return look_at_files("compose", tmp_path, (), ())

    launchers = cast("Launchers", SimpleNamespace(look=look))
    asyncio.run(look_again(launchers, tmp_path, LastLook(source="compose"), {}))
    openly = "petfarm: registry.example/petfarm/server:v3.125.0-rc9"
    assert REDACTOR.redact(openly) == openly
    assert REDACTOR.redact("postgres://petfarm:petfarm@db:5432/petfarm") == "•••"
    assert REDACTOR.redact("Petfarm-server-77") == "•••"

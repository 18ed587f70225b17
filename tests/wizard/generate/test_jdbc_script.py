"""The script that forms JDBC addresses, run by real shells."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.wizard.generate.repositories import REPOSITORIES
from tests.wizard.generate.test_traps import look, text_of

SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]


def formed(folder: Path, shell: str, **variables: str) -> dict[str, str]:
    """The environment behind the sourced script; it must print nothing of its own."""
    text = text_of(look(REPOSITORIES["maven-spring"]), "docker-jdbc.sh")
    (folder / "docker-jdbc.sh").write_text(text)
    done = subprocess.run(
        [shell, "-euc", ". ./docker-jdbc.sh && exec env -0"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    pairs = (row.partition("=") for row in done.stdout.split("\0") if row)
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_the_buildpack_formed(tmp_path: Path, shell: str) -> None:
    found = formed(
        tmp_path,
        shell,
        DATABASE_URL="postgres://ada:p%40ss%2Fw$r'd@db.example:5432/clinic",
        HEROKU_POSTGRESQL_PINK_URL="postgresql://bob:x@two.example/second?sslmode=verify-full",
        SEARCH_URL="https://a:b@search.example",
        CACHE_URL="mysql://cy:z@my.example:3306/cache",
    )
    wanted = "jdbc:postgresql://db.example:5432/clinic?user=ada&password=p%40ss%2Fw$r'd"
    assert found["JDBC_DATABASE_URL"] == f"{wanted}&sslmode=require"
    assert found["JDBC_DATABASE_USERNAME"] == "ada"
    assert found["JDBC_DATABASE_PASSWORD"] == "p@ss/w$r'd"
    assert found["SPRING_DATASOURCE_URL"] == found["JDBC_DATABASE_URL"]
    assert found["SPRING_DATASOURCE_PASSWORD"] == "p@ss/w$r'd"
    assert found["HEROKU_POSTGRESQL_PINK_JDBC_URL"] == (
        "jdbc:postgresql://two.example/second?sslmode=verify-full&user=bob&password=x"
    )
    assert found["CACHE_JDBC_URL"] == "jdbc:mysql://my.example:3306/cache?user=cy&password=z"
    assert not [name for name in found if name.startswith(("jdbc_", "SEARCH_JDBC"))]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("address", ["", "nonsense", "postgres://nobody", "redis://a:b@c"])
def test_an_address_that_is_none_changes_nothing(tmp_path: Path, shell: str, address: str) -> None:
    found = formed(tmp_path, shell, DATABASE_URL=address)
    assert not [name for name in found if "JDBC" in name or "SPRING" in name]


def test_what_is_set_stays(tmp_path: Path) -> None:
    found = formed(
        tmp_path,
        "sh",
        DATABASE_URL="postgres://a:100%25@h/d",
        JDBC_DATABASE_URL="jdbc:own",
        DISABLE_SPRING_DATASOURCE_URL="true",
    )
    assert found["JDBC_DATABASE_URL"] == "jdbc:own"
    assert "SPRING_DATASOURCE_URL" not in found

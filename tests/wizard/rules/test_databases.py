"""Databases on the new side: never an older major, room on the disk, known extensions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import BlockedError
from wizard.model.inventory import SourceDatabase
from wizard.model.plan import DatabaseChoice
from wizard.model.target import DatabaseImage
from wizard.rules.databases import choose_image, major, proposed_size, undocumented


def images(*versions: str, default: str = "") -> list[DatabaseImage]:
    return [
        DatabaseImage(id=n, engine="postgresql", version=v, default=v == default)
        for n, v in enumerate(versions)
    ]


def database(**more: object) -> SourceDatabase:
    whole = {"id": "1", "name": "pg", "engine": "postgres", "plan": "", "where": "t", **more}
    return SourceDatabase.model_validate(whole)


CHOICE = DatabaseChoice(variable="DATABASE_URL", handle="db")


@given(st.sets(st.integers(9, 30), min_size=1), st.integers(9, 30))
def test_the_major_never_goes_down(offered: set[int], wanted: int) -> None:
    available = images(*map(str, offered))
    above = [version for version in offered if version >= wanted]
    if above:
        found = choose_image(available, CHOICE, f"PostgreSQL {wanted}.3")
        assert major(found.version) == min(above)
    else:
        with pytest.raises(BlockedError, match="offers no postgresql"):
            choose_image(available, CHOICE, f"{wanted}.3")


def test_the_plan_and_the_default_decide() -> None:
    chosen = CHOICE.model_copy(update={"version": "15"})
    assert choose_image(images("15", "17"), chosen, "17.1").version == "15"
    assert choose_image(images("15", "17", default="15"), CHOICE, "").version == "15"
    with pytest.raises(BlockedError):
        choose_image(images("15"), chosen.model_copy(update={"version": "18"}), "")


@given(st.integers(0, 2**44))
def test_the_disk_has_room_and_grows_with_the_data(size: int) -> None:
    here = proposed_size(database(size_bytes=size)).disk_gb
    assert 10 <= here <= 16_384
    assert here == 16_384 or here * 1024**3 >= size * 1.5
    assert here <= proposed_size(database(size_bytes=size + 2**30)).disk_gb


def test_memory_is_the_next_size_that_holds_todays() -> None:
    assert proposed_size(database(memory_mb=62_464)).memory_mb == 153_600
    assert proposed_size(database(memory_mb=2000)).memory_mb == 2048


def test_memory_is_a_fact_of_the_source_and_never_guessed_from_a_plans_name() -> None:
    proposed = proposed_size(database(plan="heroku-postgresql:standard-5"))
    assert (proposed.memory_mb, "not known" in proposed.memory_reason) == (1024, True)


@pytest.mark.parametrize(
    ("extension", "version", "known"),
    [
        ("plpgsql", "13", True),
        ("pg_trgm", "12", True),
        ("citext", "14", True),
        ("citext", "13", False),
        ("vector", "17", True),
        ("vector", "14", False),
        ("vector", "18", False),
        ("pgaudit", "18", False),
        ("postgis", "18", True),
        ("timescaledb", "17", False),
    ],
)
def test_extensions_are_looked_up_in_the_documents(
    extension: str, version: str, known: bool
) -> None:
    missing = undocumented(database(extensions=(extension,)), version)
    assert missing == (() if known else (extension,))

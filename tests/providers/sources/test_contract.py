"""Every folder of sources keeps the same promises, found without being told."""

import inspect

import pytest

from providers.sources import load, names
from providers.vault.memory import MemoryVault
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import BlockedError, MovedayError
from wizard.model.plan import SourceChoice


@pytest.mark.parametrize("name", names())
def test_a_source_has_what_the_joining_place_asks_for(name: str) -> None:
    source = load(name)
    assert isinstance(source.SIGN_IN, tuple)
    for part in ("open_source", "open_door", "open_doctor", "list_apps"):
        assert callable(getattr(source, part)), part
    # Either an account opens it, or it is read from files; a person is told which.
    assert source.SIGN_IN or callable(source.look)


@pytest.mark.parametrize("name", [name for name in names() if not load(name).SIGN_IN])
def test_a_source_of_files_says_that_it_has_no_platform(name: str) -> None:
    source = load(name)
    for part in (source.open_source, source.open_door, source.open_doctor, source.list_apps):
        with pytest.raises(MovedayError) as caught:
            part("app", {}, None, None)
        assert caught.value.detail and caught.value.hint
    assert list(inspect.signature(source.look).parameters)[:4] == [
        *("folder", "files", "profiles", "clock"),
    ]


@pytest.mark.parametrize("name", [name for name in names() if load(name).SIGN_IN])
async def test_a_source_with_an_account_names_what_is_missing(name: str) -> None:
    source = load(name)
    (field,) = source.SIGN_IN
    door = source.open_door({}, SYSTEM_CLOCK, False)
    assert (door.field, bool(door.side), bool(door.host)) == (field, True, True)
    assert all(door.misshapen(text) for text in ("", "two words", "é" * 40))
    assert field.rights and field.revoke and field.variable
    with pytest.raises(BlockedError) as caught:
        await source.list_apps({}, MemoryVault(), SYSTEM_CLOCK)
    assert caught.value.detail and caught.value.hint
    with pytest.raises(BlockedError):
        source.open_doctor("", {}, MemoryVault(), SYSTEM_CLOCK)
    # Its app is opened, or what is not run for it yet is refused by name.
    with pytest.raises(BlockedError) as refused:
        source.open_source(SourceChoice(kind=name, app="app"), {}, MemoryVault(), SYSTEM_CLOCK)
    assert refused.value.detail and refused.value.hint
    asked = getattr(source, "look_at_account", None)
    if asked is not None:
        assert list(inspect.signature(asked).parameters)[:7] == [
            *("files", "folder", "profiles", "cluster", "environ", "vault", "clock"),
        ]

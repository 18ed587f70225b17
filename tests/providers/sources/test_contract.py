"""Every folder of sources keeps the same promises, found without being told."""

import inspect

import pytest

from providers.sources import load, names
from wizard.errors import MovedayError


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

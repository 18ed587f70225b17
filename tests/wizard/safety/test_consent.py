"""Consent: a write without one of its level does not happen, and says what it needs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.errors import ConsentMissing
from wizard.safety.consent import LEVEL_WORDS, Level, grant, require

NOW = datetime(2026, 5, 4, tzinfo=UTC)
levels = st.sampled_from(list(Level))


@given(given_level=levels, needed=levels)
def test_a_consent_reaches_up_to_its_level(given_level: Level, needed: Level) -> None:
    consent = grant(given_level, "the new side", "Ada", NOW)
    if given_level >= needed:
        require(consent, needed, "scale web")
    else:
        with pytest.raises(ConsentMissing, match="scale web") as caught:
            require(consent, needed, "scale web")
        assert LEVEL_WORDS[needed] in caught.value.detail
        assert caught.value.exit_code == 4


@pytest.mark.parametrize("level", [Level.WRITE_FILES, Level.CHANGE_NEW_SIDE, Level.USERS_NOTICE])
def test_without_any_consent_nothing_is_written(level: Level) -> None:
    with pytest.raises(ConsentMissing):
        require(None, level, "create app")


def test_every_level_has_words_and_the_four_are_in_order() -> None:
    assert list(Level) == sorted(Level)
    assert set(LEVEL_WORDS) == set(Level)
    assert len(Level) == 4


def test_a_consent_cannot_be_raised_afterwards() -> None:
    consent = grant(Level.LOOK, "look", "Ada", NOW)
    with pytest.raises(AttributeError):
        consent.level = Level.USERS_NOTICE  # type: ignore[misc]

"""What counts as made by moveday, whatever was killed, adopted or remade on the way."""

from dataclasses import dataclass, field

from wizard.rules.made import made_things


@dataclass
class Line:
    kind: str
    key: str
    data: dict[str, object] = field(default_factory=dict)


def test_taking_back_goes_against_the_making() -> None:
    lines = []
    for number, key in enumerate(
        ("environment/e", "app/a", "database/one", "database/two", "endpoint/default"), 1
    ):
        lines += [Line("intent", key), Line("effect", key, {"id": number})]
    lines.append(Line("effect", "push/abc"))
    found = made_things(lines)
    assert [made.key for made in found.made] == [
        "endpoint/default",
        "app/a",
        "database/two",
        "database/one",
        "environment/e",
    ]
    assert [made.id for made in found.made] == [5, 2, 4, 3, 1]
    assert found.pushed == ("abc",)


def test_a_runner_goes_before_the_database_it_fills() -> None:
    lines = [Line("intent", "database/db"), Line("effect", "database/db", {"id": 1})]
    lines += [Line("intent", "runner/db-runner"), Line("effect", "runner/db-runner", {"id": 2})]
    assert [made.kind for made in made_things(lines).made] == ["runner", "database"]
    lines.append(Line("effect", "remove runner/db-runner", {"id": 2}))
    assert [made.kind for made in made_things(lines).made] == ["database"]


def test_what_was_there_before_is_not_ours() -> None:
    found = made_things([Line("adopted", "app/a", {"id": 7})])
    assert found.made == () and found.ever == frozenset()


def test_killed_before_the_answer_it_is_ours_and_its_id_comes_later() -> None:
    lines = [Line("intent", "app/a")]
    assert made_things(lines).made[0].id is None
    lines.append(Line("adopted", "app/a", {"id": 7}))
    assert made_things(lines).made[0].id == 7


def test_remade_by_somebody_else_the_first_id_stays_ours() -> None:
    lines = [
        Line("intent", "app/a"),
        Line("effect", "app/a", {"id": 7}),
        Line("adopted", "app/a", {"id": 9}),
    ]
    assert made_things(lines).made[0].id == 7


def test_taken_away_it_is_gone_and_may_be_made_again() -> None:
    lines = [
        Line("intent", "database/d-rehearsal-1"),
        Line("effect", "database/d-rehearsal-1", {"id": 3}),
        Line("intent", "remove database/d-rehearsal-1"),
        Line("effect", "remove database/d-rehearsal-1"),
    ]
    assert made_things(lines[:3]).made, "an intent alone removes nothing"
    assert made_things(lines).made == ()
    again = [*lines, *lines[:2]]
    assert [made.id for made in made_things(again).made] == [3]


def test_a_refused_making_is_forgotten_whoever_has_the_name() -> None:
    found = made_things([Line("intent", "app/a"), Line("refused", "app/a")])
    assert found.made == () and found.ever == frozenset()
    again = [Line("intent", "app/a"), Line("refused", "app/a"), Line("intent", "app/a")]
    assert [made.id for made in made_things(again).made] == [None]


def test_a_refusal_after_a_lost_answer_settles_nothing() -> None:
    # The first try may be what has the name now.
    lines = [Line("intent", "app/a"), Line("intent", "app/a"), Line("refused", "app/a")]
    assert [made.key for made in made_things(lines).made] == ["app/a"]


def test_what_was_made_and_removed_was_ours_once_although_made_anew_in_vain() -> None:
    lines = [
        Line("intent", "app/a"),
        Line("effect", "app/a", {"id": 7}),
        Line("effect", "remove app/a"),
        Line("intent", "app/a"),
        Line("refused", "app/a"),
    ]
    found = made_things(lines)
    assert found.made == () and found.ever == {"app/a"}

"""Any plan at all, for property tests."""

from datetime import date

from hypothesis import strategies as st

from wizard.model.plan import (
    AddonChoice,
    DatabaseChoice,
    DnsChoice,
    Downtime,
    Expected,
    Job,
    Plan,
    ProcessChoice,
    Queue,
    Smoke,
    SourceChoice,
    TargetChoice,
    VariableChoice,
)

# Everything a UTF-8 file can hold, with a liking for what YAML reads as something else.
AWKWARD = ["yes", "no", "null", "~", "22:30", "2026-05-01", "0123", "1e3", "# no", "a: b", "- x"]
words = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(codec="utf-8"), max_size=20),
)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)
days = st.none() | st.dates(date(2020, 1, 1), date(2099, 12, 31))
counts = st.integers(0, 99)


def plans() -> st.SearchStrategy[Plan]:
    """Plans with text of every kind in every place that takes text."""
    databases = st.lists(
        st.builds(
            DatabaseChoice,
            variable=names,
            handle=names,
            version=words,
            disk_gb=counts,
            move_data=st.booleans(),
        ),
        max_size=3,
        unique_by=(lambda d: d.variable, lambda d: d.handle),
    ).map(tuple)
    return st.builds(
        Plan,
        source=st.builds(
            SourceChoice, kind=st.just("heroku"), app=names, staging=names.map("staging-{}".format)
        ),
        target=st.builds(TargetChoice, stack=words, environment=names, app=names),
        regulated=st.booleans(),
        agreement=words,
        expected=st.builds(Expected, stack=days, agreement=days),
        downtime=st.builds(Downtime, budget_minutes=st.floats(0.001, 1e6), window=words),
        databases=databases,
        processes=st.dictionaries(words, st.builds(ProcessChoice, count=counts), max_size=3),
        domains=st.lists(names, max_size=3, unique=True).map(tuple),
        dns=st.builds(DnsChoice, restore_ttl=st.none() | st.integers(1, 99)),
        smoke=st.builds(Smoke, path=words, expect=st.dictionaries(words, words, max_size=2)),
        queues=st.lists(st.builds(Queue, name=words, waiting=words), max_size=2).map(tuple),
        hold_back=st.lists(words, max_size=4).map(tuple),
        commit=words,
        variables=st.dictionaries(
            words, st.builds(VariableChoice, action=st.just("keep"), reason=words), max_size=2
        ),
        addons=st.dictionaries(
            words, st.builds(AddonChoice, action=st.just("drop"), by=words), max_size=2
        ),
        jobs=st.lists(st.builds(Job, command=words, schedule=words), max_size=2).map(tuple),
        partners=st.lists(words, max_size=3).map(tuple),
    )

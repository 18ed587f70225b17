"""What `moveday plan` says beside the decisions: also what counts because nobody decided."""

from collections.abc import Mapping

import pytest

from wizard.cli.plan_words import plan_words
from wizard.model.plan_made import PlanMade
from wizard.model.same_day import SameDay

VERDICT = SameDay(today=None, earliest=None, words="not known yet", reasons=())


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"domains": ["a.test"]}, True),
        ({"domains": ["a.test"], "dns": {"rehearsal_name": "x.a.test"}}, True),
        ({"domains": ["a.test"], "dns": {"low_ttl": 300}}, False),
        ({"domains": []}, False),
    ],
)
def test_a_low_ttl_that_nobody_chose_is_named_with_its_source(
    document: Mapping[str, object], said: bool
) -> None:
    words = plan_words(
        PlanMade(document=dict(document), whole=True, written=False, verdict=VERDICT)
    )
    assert ("dns.low_ttl: 60 s, moveday's own default" in words) is said

"""Which side answered: two known certificates first, then what app and platform say."""

import pytest

from wizard.model.dns import Record, ResolverAnswer, SiteAnswer
from wizard.model.dns_report import SideSeen
from wizard.rules.sides import resolver_side, site_side

OLD, NEW = SideSeen(certificate="aa", serial="1"), SideSeen(certificate="bb", serial="2")
SAME = SideSeen(certificate="aa")
KINDS = ("heroku", "aptible")


def answer(certificate: str = "", via: str = "", side: str = "", status: int | None = 200):  # type: ignore[no-untyped-def]
    return SiteAnswer(
        url="https://www.a.test/",
        address="198.51.100.1",
        status=status,
        certificate=certificate,
        serial="7",
        via=via,
        body_facts={"side": side} if side else {},
        error="" if status else "connection refused",
    )


@pytest.mark.parametrize(
    ("seen", "old", "new", "side"),
    [
        (answer("aa", via="", side="aptible"), OLD, NEW, "old"),
        (answer("bb", via="1.1 vegur"), OLD, NEW, "new"),
        (answer("cc"), OLD, NEW, "unknown"),
        # The customer's own certificate, uploaded to both sides, tells nothing.
        (answer("aa", side="aptible"), OLD, SAME, "new"),
        (answer("aa", side="aptible"), OLD, None, "new"),
        (answer("aa", via="1.1 heroku-router"), OLD, SAME, "old"),
        (answer("aa"), OLD, SAME, "unknown"),
        (answer("aa"), OLD, None, "old"),
        (answer("cc"), OLD, None, "new"),
        (answer("bb"), None, NEW, "new"),
        (answer("cc"), None, None, "unknown"),
        (answer(status=None), OLD, NEW, "unknown"),
    ],
)
def test_site_side(seen: SiteAnswer, old: SideSeen | None, new: SideSeen | None, side: str) -> None:
    found = site_side(seen, old, new, KINDS)
    assert found.side == side and found.because


def test_resolver_side() -> None:
    def cached(target: str, *addresses: str) -> ResolverAnswer:
        records = [Record(name="www.a.test", type="CNAME", ttl=9, values=(target,))]
        if addresses:
            records.append(Record(name=target, type="A", ttl=5, values=addresses))
        return ResolverAnswer(resolver="192.0.2.53", records=tuple(records))

    new = SideSeen(host="elb-1.aptible.in", addresses=("198.51.100.20",))
    old = {"label.herokudns.com"}
    for seen, side in (
        (cached("elb-1.aptible.in"), "new"),
        (cached("label.herokudns.com", "198.51.100.10"), "old"),
        (cached("elsewhere.test", "203.0.113.9"), "neither"),
        (ResolverAnswer(resolver="x", error="does not answer"), "unknown"),
        (ResolverAnswer(resolver="x"), "unknown"),
    ):
        assert resolver_side(seen, "WWW.a.test.", old, new).side == side
    assert resolver_side(cached("elb-1.aptible.in"), "www.a.test", old, new).because == "9 s left"

"""Which ways lead out of a network that no laptop reaches, in which order, and how long is each?

The order and the ways are inferred from what MedStack's documentation says of its network: outbound
connections on any port, none inwards. The times are Microsoft's, published for a piped `pg_dump` to
`pg_restore` between Azure servers (concepts-single-to-flexible): their hardware, so a first guess
that the rehearsal's own rate replaces. Between two published sizes it goes in a straight line.
"""

from itertools import pairwise

from wizard.model.source_route import Basis, SourceRoute, SourceRoutes

_GB = 1_000_000_000
# Size, then shortest and longest seconds.
_PUBLISHED = (
    (1 * _GB, 60, 120),
    (5 * _GB, 480, 600),
    (10 * _GB, 900, 1200),
    (50 * _GB, 3600, 5400),
    (100 * _GB, 9000, 10800),
)


def source_routes(size: int, rate: int | None = None) -> SourceRoutes:
    """The four ways for a database of `size` bytes; `rate`: bytes a second of a rehearsed move."""
    basis: Basis
    if rate is not None:
        shortest = longest = size / rate
        basis = "rehearsed"
    else:
        shortest, longest = _guess(size)
        basis = "published" if size <= _PUBLISHED[-1][0] else "beyond"

    def route(letter: str, way: str, times: int, rests: str, needs: str, more: str) -> SourceRoute:
        return SourceRoute(
            letter=letter,
            way=way,
            bytes=size,
            shortest=shortest * times if times else None,
            longest=longest * times if times else None,
            basis=basis if times else "unknown",
            rests=rests,
            needs=needs,
            more=more,
        )

    return SourceRoutes(
        routes=(
            route(
                "a",
                "a job in the source's network streams into the target (database job copy)",
                1,
                "nowhere but in the target: what is on its way is in memory, encrypted on the line",
                "a target that admits the node's static address, and no other",
                "indexes are part of it",
            ),
            route(
                "b",
                "a job writes a dump to object storage (a short-lived address that can only write),"
                " which is restored from this machine (database restore)",
                2,
                "in the object storage until it is deleted there, and on this machine's disk while"
                " it is restored",
                "a storage account of your own under a BAA, an address that expires",
                "rows are written and read once more, hence twice the time (inferred); the line to"
                " this machine comes on top",
            ),
            route(
                "c",
                "the platform's support opens the database to this machine's address"
                " (database copy)",
                0,
                "nowhere but in the target: they pass through this machine's memory",
                "a ticket, its answer, and one to close it again",
                "this machine's line decides: moveday database routes measures it then",
            ),
            route(
                "d",
                "somebody brings a dump file (database restore)",
                0,
                "in the file, wherever it lies and on every way it takes, until it is deleted",
                "whoever makes the dump, and a way to hand it over that may carry patients' data",
                "how the file comes here is not known",
            ),
        )
    )


def _guess(size: int) -> tuple[float, float]:
    """Seconds by the published figures; in proportion below the first and beyond the last."""
    first, last = _PUBLISHED[0], _PUBLISHED[-1]
    for edge, outside in ((first, size <= first[0]), (last, size >= last[0])):
        if outside:
            return edge[1] * size / edge[0], edge[2] * size / edge[0]
    for (low, *less), (high, *more) in pairwise(_PUBLISHED):
        if low <= size <= high:
            share = (size - low) / (high - low)
            shortest, longest = (a + (b - a) * share for a, b in zip(less, more, strict=True))
            return shortest, longest
    raise AssertionError("every size lies below, between or beyond the published ones")

"""`moveday database job routes`: the ways out of a network that this machine cannot reach."""

import re
from typing import Any

import click

from wizard.cli.finish import finish
from wizard.cli.options import RateType, json_option
from wizard.forecast.durations import duration, size
from wizard.model.source_route import SourceRoute, SourceRoutes
from wizard.rules.source_routes import source_routes

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kMGT]?)B?", re.ASCII)
_POWER = {"": 0, "k": 1, "M": 2, "G": 3, "T": 4}
_BASIS = {
    "rehearsed": "by the rate given",
    "published": "a first guess, from Microsoft's published figures for their own servers",
    "beyond": "a first guess, continued from Microsoft's published figures, which end at 100 GB",
    "unknown": "",
}


class SizeType(click.ParamType[int]):
    """A size such as 2500000000 or 2.5GB; the command gets bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes; bad input is a usage error that says what is understood."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(str(value).strip())
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is no size: say 2500000000 (bytes) or 2.5GB", param, ctx)
        return int(float(found[1]) * 1000 ** _POWER[found[2]])


@click.command()
@click.option(
    "--size",
    "bytes_",
    type=SizeType(),
    required=True,
    help="Of the database, as `read` says it: bytes, or 2.5GB.",
)
@click.option(
    "--rate",
    type=RateType(),
    default=None,
    help="What a rehearsal of the whole move made of it: 20MB/s.",
)
@json_option
def routes(bytes_: int, rate: int | None, as_json: bool) -> None:
    """The four ways out, in the order to try them: time, needs, and where patients' data rests."""

    async def work() -> SourceRoutes:
        return source_routes(bytes_, rate)

    finish(work(), as_json=as_json, words=_words)


def _words(found: SourceRoutes) -> str:
    return "\n".join(line for route in found.routes for line in _lines(route))


def _lines(route: SourceRoute) -> list[str]:
    if route.shortest is None or route.longest is None:
        time = "not known"
    else:
        ends = [duration(route.shortest), duration(route.longest)]
        time = ends[0] if ends[0] == ends[1] else " to ".join(ends)
        time += f" ({_BASIS[route.basis]})"
    return [
        f"{route.letter}) {route.way}",
        f"     {size(route.bytes)}, {time}",
        *([f"     {route.more}"] if route.more else []),
        f"     patients' data rests: {route.rests}",
        f"     needs: {route.needs}",
    ]

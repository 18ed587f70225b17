"""`moveday database routes`: which way to the target is the fastest, tried with a slice."""

import functools
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import click

from wizard.cli.database_sides import Side, connections, sides
from wizard.cli.finish import finish
from wizard.cli.launchers import DatabaseTools
from wizard.cli.talk import show
from wizard.engine.routes import SECONDS, compare_routes
from wizard.errors import UsageError
from wizard.exits import Exit
from wizard.forecast.durations import duration, size
from wizard.model.database import Connection
from wizard.model.rate import rate_words
from wizard.model.routes import ONE_TUNNEL, Route, RouteComparison, RouteForecast

ssh_option = click.option(
    "--target-ssh",
    default="",
    metavar="NAME",
    help="Reach the target through this host, as `ssh NAME` does.",
)


@dataclass(frozen=True)
class Way:
    """How a command reaches the target: through the bastion `name`, or directly ("")."""

    name: str
    route: Route

    def open(
        self, tools: DatabaseTools, target: Connection
    ) -> AbstractAsyncContextManager[Connection]:
        """The target as it is reached, as long as the context."""
        if not self.name and self.route != Route():
            raise UsageError(
                "there is no ssh connection without a host for it", "", "name it: --target-ssh NAME"
            )
        return tools.bastion(self.name, target, self.route) if self.name else nullcontext(target)


def plain_way(name: str) -> Way:
    """One ordinary connection through `name`, or none."""
    return Way(name, ONE_TUNNEL if name else Route())


def way_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--target-ssh and what of it; the command gets them as `target_way`."""

    @functools.wraps(function)
    def with_way(
        *words: Any,
        target_ssh: str,
        ssh_connections: int | None,
        ssh_compression: bool,
        **rest: Any,
    ) -> Any:
        route = Route(tunnels=ssh_connections or 0, compressed=ssh_compression)
        return function(*words, target_way=Way(target_ssh, route), **rest)

    options: Any = click.option(
        "--ssh-compression", is_flag=True, help="Let ssh compress (see `routes`)."
    )(with_way)
    options = click.option(
        "--ssh-connections",
        type=click.IntRange(1, 16),
        default=None,
        help="That many beside each other (see `routes`); by itself: one.",
    )(options)
    decorated: Callable[..., Any] = ssh_option(options)
    return decorated


@click.command()
@sides("source", "target")
@ssh_option
@click.option(
    "--seconds",
    type=click.FloatRange(0.5, 60),
    default=SECONDS,
    show_default=True,
    help="How long rows are sent by each way.",
)
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help="As for copy.")
@click.pass_context
def routes(
    context: click.Context,
    named: tuple[Side, ...],
    as_json: bool,
    target_ssh: str,
    seconds: float,
    jobs: int | None,
) -> None:
    """Time a slice of the rows by each way to the target, and say which to take.

    Without --target-ssh there is one way: from the source to this machine and on to the target.
    With it: one or several ssh connections, with and without compression. The rows go into
    temporary tables of the target and are gone afterwards; the source is only read.
    """

    async def work() -> RouteComparison:
        tools: DatabaseTools = context.obj.database()
        source, target = connections(tools, named)

        def through(route: Route) -> AbstractAsyncContextManager[Connection]:
            return Way(target_ssh, route).open(tools, target)

        async with tools.laptop.awake("ways to a database are timed"):
            return await compare_routes(
                tools.timer,
                source,
                direct=None if target_ssh else target,
                tunnels=through if target_ssh else None,
                say=show,
                seconds=seconds,
                jobs=jobs,
            )

    finish(
        work(),
        as_json=as_json,
        words=routes_words,
        code=lambda found: Exit.DONE if found.recommended else Exit.OUTSIDE,
    )


def routes_words(found: RouteComparison) -> str:
    """Every way with its rate and what it promises, then the recommendation."""
    lines = []
    told = {forecast.route: forecast for forecast in found.forecasts}
    for measure in found.measures:
        if measure.route in told:
            lines.append(f"  {measure.route.words:<30} {_forecast_words(told[measure.route])}")
        else:
            lines.append(f"  {measure.route.words:<30} not measured: {measure.trouble}")
    if found.recommended is None:
        return "\n".join([*lines, found.because])
    lines.append(f"take: {found.recommended.words} ({found.because})")
    lines.append(f"rows alone, {size(found.stored_bytes)} as stored: indexes and keys come on top")
    return "\n".join([*lines, *_options(found.recommended)])


def _forecast_words(forecast: RouteForecast) -> str:
    ends = [duration(forecast.shortest), duration(forecast.longest)]
    spread = ends[0] if ends[0] == ends[1] else " to ".join(ends)
    return f"{rate_words(forecast.rate):>10}, {spread} for all rows (one sample)"


def _options(route: Route) -> list[str]:
    """How `database copy` is told to take it."""
    if not route.tunnels:
        return []
    words = f"--ssh-connections {route.tunnels}{' --ssh-compression' if route.compressed else ''}"
    return [f"for the copy: --target-ssh NAME {words}"]

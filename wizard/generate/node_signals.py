"""Does a Node process end when it is told to? As a container's first process it may not."""

from collections.abc import Iterable

from wizard.generate.commands import commands
from wizard.generate.node_package import NodePackage
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.scan import Scan

_HANDLERS = frozenset({
    "stoppable", "http-terminator", "lightship", "close-with-grace", "@godaddy/terminus",
    "http-graceful-shutdown", "fastify-graceful-shutdown", "exit-hook", "death", "node-graceful",
    "fastify-cli", "bullmq",
})  # fmt: skip


def check_signals(
    book: Notebook, scan: Scan, package: NodePackage, lines: Iterable[ProcessLine]
) -> None:
    """Say which services would be killed after ten seconds instead of ending.

    The kernel delivers SIGTERM to process 1 only where a handler is set; on Heroku the app never
    was process 1. Seen with a real engine: killed after 10 s, exit 137.
    """
    if scan.found("signals") or package.manifest.production & _HANDLERS:
        return
    plain = [
        line
        for line in lines
        if line.kept and [words[0] for words in commands(line.command)][-1:] == ["node"]
    ]
    if plain:
        names = ", ".join(line.name for line in plain)
        book.warn(
            "node-signals",
            f"nothing handles SIGTERM: as first process of a container Node ignores it, so {names} "
            "is killed after 10 s at every deploy",
            "close the server in process.on('SIGTERM', …); or add tini to an Aptfile and put "
            "`tini -s --` in front of the command in the Procfile",
            *(line.evidence for line in plain),
        )

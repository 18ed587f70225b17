"""Round trips between every two PostgreSQL majors that are at hand: copy, restore, find a fault.

`python benchmarks/versions.py BIN [BIN …]`, each the bin folder of one server; the system's and the
bundled one are added. From each to each that is not older: preflight, copy and full verification; a
dump restored and verified; then one value is changed in the target, which has to be found. Servers
that are too old for the clinic (before 13, or without its extensions) get the smaller schema.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from providers import bundled_postgres, process
from providers.databases.postgres import (
    PostgresMover,
    PostgresProbe,
    PostgresRestorer,
    PostgresVerifier,
)
from providers.databases.postgres.connection import program_settings
from providers.sandbox.authority import Authority
from tests.providers.databases.clusters import OWNER, PASSWORD, Site, site
from tests.providers.databases.killed_copies import SHAPES
from wizard.errors import MovedayError
from wizard.model.database import Connection

_FIRST_WITH_CLINIC = 13
_EXTENSIONS = ("pg_trgm", "citext", "hstore", "btree_gist")
_SMALL = SHAPES.replace("(0, 6000)", "(0, 1000)")
_SCALE = "0.002"


@dataclass(frozen=True)
class Major:
    """A server, and a filled source in it."""

    number: int
    site: Site
    source: Connection
    schema: str
    dump: Path


async def _fill(at: Site, major: int, folder: Path) -> Major:
    name = "filled"
    clinic = major >= _FIRST_WITH_CLINIC
    await at.server.create_database(
        name, OWNER, PASSWORD, extensions_by_superuser=_EXTENSIONS if clinic else ()
    )
    source = at.connection(name)
    if clinic:
        scripts = Path(__file__).parents[1] / "providers/sandbox/scenarios/acme_clinic/database"
        for script in ("schema.sql", "rows.sql", "constraints.sql"):
            words = {"scale": _SCALE, "sf": _SCALE, "xml_type": "text"}
            await at.server.run_script(name, scripts / script, words, OWNER)
    await at.sql(source, f"SET ROLE {OWNER}; CREATE SCHEMA odd; SET search_path = odd; {_SMALL}")
    dump = folder / f"{major}.dump"
    with program_settings(source, "dump") as env:
        program = bundled_postgres.programs() / "pg_dump"
        made = await process.run([program, "-Fc", f"--file={dump}"], env=env, deadline=300)
    if made.code:
        raise SystemExit(made.stderr)
    return Major(major, at, source, "clinic" if clinic else "small", dump)


async def _target(to: Major, name: str) -> Connection:
    # An extension that only a superuser may install is the platform's to install.
    extensions = _EXTENSIONS if to.number < _FIRST_WITH_CLINIC else ()
    await to.site.server.create_database(name, OWNER, PASSWORD, extensions_by_superuser=extensions)
    return to.site.connection(name)


async def _pair(one: Major, to: Major) -> str:
    probe, verifier = PostgresProbe(), PostgresVerifier()
    target = await _target(to, f"copy_of_{one.number}")
    found = [f for f in await probe.preflight(one.source, target) if f.severity == "block"]
    said = [f"preflight blocks: {', '.join(f.rule for f in found)}"] if found else []
    async with probe.snapshot(one.source) as snapshot:
        await PostgresMover().copy(one.source, target, snapshot=snapshot, move_id="versions")
        verdict = await verifier.verify(one.source, target, snapshot=snapshot)
    explained = sorted({f"{c.kind} {c.subject}" for c in verdict.checks if c.result == "explained"})
    said.append("copy the same" if verdict.passed else f"copy DIFFERS {verdict.failures}")
    said += [f"explained: {', '.join(explained[:4])}"] if explained else []
    restored = await _target(to, f"dump_of_{one.number}")
    done = await PostgresRestorer().restore(one.dump, restored)
    verdict = await verifier.verify(one.source, restored, snapshot=None)
    well = verdict.passed and not done.fatal and not done.failures
    said.append("dump the same" if well else f"dump DIFFERS {verdict.failures} {done.fatal}")
    await to.site.sql(target, "UPDATE odd.big SET body = body || ' ' WHERE id = 7")
    verdict = await verifier.verify(one.source, target, snapshot=None)
    hit = [c.subject for c in verdict.failures] == ["odd.big"]
    said.append("fault found" if hit else f"fault MISSED {verdict.failures}")
    return "; ".join(said)


async def run(bins: Sequence[Path], folder: Path, downgrades: bool) -> bool:
    """All pairs; whether each is as it has to be."""
    well = True
    async with contextlib.AsyncExitStack() as stack:
        authority = Authority(folder / "authority")
        majors: dict[int, Major] = {}
        for programs in bins:
            number = await bundled_postgres.major_of(programs / "postgres")
            if number in majors:
                continue
            started = await stack.enter_async_context(
                site(folder / str(number), authority, programs)
            )
            majors[number] = await _fill(started, number, folder)
        for one in sorted(majors):
            older = [n for n in sorted(majors) if n < one][-1:] if downgrades else []
            for to in [*older, *(n for n in sorted(majors) if n >= one)]:
                try:
                    words = await _pair(majors[one], majors[to])
                except MovedayError as error:
                    # An older server need not have what a newer one's schema is made of.
                    fate = "DIFFERS" if to >= one else "refused"
                    words = f"{fate}: {error}".replace("\n", " / ")
                well = well and not any(w in words for w in ("DIFFERS", "MISSED", "blocks"))
                print(f"{one} to {to} ({majors[one].schema}): {words}", flush=True)
    return well


def main() -> None:
    """Leave with 1 when a pair is not as it has to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bins", nargs="*", type=Path)
    parser.add_argument("--downgrades", action="store_true", help="Also to the next older one.")
    options = parser.parse_args()
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    with tempfile.TemporaryDirectory(prefix="mvd", dir="/tmp") as name:
        Path(name).chmod(0o755)
        bins = [*options.bins, *system, bundled_postgres.programs()]
        well = asyncio.run(run(bins, Path(name), options.downgrades))
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()

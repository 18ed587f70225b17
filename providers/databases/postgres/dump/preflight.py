"""What would go wrong, or be left out, if this dump were restored into this target?"""

from collections.abc import Sequence
from pathlib import Path

from providers.databases.postgres import preflight_target
from providers.databases.postgres.dump.contents import Contents, read_contents
from providers.databases.postgres.dump.format import DumpFile, look_at
from providers.databases.postgres.preflight_rules import listed
from providers.databases.postgres.session import Session, session
from wizard.model.database import Connection, Finding

_ORDER = {"block": 0, "warn": 1, "info": 2}
_LEFT = ("EVENT TRIGGER", "PUBLICATION", "SUBSCRIPTION", "SECURITY LABEL", "USER MAPPING")


async def preflight(path: Path, target: Connection) -> Sequence[Finding]:
    """All findings, blocking ones first; see wizard.ports.dump.Restorer."""
    dump = look_at(path)
    contents = await read_contents(dump)
    async with session(target, "moveday-preflight", "target") as opened:
        return await findings(dump, contents, opened)


async def findings(dump: DumpFile, contents: Contents, target: Session) -> list[Finding]:
    """The same, with everything open."""
    found = [
        _what_it_is(dump, contents),
        *_whole(contents),
        *_content(dump, contents),
        *_older(contents, target),
        *await preflight_target.rights(target),
        *await preflight_target.freshness(target),
        *await preflight_target.offered(target, _extensions(contents)),
        _disk(dump),
    ]
    return sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.rule))


def _what_it_is(dump: DumpFile, contents: Contents) -> Finding:
    made = [f"{dump.bytes / 1e6:.1f} MB"]
    made += [f"packed with {dump.packing}"] if dump.packing else []
    made += [f"from a server of version {contents.dumped_from}"] if contents.dumped_from else []
    made += [f"written by pg_dump {contents.dumped_by}"] if contents.dumped_by else []
    if contents.entries:
        made.append(f"{len(contents.entries)} entries, {contents.tables} tables with rows")
    return Finding(
        rule="DF1",
        severity="info",
        subject=f"{dump.format} format",
        detail=", ".join(made),
        remedy="nothing is to be done",
    )


def _whole(contents: Contents) -> list[Finding]:
    if not contents.trouble:
        return []
    return [
        Finding(
            rule="DF2",
            severity="block",
            subject="the dump is not whole",
            detail=contents.trouble,
            remedy="ask for it again, or download it again, and compare its size",
            otherwise="what comes after that place would be missing in the target",
        )
    ]


def _content(dump: DumpFile, contents: Contents) -> list[Finding]:
    if dump.format == "plain":
        return [
            Finding(
                rule="DF3",
                severity="info",
                subject="plain SQL",
                detail="it has no table of contents: what it holds is known once it is read",
                remedy="a dump made with pg_dump -Fc can be looked into beforehand",
            )
        ]
    found = []
    if not contents.tables:
        found.append(_partial("no rows of any table", "it was made with --schema-only"))
    if not contents.kinds["TABLE"]:
        found.append(_partial("no tables, only rows", "it was made with --data-only"))
    left = [kind.lower() for kind in _LEFT if contents.kinds[kind]]
    if left:
        found.append(
            Finding(
                rule="DF5",
                severity="info",
                subject=", ".join(left),
                detail="left out: only a superuser could make them, or they name the old platform",
                remedy="make by hand in the target what is wanted",
                otherwise="what they did no longer happens",
            )
        )
    return found


def _partial(what: str, why: str) -> Finding:
    return Finding(
        rule="DF4",
        severity="warn",
        subject="the dump holds only a part",
        detail=f"{what}: {why}, most likely",
        remedy="ask for a dump of the whole database, if that is what was meant",
        otherwise="what is not in the dump will not be in the target",
    )


def _older(contents: Contents, target: Session) -> list[Finding]:
    if target.major >= contents.dumped_from:
        return []
    return [
        Finding(
            rule="DB16",
            severity="warn",
            subject=f"version {contents.dumped_from} to {target.major}",
            detail="the target is older than the dump's server: newer features may be refused",
            remedy=f"make the target with version {contents.dumped_from} or newer",
            otherwise="what is refused is named, entry by entry",
        )
    ]


def _extensions(contents: Contents) -> list[str]:
    names = [words.removeprefix("- ").split(" ")[0] for words in contents.names("EXTENSION")]
    return [name for name in names if name != "plpgsql"]


def _disk(dump: DumpFile) -> Finding:
    return Finding(
        rule="DB13",
        severity="info",
        subject="disk of the target",
        detail=f"free space cannot be asked for; the dump takes {dump.bytes / 1e6:.1f} MB, and"
        " packed ones grow to five times that and more",
        remedy="give the target a disk of the size that the old database had",
        otherwise="the restore stops when the disk is full, and goes on with --resume",
    )


def blocking(found: Sequence[Finding]) -> str:
    """The subjects of those that block; "" when none does."""
    return listed([f"{one.subject}: {one.detail}" for one in found if one.severity == "block"])

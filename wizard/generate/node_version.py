"""Which Node runs the app? engines.node as Heroku reads it, narrowed by the version files."""

import re

from wizard.formats.node_range import NodeRange, read_node_range
from wizard.formats.package_json import PackageJson
from wizard.formats.runtime_versions import read_node_version, read_tool_versions
from wizard.generate.notebook import Notebook
from wizard.generate.tables.releases import NODE, NODE_DEFAULT, NODE_ODD, NODE_OLD
from wizard.model.files import Confidence, Evidence, Line
from wizard.model.frozen import Frozen

MANIFEST = "package.json"
_NOT_KNOWN = range(max(NODE) + 1, max(NODE) + 20)
"""Majors of lines that have no row in the tables yet."""
GONE = "node-version-gone"
"""The question that is asked where apt-get would fail in an image as old as the app."""


class NodeVersion(Frozen):
    """`tag` of the image without its Debian, "" for one that names none; `major` for the tables."""

    major: int
    tag: str
    debian: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence = "certain"


def node_version(book: Notebook, manifest: PackageJson) -> NodeVersion | None:
    """engines.node as Heroku reads it, narrowed by the version files when they agree."""
    asked = manifest.engines.get("node", "").strip()
    place = Evidence(
        path=MANIFEST, line=manifest.line("engines.node"), fact=f"engines.node {asked}"
    )
    others = _version_files(book)
    found = read_node_range(asked) if asked else None
    if asked and found is None:
        book.note(
            "node-range", f"engines.node “{asked}” is no range of versions: not read", "", place
        )
    if found is not None:
        allowed = [major for major in (*NODE_OLD, *NODE) if found.allows_major(major)]
        fitting = [pair for pair in others if found.allows_major(pair[0])]
        for major, other in others:
            if not found.allows_major(major):
                book.warn(
                    "node-version-conflict",
                    f"{other} contradicts engines.node “{asked}”",
                    "Heroku reads engines.node only, and so does this; make them agree",
                    other,
                    place,
                )
        if fitting:
            return _version(book, fitting[0][0], found.tag(fitting[0][0]), (place, fitting[0][1]))
        wanted = [major for major in allowed if major in NODE and major <= NODE_DEFAULT]
        if wanted:
            # A wide range is capped at the active long-term line, as on Heroku.
            return _version(
                book, wanted[-1], found.tag(wanted[-1]), (_capped(book, found, wanted[-1], place),)
            )
        odd = [major for major in NODE_ODD if found.allows_major(major)]
        if odd:
            return _version(book, odd[-1], str(odd[-1]), (place,))
        if allowed:
            return _version(book, allowed[-1], found.tag(allowed[-1]), (place,))
        newer = [major for major in _NOT_KNOWN if found.allows_major(major)]
        if newer:
            return _newer(book, next((m for m in newer if m % 2 == 0), newer[0]), place)
        return _gone(book, asked, place)
    if others:
        book.note(
            "node-version-file",
            "engines.node says nothing; Heroku would not read this file and take its default",
            f"set engines.node in {MANIFEST}",
            others[0][1],
        )
        return _version(book, others[0][0], str(others[0][0]), (others[0][1],), "likely")
    default = Evidence(path=MANIFEST, fact="names no version of Node")
    book.note(
        "node-version-missing",
        f"no version of Node is named: {NODE_DEFAULT}, Heroku's default, is taken",
        f"ask the live app (`heroku run node --version`) and set engines.node in {MANIFEST}",
        default,
    )
    return _version(book, NODE_DEFAULT, str(NODE_DEFAULT), (default,), "assumed")


def _capped(book: Notebook, found: NodeRange, major: int, place: Evidence) -> Evidence:
    """The place, with the cap in its fact where the range allows newer lines as well."""
    if not any(found.allows_major(newer) for newer in range(major + 1, max(_NOT_KNOWN) + 1)):
        return place
    book.note(
        "node-range-wide",
        f"{place.fact} allows newer lines too: Node {major} is taken, the newest with long-term "
        "support, as on Heroku",
        f"ask the live app (`heroku run node --version`) and name its line in {MANIFEST}",
        place,
    )
    return place.model_copy(update={"fact": f"{place.fact}, capped at the newest long-term line"})


def _newer(book: Notebook, major: int, place: Evidence) -> NodeVersion:
    """A line that came after this was written: what it brings is taken from the newest known."""
    book.warn(
        "node-newer",
        f"Node {major} is newer than what moveday knows of: its image is taken to be on Debian 12",
        "look at its release page for the end of support; odd lines have none for long",
        place,
    )
    return NodeVersion(
        major=max(NODE), tag=str(major), debian="bookworm", evidence=(place,), confidence="likely"
    )


def _version_files(book: Notebook) -> list[tuple[int, Evidence]]:
    found = []
    for path in (".nvmrc", ".node-version"):
        version = book.parsed(path, read_node_version)
        if version is not None:
            fact = f"says {version.text}"
            found.append((version.major, Evidence(path=path, line=version.line, fact=fact)))
    tools = book.parsed(".tool-versions", read_tool_versions) or {}
    word, line = tools.get("nodejs", tools.get("node", ("", 0)))
    if re.match(r"\d", word):
        evidence = Evidence(path=".tool-versions", line=line, fact=f"says {word}")
        found.append((int(re.split(r"\D", word)[0]), evidence))
    return found


def _version(
    book: Notebook,
    major: int,
    tag: str,
    evidence: tuple[Evidence, ...],
    confidence: Confidence = "certain",
) -> NodeVersion | None:
    if major in NODE_ODD and major not in NODE:
        newer = NODE_ODD[major]
        book.note(
            "node-odd",
            f"Node {major} was never a long-term line: {newer} is taken",
            f"name {newer}.x in engines.node: Yarn 1, and npm with engine-strict, refuse another",
            *evidence,
        )
        major, tag, confidence = newer, str(newer), "likely"
    if major > max(NODE):
        return _newer(book, major, evidence[0])
    if major not in NODE and (major not in NODE_OLD or GONE in book.answers):
        return _gone(book, str(major), evidence[0])
    # A tag of that age names no Debian.
    end, debian = NODE[major] if major in NODE else (NODE_OLD[major], "")
    if end < book.today:
        book.warn(
            "node-eol",
            f"Node {major} has had no security fixes since {end:%B %Y}",
            "it builds and runs as before; plan the update for after the move",
            *evidence,
        )
    return NodeVersion(
        major=major, tag=tag, debian=debian, evidence=evidence, confidence=confidence
    )


def _gone(book: Notebook, asked: str, place: Evidence) -> NodeVersion | None:
    choices = tuple(str(major) for major in NODE)
    answer = book.ask(
        GONE,
        f"Node “{asked}” has no image that still builds: which version shall it be?",
        "its image stands on a Debian whose package archive is gone, so apt-get would fail",
        choices=choices,
        found=(place,),
    )
    if answer is None:
        return None
    major = int(answer)
    return NodeVersion(
        major=major, tag=answer, debian=NODE[major][1], evidence=(place,), confidence="likely"
    )


def base_line(version: NodeVersion, name: str = "") -> Line:
    """FROM for this version; `name` of the stage."""
    image = f"FROM node:{version.tag}-{version.debian}-slim".replace("--", "-")
    exact = version.tag.split(".")
    # Releases from before Debian 12's time have no image that names it.
    if len(exact) > 1 and (version.major, int(exact[1])) < (20, 4):
        image = f"FROM node:{version.tag}-slim"
    text = f"{image} AS {name}" if name else image
    return Line(text=text, rule="F01", evidence=version.evidence, confidence=version.confidence)

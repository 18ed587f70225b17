"""A Node package as it is: manifest, version of Node, package manager and what its lock holds."""

import re
from fnmatch import fnmatch

from wizard.formats.node_locks import NodeLock, read_npm_lock, read_pnpm_lock, read_yarn_lock
from wizard.formats.node_range import read_node_range
from wizard.formats.package_json import PackageJson, read_package_json
from wizard.formats.runtime_versions import read_node_version, read_tool_versions
from wizard.formats.yaml_nodes import compose, mapping, scalar, strings
from wizard.generate.notebook import Notebook
from wizard.generate.tables.releases import NODE, NODE_DEFAULT, NODE_ODD, NODE_OLD
from wizard.model.files import Confidence, Evidence, Line
from wizard.model.frozen import Frozen

MANIFEST = "package.json"
LOCKS = {
    "package-lock.json": "npm", "npm-shrinkwrap.json": "npm", "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
}  # fmt: skip
_READERS = {"npm": read_npm_lock, "yarn": read_yarn_lock, "pnpm": read_pnpm_lock}


GONE = "node-version-gone"
"""The question that is asked where apt-get would fail in an image as old as the app."""


class NodeVersion(Frozen):
    """`tag` of the image without its Debian, "" for one that names none; `major` for the tables."""

    major: int
    tag: str
    debian: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence = "certain"


class NodePackage(Frozen):
    """`manager` is npm, yarn, berry (Yarn 2 and later) or pnpm; `lock_path` "" without a lock."""

    manifest: PackageJson
    version: NodeVersion
    manager: str
    manager_version: str = ""
    lock_path: str = ""
    lock: NodeLock | None = None
    manager_evidence: tuple[Evidence, ...] = ()
    workspaces: tuple[str, ...] = ()
    workspace_manifests: tuple[PackageJson, ...] = ()

    @property
    def installed(self) -> frozenset[str]:
        """Names of everything that gets installed, as far as the lock tells."""
        declared = self.manifest.production | frozenset(self.manifest.dev_dependencies)
        return declared | (self.lock.names if self.lock else frozenset())


def read_node_package(book: Notebook) -> NodePackage | None:
    """The package in the root; None when it is missing, broken, or a question stands in the way."""
    manifest = book.parsed(MANIFEST, read_package_json)
    if manifest is None:
        return None
    version = node_version(book, manifest)
    chosen = _manager(book, manifest)
    if version is None or chosen is None:
        return None
    manager, lock_path, evidence = chosen
    reader = _READERS[manager]
    lock = book.parsed(lock_path, reader) if lock_path else None
    if lock_path and lock is None:
        return None
    if manager == "yarn" and (lock is not None and lock.make == "berry"):
        manager = "berry"
    folders = _workspaces(book, manifest)
    inner = [book.parsed(f"{folder}/{MANIFEST}", read_package_json) for folder in folders]
    named = re.match(r"(npm|yarn|pnpm)@(\d+(?:\.\d+){0,2})", manifest.package_manager)
    return NodePackage(
        manifest=manifest,
        version=version,
        manager=manager,
        manager_version=named.group(2) if named else "",
        lock_path=lock_path,
        lock=lock,
        manager_evidence=evidence,
        workspaces=folders,
        workspace_manifests=tuple(found for found in inner if found is not None),
    )


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
        fitting = [pair for pair in others if pair[0] in allowed]
        for major, other in others:
            if major not in allowed:
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
            return _version(book, wanted[-1], found.tag(wanted[-1]), (place,))
        odd = [major for major in NODE_ODD if found.allows_major(major)]
        if odd:
            return _version(book, odd[-1], str(odd[-1]), (place,))
        if allowed:
            return _version(book, allowed[-1], found.tag(allowed[-1]), (place,))
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
            "node-odd", f"Node {major} was never a long-term line: {newer} is taken", "", *evidence
        )
        major, tag, confidence = newer, str(newer), "likely"
    if major > max(NODE):
        return NodeVersion(
            major=max(NODE), tag=tag, debian="bookworm", evidence=evidence, confidence="likely"
        )
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


def _manager(book: Notebook, manifest: PackageJson) -> tuple[str, str, tuple[Evidence, ...]] | None:
    locks = book.present(*LOCKS)
    places = tuple(Evidence(path=path, fact="is there") for path in locks)
    named = manifest.package_manager.partition("@")[0]
    field = Evidence(
        path=MANIFEST,
        line=manifest.line("packageManager"),
        fact=f"packageManager {manifest.package_manager}",
    )
    managers = {LOCKS[path] for path in locks}
    if len(managers) > 1:
        wanted = named if named in managers else ""
        if wanted:
            book.warn(
                "node-locks",
                f"lock files of several package managers; packageManager says {wanted}",
                "delete the others: Heroku refuses such a build",
                *places,
            )
        else:
            wanted = (
                book.ask(
                    "node-lock",
                    f"which lock file is the true one: {', '.join(locks)}?",
                    "they may lock different versions; delete the others",
                    choices=tuple(sorted(managers)),
                    found=places,
                )
                or ""
            )
        if not wanted:
            return None
        path = next(path for path in locks if LOCKS[path] == wanted)
        return wanted, path, (field, *places) if named else places
    if locks:
        return LOCKS[locks[0]], locks[0], places[:1]
    if not (manifest.production or manifest.dev_dependencies):
        return "npm", "", (Evidence(path=MANIFEST, fact="has no dependencies"),)
    manager = named if named in _READERS else "npm"
    book.warn(
        "node-no-lock",
        "there is no lock file: each build installs the newest versions allowed, as on Heroku",
        f"two builds of one commit can differ: commit a lock file (`{manager} install`)",
        Evidence(path=MANIFEST, fact="has dependencies, and no lock file lies beside it"),
    )
    return manager, "", (field,) if named else ()


def _pnpm_packages(text: str, path: str) -> tuple[str, ...]:
    nodes = mapping(compose(text, path), path)
    if "packages" not in nodes or scalar(nodes["packages"][1]):
        return ()
    return tuple(pattern for pattern, _ in strings(nodes["packages"][1], path, "packages"))


def _workspaces(book: Notebook, manifest: PackageJson) -> tuple[str, ...]:
    """Folders of the packages that belong to this one."""
    listed = book.parsed("pnpm-workspace.yaml", _pnpm_packages) or ()
    patterns = [p.removeprefix("./").rstrip("/") for p in (*manifest.workspaces, *listed)]
    folders = []
    for entry in book.view.entries():
        folder, _, name = entry.path.rpartition("/")
        if name != MANIFEST or not folder.isprintable() or "node_modules" in folder or not folder:
            continue
        if any(
            fnmatch(folder, pattern)
            and ("**" in pattern or folder.count("/") == pattern.count("/"))
            for pattern in patterns
            if not pattern.startswith("!")
        ):
            folders.append(folder)
    return tuple(folders)


def base_line(version: NodeVersion, name: str = "") -> Line:
    """FROM for this version; `name` of the stage."""
    image = f"FROM node:{version.tag}-{version.debian}-slim".replace("--", "-")
    exact = version.tag.split(".")
    # Releases from before Debian 12's time have no image that names it.
    if len(exact) > 1 and (version.major, int(exact[1])) < (20, 4):
        image = f"FROM node:{version.tag}-slim"
    text = f"{image} AS {name}" if name else image
    return Line(text=text, rule="F01", evidence=version.evidence, confidence=version.confidence)

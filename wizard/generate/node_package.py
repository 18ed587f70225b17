"""A Node package as it is: manifest, version of Node, package manager and what its lock holds."""

import re
from fnmatch import fnmatch

from wizard.formats.node_locks import NodeLock, read_npm_lock, read_pnpm_lock, read_yarn_lock
from wizard.formats.package_json import PackageJson, read_package_json
from wizard.formats.yaml_nodes import compose, mapping, scalar, strings
from wizard.generate.node_version import MANIFEST, NodeVersion, node_version
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

__all__ = ["LOCKS", "MANIFEST", "NodePackage", "read_node_package"]

LOCKS = {
    "package-lock.json": "npm", "npm-shrinkwrap.json": "npm", "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
}  # fmt: skip
_READERS = {"npm": read_npm_lock, "yarn": read_yarn_lock, "pnpm": read_pnpm_lock}


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

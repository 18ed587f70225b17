"""What does a package manager run in a package of a workspace: `pnpm --filter api start`?"""

import re

from wizard.formats.package_json import PackageJson
from wizard.generate.commands import simple, split
from wizard.generate.node_package import MANIFEST, NodePackage
from wizard.model.files import Evidence

_PACKAGE = r"(?P<package>@?[\w./-]+)"
_SCRIPT = r"(?P<script>[\w:.-]+)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"pnpm\s+(?:--filter|-F)[=\s]\s*{_PACKAGE}\s+(?:run\s+)?{_SCRIPT}",
        rf"yarn\s+workspace\s+{_PACKAGE}\s+(?:run\s+)?{_SCRIPT}",
        rf"npm\s+(?:run\s+)?{_SCRIPT}\s+(?:-w|--workspace)[=\s]\s*{_PACKAGE}",
        rf"npm\s+(?:-w|--workspace)[=\s]\s*{_PACKAGE}\s+(?:run\s+)?{_SCRIPT}",
    )
)


def script_of_workspace(package: NodePackage, part: str) -> tuple[str, Evidence] | None:
    """The same without the manager, where plain Node runs the script; None for other commands."""
    bare = part.removeprefix("exec ").strip()
    found = next((match for form in _FORMS if (match := form.fullmatch(bare))), None)
    if found is None or len(package.workspaces) != len(package.workspace_manifests):
        return None
    for folder, manifest in zip(package.workspaces, package.workspace_manifests, strict=True):
        if found["package"].removeprefix("./").rstrip("/") in (manifest.name, folder):
            name = found["script"]
            command = _plain(manifest, name)
            line = manifest.line(f"scripts.{name}")
            place = Evidence(path=f"{folder}/{MANIFEST}", line=line, fact=f"script {name}")
            return (f"cd {folder} && {command}", place) if command else None
    return None


def _plain(manifest: PackageJson, name: str) -> str:
    """The script when it is one call of Node, with nothing before or behind it; else ""."""
    script = manifest.scripts.get(name, "").strip()
    hooks = {f"pre{name}", f"post{name}"} & manifest.scripts.keys()
    words = simple(script)[1] if len(split(script)) == 1 else []
    return script if words[:1] == ["node"] and "--watch" not in words and not hooks else ""

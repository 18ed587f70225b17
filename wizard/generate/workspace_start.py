"""Which package of a workspace is the app, when the root itself starts nothing?"""

from wizard.formats.json_text import key_pattern, read_json_object, table, text_at
from wizard.formats.package_json import read_package_json
from wizard.formats.text_lines import find_line
from wizard.generate.commands import simple, split
from wizard.generate.node_package import MANIFEST, NodePackage
from wizard.generate.node_start import development_server
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

NX = "nx.json"
_PROJECT = "project.json"
_BUILT_BY = ("vite.config.ts", "vite.config.mts", "vite.config.js", "vite.config.mjs",
             "angular.json", "vue.config.js")  # fmt: skip
_ASIDE = ("e2e", "cypress", "storybook", "test", "example")


class Start(Frozen):
    """A package that says how it is started: its folder, and the line to run in the root."""

    folder: str
    command: str
    evidence: Evidence


def workspace_web(book: Notebook, package: NodePackage) -> ProcessLine | None:
    """The only package's command, when the root's build makes it and plain Node runs it."""
    starts = workspace_starts(book, package)
    builds = {"build", "heroku-postbuild"} & package.manifest.scripts.keys()
    if len(starts) != 1 or not builds or not _plain(starts[0].command):
        return None
    start = starts[0]
    book.note(
        "workspace-start",
        f"{start.folder} is the only package here that says how it is started: it becomes web",
        "Heroku needed a Procfile or a start script in the root for that; write a Procfile if the "
        "live app runs something else",
        start.evidence,
    )
    for folder, place in _front_ends(book, package):
        if folder != start.folder:
            book.warn(
                f"front-end-apart:{folder}",
                f"{folder} is a front end that the image builds; nothing says that web serves it",
                f"if {start.folder} does not serve its files, it stays where it is served today, "
                "or becomes an app of its own",
                place,
                start.evidence,
            )
    return ProcessLine(name="web", command=start.command, evidence=start.evidence)


def workspace_starts(book: Notebook, package: NodePackage) -> list[Start]:
    """Every package with a start that is no development server: Nx's target before the script."""
    found = [*_of_nx(book), *_of_scripts(book, package)]
    first = {start.folder: start for start in reversed(found)}
    return [first[folder] for folder in sorted(first)]


def _of_nx(book: Notebook) -> list[Start]:
    if not book.has(NX):
        return []
    found = []
    for entry in book.view.entries():
        folder, _, name = entry.path.rpartition("/")
        if name != _PROJECT or not _may_be_app(folder):
            continue
        document = book.parsed(entry.path, read_json_object) or {}
        target = table(document, "targets", "start")
        command = text_at(target, "command") or text_at(target, "options", "command")
        inside = text_at(target, "options", "cwd").strip("./")
        if text_at(target, "executor") not in ("", "nx:run-commands") or not command:
            continue
        text = book.text(entry.path)
        line = find_line(text, key_pattern("start"), key_pattern("command"))
        place = Evidence(path=entry.path, line=line, fact=f"start runs {command}"[:80])
        found += _start(folder, f"cd {inside} && {command}" if inside else command, place)
    return found


def _of_scripts(book: Notebook, package: NodePackage) -> list[Start]:
    found = []
    for folder in package.workspaces:
        manifest = book.parsed(f"{folder}/{MANIFEST}", read_package_json)
        script = manifest.scripts.get("start", "").strip() if manifest else ""
        if manifest is None or not script or not _may_be_app(folder):
            continue
        line = manifest.line("scripts.start")
        place = Evidence(path=f"{folder}/{MANIFEST}", line=line, fact=f"start {script}"[:80])
        found += _start(folder, f"cd {folder} && {script}", place)
    return found


def _start(folder: str, command: str, place: Evidence) -> list[Start]:
    served = command.isprintable() and not development_server(command) and "--watch" not in command
    return [Start(folder=folder, command=command, evidence=place)] if served else []


def _may_be_app(folder: str) -> bool:
    return (
        bool(folder)
        and folder.isprintable()
        and folder.count("/") < 3
        and "node_modules" not in folder
        and not any(part in folder for part in _ASIDE)
    )


def _plain(command: str) -> bool:
    """Nothing but `node FILE`, in a folder perhaps: other programs may not be on the PATH."""
    parts = split(command)
    last = simple(parts[-1][0])[1] if parts else []
    steps = all(separator == "&&" and part.startswith("cd ") for part, separator in parts[:-1])
    return steps and last[:1] == ["node"] and len(last) > 1


def _front_ends(book: Notebook, package: NodePackage) -> list[tuple[str, Evidence]]:
    folders = dict.fromkeys(
        e.path.rpartition("/")[0]
        for e in book.view.entries()
        if e.path.endswith(("/index.html", f"/{MANIFEST}"))
    )
    found = []
    for folder in folders:
        builders = book.present(*(f"{folder}/{name}" for name in _BUILT_BY))
        page = book.has(f"{folder}/index.html") or book.has(f"{folder}/src/index.html")
        if builders and page and _may_be_app(folder):
            found.append((folder, Evidence(path=builders[0], fact="builds a front end")))
    return found

"""How is a Node process started, so that it hears signals and runs no development server?"""

import re

from wizard.generate.commands import commands, split, words
from wizard.generate.node_build import first_words
from wizard.generate.node_package import MANIFEST, NodePackage
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.workspace_script import script_of_workspace
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

_RUN = re.compile(
    r"^(?:(?P<npm>npm)|yarn|pnpm)(?:\s+run(?:-script)?)?\s+(?P<name>[\w:.-]+)(?:\s+(?P<rest>\S.*))?$"
)
_NOT_SCRIPTS = frozenset({"install", "run", "exec", "dlx", "ci", "node", "workspace", "workspaces"})
_DEVELOPMENT = {
    "nodemon": "", "ts-node-dev": "", "tsnd": "", "next dev": "next start", "nest start": "",
    "nuxt dev": "nuxt start", "vite": "", "vite dev": "", "webpack-dev-server": "",
    "webpack serve": "", "react-scripts start": "", "ng serve": "", "babel-node": "",
    "vue-cli-service serve": "", "parcel": "", "concurrently": "", "gatsby develop": "",
    "remix dev": "", "astro dev": "", "rspack serve": "", "rspack dev": "", "rsbuild dev": "",
}  # fmt: skip
_BETTER = ("start:prod", "start:production", "start-prod", "production", "prod", "serve:prod")
PROVIDED_BY = {
    "tsc": "typescript", "nest": "@nestjs/cli", "remix-serve": "@remix-run/serve",
    "dotenv": "dotenv-cli", "babel-node": "@babel/node", "babel": "@babel/cli",
    "ng": "@angular/cli",
    "sequelize": "sequelize-cli", "webpack": "webpack-cli", "run-s": "npm-run-all", "run-p":
    "npm-run-all", "env-cmd": "env-cmd", "pm2-runtime": "pm2", "react-scripts": "react-scripts",
    "vue-cli-service": "@vue/cli-service", "graphile-worker": "graphile-worker",
}  # fmt: skip
"""Program → the package that brings it, where the names differ."""


class Started(Frozen):
    """A command as it should run, with the rules that changed it."""

    command: str
    rules: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def default_web(book: Notebook, package: NodePackage) -> ProcessLine | None:
    """What Heroku starts without a Procfile: npm start, which itself may default to server.js."""
    manifest = package.manifest
    if "start" in manifest.scripts:
        place = Evidence(path=MANIFEST, line=manifest.line("scripts.start"), fact="npm start")
        return ProcessLine(name="web", command="npm start", evidence=place)
    if book.has("server.js"):
        place = Evidence(path="server.js", fact="npm start runs it by default")
        return ProcessLine(name="web", command="node server.js", evidence=place)
    return None


def started(book: Notebook, package: NodePackage, line: ProcessLine) -> Started:
    """The line with npm scripts resolved where they are plain, and development servers replaced."""
    found = without_scripts(package, line.command)
    return _without_development(book, package, line, _bare(found))


def without_scripts(package: NodePackage, command: str) -> Started:
    """The command with the names of plain scripts replaced by what they run."""
    found = Started(command=command)
    for _ in range(4):
        after = _resolved(package, found)
        if after == found:
            break
        found = after
    return found


def _resolved(package: NodePackage, found: Started) -> Started:
    parts = split(found.command)
    if any(separator not in ("&&", "") for _, separator in parts):
        return found
    scripts, rows, places = package.manifest.scripts, [], list(found.evidence)
    changed = False
    for part, _ in parts:
        inside = script_of_workspace(package, part)
        if inside is not None:
            rows.append(inside[0])
            places.append(inside[1])
            changed = True
            continue
        match = _RUN.match(part.removeprefix("exec ").strip())
        name = match["name"] if match else ""
        given = _given(match) if match else ""
        script = scripts.get(name, "").strip()
        hooks = {f"pre{name}", f"post{name}"} & scripts.keys()
        inner = split(script)
        plain = all(separator in ("&&", "") for _, separator in inner)
        plain = plain and given is not None
        if not script or name in _NOT_SCRIPTS or hooks or not plain or part == script:
            rows.append(part)
            continue
        line = package.manifest.line(f"scripts.{name}")
        places.append(Evidence(path=MANIFEST, line=line, fact=f"script {name}"))
        rows.append(f"{script} {given}".strip())
        changed = True
    if not changed:
        return found
    rules = tuple(dict.fromkeys((*found.rules, "F32")))
    return Started(command=" && ".join(rows), rules=rules, evidence=tuple(dict.fromkeys(places)))


def _given(match: re.Match[str]) -> str | None:
    """The words that a script gets behind its own; None where that is not plain."""
    rest = match["rest"] or ""
    if match["npm"] and rest.startswith("-- "):
        return rest.removeprefix("-- ")
    options = any(word.startswith("-") for word in rest.split())
    return None if (match["npm"] and options) or rest.startswith("-- ") else rest


def _bare(found: Started) -> Started:
    """NODE_ENV=production is set in the image already."""
    plain = re.sub(
        r"(?:^|(?<=&& ))(?:cross-env\s+)?NODE_ENV=['\"]?production['\"]?\s+(?![A-Z_]+=)",
        "",
        found.command,
    )
    return found.model_copy(update={"command": plain})


def development_server(command: str) -> str:
    """The development server a line starts, "" for none."""
    for found in commands(command):
        program = found[0].rpartition("/")[2]
        if program == "npx" and len(found) > 1:
            found = found[1:]  # noqa: PLW2901
            program = found[0]
        second = found[1] if len(found) > 1 else ""
        if f"{program} {second}" in _DEVELOPMENT:
            return f"{program} {second}"
        if program in _DEVELOPMENT and (
            program != "vite" or not second.startswith(("build", "preview"))
        ):
            return program
    return ""


def _without_development(
    book: Notebook, package: NodePackage, line: ProcessLine, found: Started
) -> Started:
    server = development_server(found.command)
    if not server:
        return found
    scripts = package.manifest.scripts
    better = next((name for name in _BETTER if name in scripts), "")
    instead = ""
    if better and not development_server(scripts[better]):
        instead = scripts[better]
    elif server == "nodemon":
        rest = words(found.command.partition("nodemon")[2])
        if rest and not rest[0].startswith("-") and rest[0].endswith((".js", ".cjs", ".mjs")):
            instead = " ".join(["node", *rest])
    elif _DEVELOPMENT[server] and "build" in scripts:
        instead = found.command.replace(server, _DEVELOPMENT[server], 1)
    if instead:
        book.warn(
            f"development-server:{line.name}",
            f"{line.name} starts {server}, a development server; `{instead}` is proposed",
            "",
            *found.evidence,
            line.evidence,
        )
        return Started(command=instead, rules=(*found.rules, "F23"), evidence=found.evidence)
    answer = book.ask(
        f"development-server:{line.name}",
        f"{line.name} starts {server}, a development server: which command serves the app?",
        "a front end without a server of its own needs one (`serve -s build`, for one, as a "
        "dependency); the repository names no command for production",
        free=True,
        found=(line.evidence, *found.evidence),
    )
    return found.model_copy(update={"command": answer}) if answer else found


def needed_at_run(package: NodePackage, command: str) -> tuple[Evidence, ...]:
    """The development dependencies that a command needs, as evidence."""
    found = []
    manifest = package.manifest
    todo = [command]
    for line in todo:
        for part, _ in split(line):
            match = _RUN.match(part.removeprefix("exec ").strip())
            script = manifest.scripts.get(match["name"], "") if match else ""
            if script and script not in todo and len(todo) < 20:
                todo.append(script)
        names = first_words(line) | {
            word for words_of in commands(line) for word in words_of[1:3] if words_of[0] == "npx"
        }
        names |= {w for c in commands(line) for w in c if c[0] in ("cross-env", "dotenv", "node")}
        for name in sorted(names):
            provider = PROVIDED_BY.get(name, name.partition("/register")[0])
            if provider in manifest.dev_dependencies and provider not in manifest.production:
                at = manifest.line(f"devDependencies.{provider}")
                found.append(Evidence(path=MANIFEST, line=at, fact=f"{provider} runs {name}"))
    return tuple(dict.fromkeys(found))

"""Is a Node app a front end without a server of its own? Then its built files are served."""

import json
import re

from wizard.formats.errors import FormatError
from wizard.formats.json_text import key_pattern, read_json_object, table, text_at
from wizard.formats.text_lines import find_line
from wizard.generate.node_package import MANIFEST, NodePackage
from wizard.generate.node_start import development_server
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

_BUILDERS = {
    "react-scripts build": "build",
    "vite build": "dist",
    "vue-cli-service build": "dist",
    "ng build": "dist",
    "parcel build": "dist",
    "gatsby build": "public",
    "astro build": "dist",
}
"""What a build script runs → the folder it writes to, unless told otherwise."""
_SERVERS = frozenset({
    "express", "fastify", "koa", "hapi", "@hapi/hapi", "restify", "next", "nuxt", "nuxt3",
    "@nestjs/core", "@remix-run/node", "@remix-run/serve", "@sveltejs/adapter-node", "polka",
    "@astrojs/node", "connect", "json-server", "http-proxy", "@hono/node-server", "apollo-server",
    "@apollo/server", "@feathersjs/feathers", "sails", "@adonisjs/core", "react-router-serve",
    "@react-router/node", "@react-router/serve", "socket.io", "ws", "@solidjs/start",
})  # fmt: skip
_VITE = tuple(f"vite.config.{ending}" for ending in ("ts", "js", "mts", "mjs", "cjs"))
_ASTRO = tuple(f"astro.config.{ending}" for ending in ("mjs", "ts", "js", "mts"))


class BuiltFiles(Frozen):
    """The folder that a build leaves, and what says so."""

    folder: str
    evidence: Evidence


def front_end_only(
    book: Notebook, package: NodePackage, lines: tuple[ProcessLine, ...], command: str
) -> BuiltFiles | None:
    """The built files when nothing but a development server would answer; None for other apps.

    `command` is web's with its scripts resolved, "" when there is none.
    """
    script, words, builder = _build_script(package)
    others = [line for line in lines if line.action != "left-out" and line.name != "web"]
    if not builder or others or package.manifest.production & _SERVERS or package.workspaces:
        return None
    if command and not (
        development_server(command) or re.search(r"\b(vite|astro) preview\b", command)
    ):
        return None
    place = Evidence(path=MANIFEST, line=package.manifest.line(f"scripts.{script}"), fact=builder)
    proxy = _proxy(book)
    if proxy:
        book.ask(
            "static-proxy",
            "the development server hands some paths on to another server: who does now?",
            "built files alone answer no such paths; give the front end the other server's "
            "address, or write a server and name it in a Procfile",
            found=(proxy,),
        )
        return None
    return _folder(book, builder, words, place)


def built_folder(book: Notebook, package: NodePackage) -> BuiltFiles | None:
    """The folder that the build script leaves, when a known builder makes it."""
    script, words, builder = _build_script(package)
    if not builder:
        return None
    place = Evidence(path=MANIFEST, line=package.manifest.line(f"scripts.{script}"), fact=builder)
    return _folder(book, builder, words, place)


def _build_script(package: NodePackage) -> tuple[str, str, str]:
    """Its name, what it says, and the builder in it ("" for another one)."""
    scripts = package.manifest.scripts
    script = next((n for n in ("heroku-postbuild", "build") if scripts.get(n)), "")
    words = scripts.get(script, "")
    if "npm run build" in words or "yarn build" in words:
        script, words = "build", scripts.get("build", "")
    return script, words, next((b for b in _BUILDERS if re.search(rf"\b{b}\b", words)), "")


def _proxy(book: Notebook) -> Evidence | None:
    document = book.parsed(MANIFEST, read_json_object) or {}
    if "proxy" in document:
        line = find_line(book.text(MANIFEST), key_pattern("proxy"))
        return Evidence(path=MANIFEST, line=line, fact="proxy")
    for path in ("src/setupProxy.js", "src/setupProxy.ts", "proxy.conf.json", "proxy.conf.js"):
        if book.has(path):
            return Evidence(path=path, fact="is there")
    for path in (*_VITE, "vue.config.js"):
        line = find_line(book.text(path), r"\bproxy\s*:")
        if line:
            return Evidence(path=path, line=line, fact="proxy")
    return None


def _folder(book: Notebook, builder: str, words: str, place: Evidence) -> BuiltFiles | None:
    folder, seen = _BUILDERS[builder], place
    told = re.search(r"--(?:outDir|dist-dir|dest|output-path)[= ](\S+)|BUILD_PATH=(\S+)", words)
    if told:
        folder = told.group(1) or told.group(2)
    for path in (*_VITE, *_ASTRO, "vue.config.js"):
        match = re.search(r"\b(?:outDir|outputDir)\s*:\s*['\"]([^'\"\n]+)['\"]", book.text(path))
        if match:
            line = book.text(path).count("\n", 0, match.start()) + 1
            folder, seen = match.group(1), Evidence(path=path, line=line, fact="outDir")
    if builder == "astro build":
        for path in _ASTRO:
            line = find_line(book.text(path), r"output\s*:\s*['\"](server|hybrid)['\"]")
            if line:
                return None
    if builder == "ng build":
        found = _angular(book)
        if found is None:
            return None
        folder, seen = found.folder, found.evidence
    folder = folder.strip("'\"").removeprefix("./").rstrip("/")
    if not re.fullmatch(r"[\w.][\w./-]{0,150}", folder) or ".." in folder:
        return None
    return BuiltFiles(folder=folder, evidence=seen)


def _angular(book: Notebook) -> BuiltFiles | None:
    """angular.json's outputPath; the newer builder writes to browser/ below it."""
    text = book.text("angular.json")
    try:
        projects = table(read_json_object(text, "angular.json"), "projects") if text else {}
    except FormatError as error:
        book.broken(error)
        return None
    if len(projects) != 1:
        return None
    name, project = next(iter(projects.items()))
    build = table({"": project}, "", "architect", "build")
    options = table(build, "options")
    path = options.get("outputPath")
    newer = text_at(build, "builder").endswith(":application")
    if isinstance(path, dict):
        base, browser = text_at(path, "base"), path.get("browser", "browser")
        path = f"{base}/{browser}".rstrip("/") if isinstance(browser, str) else base
    elif newer:
        path = f"{path if isinstance(path, str) else f'dist/{name}'}/browser"
    if not isinstance(path, str):
        return None
    line = find_line(text, key_pattern("outputPath")) or find_line(text, json.dumps(name))
    return BuiltFiles(
        folder=path, evidence=Evidence(path="angular.json", line=line, fact=f"outputPath {path}")
    )

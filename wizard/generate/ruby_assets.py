"""Assets of a Ruby app: whether they are compiled at build, and what that reads."""

import re

from wizard.formats.text_lines import line_at
from wizard.generate.notebook import Notebook
from wizard.generate.recipe import run
from wizard.generate.ruby_front import FrontEnd
from wizard.generate.ruby_package import RubyPackage
from wizard.generate.scan import Scan
from wizard.generate.tables.ruby import ASSET_PIPELINES
from wizard.model.files import Evidence, Line

_REQUIRED = re.compile(
    r"\bENV\.fetch\(\s*['\"](\w+)['\"]\s*\)(?!\s*(?:\{|do\b))"
    r"|\bENV\.fetch\s+['\"](\w+)['\"](?!\s*(?:,|\{|do\b))"
    r"|\bENV\[['\"](\w+)['\"]\]\.(?!present|blank|nil\?|to_|presence|try|inspect|==|in\?)"
)
_CREDENTIALS = re.compile(
    r"\bcredentials(?:\.\w+!|\.\w+\[|\.\w+\.\w+|\.fetch\b)|^\s*config\.require_master_key = true"
)
_CREDENTIAL_FILES = ("config/credentials/production.yml.enc", "config/credentials.yml.enc")
_BAKED = re.compile(r"\bprocess\.env\.([A-Z][A-Z0-9_]+)|\bENV(?:\.fetch\(|\[)\s*['\"](\w+)['\"]")
_LOADED = re.compile(
    r"config/(application|boot|environment|environments/production|initializers/.+)\.rb"
    r"|config/(database|storage|cable|secrets|queue|cache)\.yml"
)
_OWN_FRONT = (
    "app/assets/", "app/javascript/", "app/frontend/", "app/packs/", "app/client/", "client/",
)  # fmt: skip
Row = tuple[str, int, str]
"""Path, line number, text."""
_MANIFESTS = re.compile(
    r"public/(assets/(\.?sprockets-manifest|manifest-|\.manifest\.json)|packs/manifest\.json"
    r"|vite/(\.vite/)?manifest(-assets)?\.json)"
)
_SERVER_SIDE = frozenset({"NODE_ENV", "RAILS_ENV", "RACK_ENV"})
_BUILT_IN = frozenset({"SECRET_KEY_BASE", "DATABASE_URL", "REDIS_URL", "RAILS_MASTER_KEY"})
_DATABASES = (("pg", "postgresql"), ("mysql2", "mysql2"), ("trilogy", "trilogy"))
_KEEP_DEVELOPMENT = {
    "yarn": "YARN_PRODUCTION=false", "npm": "NPM_CONFIG_INCLUDE=dev",
    "pnpm": "NPM_CONFIG_PRODUCTION=false", "berry": "",
}  # fmt: skip


def precompile(
    book: Notebook, scan: Scan, package: RubyPackage, front: FrontEnd | None
) -> list[Line]:
    """The RUN lines that compile assets and warm bootsnap; [] when Heroku would run none."""
    return [*_bootsnap(book, package), *_assets(book, scan, package, front)]


def _bootsnap(book: Notebook, package: RubyPackage) -> list[Line]:
    if package.release("bootsnap") < (1, 5) or "bootsnap" not in book.text("config/boot.rb"):
        return []
    folders = {entry.path.partition("/")[0] for entry in book.view.entries()}
    words = [f"{name}/" for name in ("app", "lib") if name in folders]
    command = " ".join(["bundle exec bootsnap precompile --gemfile", *words])
    return [run([command], "F73", package.place("bootsnap"))]


def _assets(book: Notebook, scan: Scan, package: RubyPackage, front: FrontEnd | None) -> list[Line]:
    why = _why(book, package)
    if why is None:
        return []
    compiled = next((e for e in book.view.entries() if _MANIFESTS.match(e.path)), None)
    if compiled is not None:
        book.note(
            "assets-committed",
            "compiled assets are in the repository, so none are compiled, as on Heroku",
            "remove public/assets from git to have them compiled at each build",
            Evidence(path=compiled.path, fact="is a manifest of compiled assets"),
        )
        return []
    rows = _configuration(book)
    needed = _insisted(rows)
    baked = _baked(book, scan, rows)
    secrets = _reads_credentials(book, rows)
    _say_what_is_read(book, needed, baked, secrets)
    configured = bool(needed or baked or secrets)
    values = _values(package, needed, front)
    command = " \\\n        ".join([*values, f"{_rails(book, package)} assets:precompile"])
    places = [*needed.values(), *baked.values(), *secrets]
    return [run([command], "F74", why, *places, configured=configured)]


def _why(book: Notebook, package: RubyPackage) -> Evidence | None:
    """Which gem (or the app's own task) makes assets:precompile exist."""
    name = package.has(*ASSET_PIPELINES)
    if name.startswith("sprockets") and _only_of_rails(package) and _sprockets_off(book):
        name = ""
    if name and (package.rails > (0, 0) or not name.startswith("sprockets")):
        return package.place(name)
    for entry in book.view.entries():
        if entry.path == "Rakefile" or re.fullmatch(r"lib/tasks/.*\.rake", entry.path):
            for number, row in enumerate(book.text(entry.path).split("\n"), 1):
                if re.search(
                    r"^\s*(task\s+['\":{]*assets:precompile|namespace[\s(:'\"]+assets\b)", row
                ):
                    return Evidence(path=entry.path, line=number, fact="defines assets:precompile")
    return None


def _only_of_rails(package: RubyPackage) -> bool:
    """Whether nothing but Rails itself brought Sprockets along."""
    named = {name for name, _ in package.lock.dependencies}
    others = [
        gem.name
        for gem in package.gems.values()
        if {"sprockets", "sprockets-rails"} & set(gem.needs)
    ]
    return not named & {"sprockets", "sprockets-rails"} and not set(others) - {
        "rails", "sprockets-rails",
    }  # fmt: skip


def _sprockets_off(book: Notebook) -> bool:
    """Sprockets is locked with old Rails, also where the app never loads it or has no assets."""
    application = book.text("config/application.rb")
    loads = re.search(r"^\s*require\s*\(?['\"](rails/all|sprockets/r)", application, re.M)
    if application and not loads:
        return True
    only = re.search(r"^\s*config\.api_only\s*=\s*true", application, re.M) is not None
    return only and not any(e.path.startswith("app/assets/") for e in book.view.entries())


def _configuration(book: Notebook) -> list[Row]:
    """Lines of what Rails loads when it starts: path, number, text; comments and tests apart."""
    paths = (e.path for e in book.view.entries() if e.path.startswith("config/"))
    return [
        (path, number, row)
        for path in paths
        if _LOADED.fullmatch(path)
        for number, row in enumerate(book.text(path).split("\n"), 1)
        if not row.lstrip().startswith("#")
    ]


def _insisted(rows: list[Row]) -> dict[str, Evidence]:
    """Variables without which the app does not load, as far as the text tells."""
    found: dict[str, Evidence] = {}
    for path, number, row in rows:
        for match in _REQUIRED.finditer(row):
            name = next(group for group in match.groups() if group)
            if name not in ("SECRET_KEY_BASE", "DATABASE_URL", *_SERVER_SIDE):
                found.setdefault(name, Evidence(path=path, line=number, fact=name))
    return found


def _reads_credentials(book: Notebook, rows: list[Row]) -> list[Evidence]:
    """Where the start opens the encrypted credentials: without the key they are empty."""
    if not book.present(*_CREDENTIAL_FILES):
        return []
    return [
        Evidence(path=path, line=number, fact="opens the credentials")
        for path, number, row in rows
        if _CREDENTIALS.search(row)
    ][:4]


def _baked(book: Notebook, scan: Scan, rows: list[Row]) -> dict[str, Evidence]:
    """Variables whose values end in compiled files."""
    found = dict(scan.names("baked"))
    for path, text in scan.files():
        own = path.startswith(_OWN_FRONT)
        if own and not re.search(r"(^|/)[\w.-]*\.?(config|setup)[\w.-]*\.\w+$", path):
            _collect(found, path, text)
    for entry in book.view.entries():
        if entry.path.endswith(".erb") and entry.path.startswith(_OWN_FRONT[:3]):
            _collect(found, entry.path, book.text(entry.path))
    for path, number, row in rows:
        if "mailer" not in row and (
            match := re.search(r"\basset_host\s*=.*ENV(?:\.fetch\(|\[)\s*['\"](\w+)", row)
        ):
            fact = match.group(1)
            found.setdefault(fact, Evidence(path=path, line=number, fact=fact))
    return {name: place for name, place in found.items() if name not in _SERVER_SIDE}


def _collect(found: dict[str, Evidence], path: str, text: str) -> None:
    if "process.env." not in text and "ENV" not in text:
        return
    for match in _BAKED.finditer(text):
        name = match.group(1) or match.group(2)
        if name not in found:
            found[name] = Evidence(path=path, line=line_at(text, match.start()), fact=name)


def _say_what_is_read(
    book: Notebook,
    needed: dict[str, Evidence],
    baked: dict[str, Evidence],
    secrets: list[Evidence],
) -> None:
    names = sorted(needed.keys() - _BUILT_IN)
    if names or secrets:
        words = [*names, *(["RAILS_MASTER_KEY"] if secrets else [])]
        book.note(
            "assets-configuration",
            f"assets:precompile starts the app, which reads {', '.join(words)} then",
            "configuration has to be set before the first deploy",
            *(needed[name] for name in names),
            *secrets,
        )
    if baked:
        book.warn(
            "baked-variables",
            f"baked into the assets at build: {', '.join(sorted(baked))}",
            "set them before the first deploy; a change later needs a rebuild (`aptible rebuild`), "
            "a restart does nothing",
            *baked.values(),
        )


def _values(package: RubyPackage, needed: dict[str, Evidence], front: FrontEnd | None) -> list[str]:
    """What the task needs to start, without a secret and without a database."""
    values = []
    if front is not None:
        values += ["NODE_ENV=production", _KEEP_DEVELOPMENT[front.package.manager]]
    if package.rails >= (7, 1):
        values.append("SECRET_KEY_BASE_DUMMY=1")
    elif package.rails > (0, 0):
        values.append("SECRET_KEY_BASE=build-only")
    scheme = next((scheme for gem, scheme in _DATABASES if gem in package.gems), "")
    if scheme:
        values.append(f"DATABASE_URL={scheme}://127.0.0.1/build")
    if "REDIS_URL" in needed:
        values.append("REDIS_URL=redis://127.0.0.1:6379")
    return [value for value in values if value]


def _rails(book: Notebook, package: RubyPackage) -> str:
    if package.rails < (5, 0):
        return "bundle exec rake"
    entry = book.view.entry("bin/rails")
    return "bin/rails" if entry is not None and entry.executable else "bundle exec rails"

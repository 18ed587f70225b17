"""Is the Dockerfile that is there the one that runs? Kept if so, else a new one is proposed."""

import re

import yaml

from wizard.formats.app_json import read_app_json
from wizard.formats.dockerfile import Dockerfile, from_parts, read_dockerfile
from wizard.formats.heroku_yml import HerokuYml, read_heroku_yml
from wizard.formats.package_json import read_package_json
from wizard.formats.text_lines import numbered
from wizard.generate.base_image import serving
from wizard.generate.node_start import development_server
from wizard.generate.notebook import LIVE, Notebook
from wizard.generate.stale_dockerfile import other_signs, stale_signs
from wizard.model.files import Evidence

PATH = "Dockerfile"
_DEVELOPMENT = re.compile(
    r"\brunserver\b|--reload\b|\bflask run\b|\bforeman\b|\bbin/dev\b|\bProcfile\.dev\b|\bartisan"
    r" serve\b|\bphp -S\b|(?:npm|yarn|pnpm)(?: run)? (?:dev|watch)\b|\bguard\b|\bsleep infinity\b"
    r"|\btail -f /dev/null\b|^(?:/bin/)?(?:ba|z)?sh$|^irb$|\bshotgun\b|\brerun\b"
)
_ENVIRONMENT = re.compile(r"\b(?:RAILS|RACK|NODE|FLASK|APP)_ENV[= ][\"']?dev")
_COMPOSE = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")


def own_dockerfile(book: Notebook) -> str:
    """The Dockerfile to respect: heroku.yml's, or the one in the root; "" to write a new one."""
    manifest = book.parsed("heroku.yml", read_heroku_yml)
    named = manifest.dockerfiles.get("web", "") if manifest else ""
    path = named if named and book.has(named) else PATH
    if not book.has(path):
        return ""
    found = book.parsed(path, read_dockerfile)
    signs = development_signs(book, path, found) if found else ()
    if found is not None and (manifest is not None or signs):
        signs += stale_signs(book, path, found)
    if found is not None and not signs and _built_otherwise(book, manifest):
        signs = other_signs(book, path, found)
    wish = book.chosen("dockerfile", "keep", "replace")
    if wish:
        return "" if wish == "replace" else path
    if not signs or _deployed(book, manifest, path):
        book.note(
            "dockerfile-kept",
            f"{path} is kept and only adapted",
            "to get a new one instead, answer `dockerfile: replace` (--answers FILE)",
            Evidence(path=path, fact="is there"),
        )
        return path
    built = _built_otherwise(book, manifest)
    if built:
        book.warn(
            "dockerfile-new",
            f"{path} is not what ran: a buildpack built the app, and this file is for development "
            "or out of date; a new one is proposed",
            "to keep yours and only adapt it, answer `dockerfile: keep` (--answers FILE)",
            *signs,
            *built,
        )
        return ""
    answer = book.ask(
        "dockerfile",
        f"{path} seems to be for development: keep it, or write a new one for production?",
        "nothing in the repository says whether it, or a buildpack, built the app so far",
        choices=("keep", "replace"),
        found=signs,
    )
    return "" if answer == "replace" else path


def development_signs(book: Notebook, path: str, found: Dockerfile) -> tuple[Evidence, ...]:
    """Signs that a Dockerfile was never meant for production."""
    signs = []
    last = {i.word: i for i in found.final}
    for word in ("CMD", "ENTRYPOINT"):
        if word in last:
            text = " ".join(last[word].listed() or (last[word].rest,))
            text = re.sub(r"^(?:/bin/)?(?:ba)?sh -l?c ", "", text)
            place = Evidence(path=path, line=last[word].line, fact=f"{word} {text}"[:80])
            if development_server(text) or _DEVELOPMENT.search(text) or _script(book, text):
                signs.append(place)
    if not last.keys() & {"CMD", "ENTRYPOINT"} and not serving(found.base())[0]:
        signs.append(Evidence(path=path, line=found.final[0].line, fact="starts nothing: no CMD"))
    asked = set(re.findall(r"--build-arg[= ](\w+)", book.text(path)))
    for instruction in found.instructions:
        place = Evidence(
            path=path, line=instruction.line, fact=f"{instruction.word} {instruction.rest}"[:80]
        )
        if instruction.word == "FROM":
            image = from_parts(instruction.rest)[0]
            if re.search(r"^heroku/|devcontainers?/", image):
                signs.append(place)
            elif asked & set(re.findall(r"\$\{?(\w+)", image)):
                fact = f"{place.fact}: wants a build argument, and the target passes none"
                signs.append(place.model_copy(update={"fact": fact}))
        if instruction.word == "ENV" and _ENVIRONMENT.search(instruction.rest):
            signs.append(place)
    return (*signs, *_mounted(book, path))


def _script(book: Notebook, command: str) -> bool:
    """Whether `npm start` and the like start a development server in the end."""
    match = re.match(r"(?:npm|yarn|pnpm)(?: run)? ([\w:.-]+)$", command)
    package = book.parsed("package.json", read_package_json) if match else None
    script = package.scripts.get(match.group(1), "") if match and package else ""
    return bool(script and development_server(script))


def _mounted(book: Notebook, path: str) -> list[Evidence]:
    """Compose runs the image's own command over the mounted checkout: that is for development."""
    signs = []
    for name in _COMPOSE:
        try:
            document = yaml.safe_load(book.text(name)) or {}
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
        services = document.get("services") if isinstance(document, dict) else None
        for service in (services if isinstance(services, dict) else {}).values():
            if not isinstance(service, dict) or "command" in service:
                continue
            build = service.get("build")
            context = build.get("context") if isinstance(build, dict) else build
            file = build.get("dockerfile", PATH) if isinstance(build, dict) else PATH
            volumes = service.get("volumes")
            mounts = [v for v in volumes if isinstance(v, str)] if isinstance(volumes, list) else []
            if str(context).rstrip("/") != "." or file != path:
                continue
            if mount := next((v for v in mounts if re.match(r"(\./?|\$\{?PWD\}?):", v)), ""):
                rows = [n for n, row in numbered(book.text(name)) if mount in row]
                line = rows[0] if rows else 0
                signs.append(Evidence(path=name, line=line, fact=f"mounts the checkout: {mount}"))
    return signs[:1]


def _deployed(book: Notebook, manifest: HerokuYml | None, path: str) -> bool:
    """Whether a platform builds this very file; app.json's buildpacks go before heroku.yml."""
    app = book.parsed("app.json", read_app_json)
    named = manifest is not None and path in manifest.dockerfiles.values()
    return (
        (named and not (app is not None and app.buildpacks))
        or "container" in (book.known.stack, app.stack if app else "")
        or book.has(".aptible.yml")
    )


def _built_otherwise(book: Notebook, manifest: HerokuYml | None) -> tuple[Evidence, ...]:
    """Signs that a buildpack built the app."""
    found = [
        Evidence(path=path, fact="is for a buildpack app")
        for path in ("Procfile", "app.json", ".buildpacks")
        if book.has(path)
    ]
    if manifest is not None and manifest.languages:
        found.append(Evidence(path="heroku.yml", fact="builds languages, no Dockerfile"))
    if book.known.buildpacks or book.known.stack.startswith("heroku-"):
        found.append(Evidence(path=LIVE, fact="a buildpack built what runs"))
    return tuple(found)

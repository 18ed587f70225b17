"""What does the app's folder tell by itself? Remotes, Procfile, app.json; no network is asked."""

from pathlib import Path

from wizard.engine.project_look import last_look
from wizard.errors import MovedayError
from wizard.formats.app_json import read_app_json
from wizard.formats.procfile import read_procfile
from wizard.model.found import FolderFacts
from wizard.ports.repo import Repo

_SIZE_LIMIT = 200_000
_WORTH_NAMING = ("Procfile", "app.json", "Dockerfile", "heroku.yml")
_COMPOSE = tuple(
    f"{stem}.{end}" for stem in ("compose", "docker-compose") for end in ("yaml", "yml")
)


async def look_into(folder: Path, repo: Repo) -> FolderFacts:
    """Everything the folder says; what cannot be read becomes a note."""
    notes: list[str] = []
    remotes: dict[str, str] = {}
    try:
        remotes = dict(await repo.remotes())
    except MovedayError as error:
        notes.append(error.title)
    processes: tuple[str, ...] = ()
    addons: tuple[str, ...] = ()
    procfile, app_json = _text(folder / "Procfile"), _text(folder / "app.json")
    try:
        if procfile is not None:
            processes = tuple(entry.name for entry in read_procfile(procfile).entries)
        if app_json is not None:
            found = read_app_json(app_json).addons
            addons = tuple(addon.name.partition(":")[0] for addon in found)
    except MovedayError as error:
        notes.append(error.title)
    looked = last_look(folder)
    return FolderFacts(
        remotes=remotes,
        process_types=processes,
        addons=addons,
        files=tuple(name for name in (*_WORTH_NAMING, *_COMPOSE) if (folder / name).is_file()),
        notes=tuple(notes),
        looked_at=looked.source if looked else "",
        cluster=looked.cluster if looked else "",
    )


def _text(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _SIZE_LIMIT:
            return None
        return path.read_text("utf-8", "replace")
    except OSError:
        return None

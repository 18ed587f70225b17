"""The app's repository as a developer has it: a real git history, made without a git program.

Two commits: what runs in production, and one that was committed but never released.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from dulwich import porcelain
from dulwich.refs import Ref

from providers.sandbox.scenarios.commit import commit

_HERE = Path(__file__).parent
_AUTHOR = b"Robin Example <robin@acme-clinic.test>"
# As `heroku git:remote` leaves them, for both apps of the pipeline.
_REMOTES = {
    b"heroku": b"https://git.heroku.com/acme-clinic.git",
    b"staging": b"https://git.heroku.com/acme-clinic-staging.git",
}
_BORN = 1_780_000_000


@dataclass(frozen=True)
class Repository:
    """`checkout` is the developer's folder at HEAD; `trees` has one folder per commit."""

    checkout: Path
    running: str
    head: str
    trees: dict[str, Path]


APP = Path(__file__).parent / "repository"
"""The app's own files, of the running commit."""


def make_repository(folder: Path, app: Path = APP) -> Repository:
    """Build checkout and trees below `folder`; `app` has the running commit's files."""
    folder.mkdir(parents=True)
    checkout = folder / "acme-clinic"
    shutil.copytree(app, checkout, ignore=shutil.ignore_patterns("__pycache__"))
    repo = porcelain.init(checkout)
    try:
        repo.refs.set_symbolic_ref(Ref(b"HEAD"), Ref(b"refs/heads/main"))
        config = repo.get_config()
        for name, address in _REMOTES.items():
            config.set((b"remote", name), b"url", address)
        config.write_to_path()
        running = commit(checkout, b"Send reminders from a queue", _AUTHOR, _BORN)
        trees = {running: _tree(checkout, folder, running)}
        shutil.copytree(_HERE / "next_commit", checkout, dirs_exist_ok=True)
        head = commit(checkout, b"Let patients rate visits; plan the move", _AUTHOR, _BORN + 86400)
        trees[head] = _tree(checkout, folder, head)
    finally:
        repo.close()
    return Repository(checkout, running, head, trees)


def _tree(checkout: Path, folder: Path, name: str) -> Path:
    target = folder / "trees" / name
    shutil.copytree(checkout, target, ignore=shutil.ignore_patterns(".git"))
    return target

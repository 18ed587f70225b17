"""Where do pushed commits go? Into a bare repository per app, for a deploy to check out."""

from pathlib import Path

from dulwich.object_store import iter_tree_contents
from dulwich.objects import Commit, ObjectID
from dulwich.objectspec import parse_commit
from dulwich.refs import Ref
from dulwich.repo import Repo

from providers.sandbox.to_its_end import to_its_end

_LINK = 0o120000
_SUBMODULE = 0o160000


class Repositories:
    """Bare repositories under `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, app_id: int) -> Path:
        """The app's bare repository, made when it is not there."""
        path = self._folder / f"app-{app_id}.git"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            Repo.init_bare(str(path), mkdir=True).close()
        return path

    def refs(self, app_id: int) -> dict[str, str]:
        """Commit by branch, e.g. {"refs/heads/main": "1f…"}."""
        with Repo(str(self.path(app_id))) as repo:
            found = repo.refs.as_dict(Ref(b"refs/heads/"))
        return {f"refs/heads/{name.decode()}": sha.decode() for name, sha in found.items()}

    def set_ref(self, app_id: int, name: str, commit: str | None) -> None:
        """Point a branch at a commit, or remove it."""
        with Repo(str(self.path(app_id))) as repo:
            if commit is None:
                repo.refs.remove_if_equals(Ref(name.encode()), None)
            else:
                repo.refs[Ref(name.encode())] = ObjectID(commit.encode())

    def resolve(self, app_id: int, ref: str) -> str | None:
        """The full commit id behind a branch or (short) commit id; None when it was not pushed."""
        with Repo(str(self.path(app_id))) as repo:
            try:
                return str(parse_commit(repo, ref.encode()).id.decode())
            except (KeyError, ValueError):
                return None

    async def checkout(self, app_id: int, commit: str, folder: Path) -> None:
        """Write the files of a commit into `folder`."""
        await to_its_end(self._checkout, app_id, commit, folder)

    def _checkout(self, app_id: int, commit: str, folder: Path) -> None:
        folder.mkdir(parents=True)
        with Repo(str(self.path(app_id))) as repo:
            record = repo[commit.encode()]
            if not isinstance(record, Commit):
                raise ValueError("not a commit")
            for entry in iter_tree_contents(repo.object_store, record.tree):
                relative = Path(entry.path.decode())
                if ".." in relative.parts or relative.is_absolute() or entry.mode == _SUBMODULE:
                    continue
                target = folder / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                content: bytes = repo[entry.sha].as_raw_string()
                if entry.mode & 0o170000 == _LINK:
                    target.symlink_to(content.decode())
                else:
                    target.write_bytes(content)
                    target.chmod(0o755 if entry.mode & 0o100 else 0o644)

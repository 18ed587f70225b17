"""The local repository by the system's git program, read-only."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from providers.process import Outcome, environment, run
from providers.repo.errors import no_commit, no_repository, not_here
from providers.repo.git_modes import entry_of
from providers.repo.remote_address import without_credentials
from providers.repo.working_tree import WorkingTree, walk
from wizard.errors import BlockedError
from wizard.model.repo_view import TEXT_LIMIT, RepoEntry, RepoView, Snapshot, as_text

_DEADLINE = 60.0


class SystemGit:
    """Implements the Repo port; every question is one run of git."""

    def __init__(self, folder: Path, git: str) -> None:
        self._folder = folder
        self._program = git

    async def head(self) -> str:
        """Full hash of the checked-out commit."""
        done = await self._git("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if done.code == 1 and not done.stderr.strip():
            raise no_commit(self._folder)
        return self._good(done).decode().strip()

    async def dirty(self) -> bool:
        """Whether tracked files differ from the checked-out commit."""
        await self.head()
        done = await self._git("status", "--porcelain", "-z", "--untracked-files=no")
        return bool(self._good(done))

    async def remotes(self) -> Mapping[str, str]:
        """Name of each remote → the address it fetches from; credentials taken out of it."""
        self._good(await self._git("rev-parse", "--git-dir"))
        done = await self._git("config", "-z", "--get-regexp", r"^remote\..*\.url$")
        found: dict[str, str] = {}
        for line in done.stdout.decode("utf-8", "replace").split("\0") if done.code == 0 else ():
            key, _, address = line.partition("\n")
            name = key.removeprefix("remote.").removesuffix(".url")
            if name and address:
                found.setdefault(name, without_credentials(address))
        return found

    async def has_commit(self, commit: str) -> bool:
        """Whether this commit is here, whole."""
        if not commit or commit.startswith("-"):
            return False
        done = await self._git("cat-file", "-e", f"{commit}^{{commit}}")
        if done.code != 0:
            self._good(await self._git("rev-parse", "--git-dir"))
        return done.code == 0

    async def read_file(self, commit: str, path: str) -> str | None:
        """A text file as of a commit; None when it is not there or no file."""
        if commit.startswith("-"):
            return None
        done = await self._git("cat-file", "blob", f"{commit}:{path}")
        if done.code != 0:
            self._good(await self._git("rev-parse", "--git-dir"))
            return None
        return done.stdout.decode("utf-8", "replace")

    async def list_files(self, commit: str) -> tuple[RepoEntry, ...]:
        """Every path of a commit below the folder, sorted; empty when it is not here."""
        return tuple(entry for entry, _ in await self._tree(commit))

    async def commit_view(self, commit: str) -> RepoView:
        """The files of a commit below the folder. Raises BlockedError when it is not here."""
        if not await self.has_commit(commit):
            raise not_here(commit)
        found = await self._tree(commit)
        wanted = [
            (entry.path, name)
            for entry, name in found
            if entry.kind == "file" and entry.size <= TEXT_LIMIT
        ]
        contents = await self._blobs([name for _, name in wanted])
        texts = {path: as_text(contents[name]) for path, name in wanted if name in contents}
        return Snapshot(
            (entry for entry, _ in found), {k: v for k, v in texts.items() if v is not None}
        )

    async def working_tree(self) -> RepoView:
        """The folder's files as they lie there; see the port."""
        try:
            done = await self._git(
                "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"
            )
            paths = self._good(done).decode("utf-8", "surrogateescape").split("\0")
        except BlockedError:
            paths = list(await asyncio.to_thread(lambda: list(walk(self._folder))))
        return await asyncio.to_thread(WorkingTree, self._folder, [p for p in paths if p])

    async def _tree(self, commit: str) -> list[tuple[RepoEntry, str]]:
        if not await self.has_commit(commit):
            return []
        listed = self._good(await self._git("ls-tree", "-r", "-z", "-l", commit))
        found = []
        for row in listed.decode("utf-8", "surrogateescape").split("\0"):
            facts, _, path = row.partition("\t")
            if path:
                mode, _kind, name, size = facts.split()
                found.append((entry_of(path, int(mode, 8), 0 if size == "-" else int(size)), name))
        return sorted(found, key=lambda pair: pair[0].path)

    async def _blobs(self, names: Sequence[str]) -> dict[str, bytes]:
        asked = "".join(f"{name}\n" for name in dict.fromkeys(names))
        done = await self._git("cat-file", "--batch", given=asked.encode())
        rest, found = memoryview(self._good(done)), {}
        while rest:
            head, _, _ = bytes(rest[:200]).partition(b"\n")
            words = head.decode().split()
            if len(words) != 3:
                break
            start, size = len(head) + 1, int(words[2])
            found[words[0]] = bytes(rest[start : start + size])
            rest = rest[start + size + 1 :]
        return found

    async def _git(self, *words: str, given: bytes = b"") -> Outcome:
        # Optional locks would write to the customer's index just for looking; a configured file
        # watcher would be a program of theirs that we start.
        settings = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        return await run(
            [self._program, "-C", self._folder, "-c", "core.fsmonitor=false", *words],
            env=environment(settings),
            stdin=given,
            deadline=_DEADLINE,
        )

    def _good(self, done: Outcome) -> bytes:
        if done.code != 0:
            raise no_repository(self._folder, done.stderr)
        return done.stdout

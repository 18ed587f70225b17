"""The local repository by the system's git program, read-only."""

from pathlib import Path

from providers.process import Outcome, environment, run
from providers.repo.errors import no_commit, no_repository

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

    async def _git(self, *words: str) -> Outcome:
        # Optional locks would write to the customer's index just for looking; a configured file
        # watcher would be a program of theirs that we start.
        settings = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        return await run(
            [self._program, "-C", self._folder, "-c", "core.fsmonitor=false", *words],
            env=environment(settings),
            deadline=_DEADLINE,
        )

    def _good(self, done: Outcome) -> bytes:
        if done.code != 0:
            raise no_repository(self._folder, done.stderr)
        return done.stdout

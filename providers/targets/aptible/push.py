"""Is a commit in the app's repository at Aptible, and how does it get there?

By the access token, as Aptible's own GitHub Action does: user root on a host of its own, the
account's SSH keys are not needed. The branch never deploys: only main, master and aptible-scan do.
"""

from collections.abc import Mapping
from pathlib import Path

from providers.repo import open_repo
from providers.ssh.git_remote import GitRemote, GitServer
from providers.targets.aptible.client import AptibleApi
from wizard.errors import BlockedError, OutsideError, UsageError
from wizard.model.target import TargetApp
from wizard.safety.consent import Consent, Level, require

HOST_VARIABLE, KEY_VARIABLE = "MOVEDAY_APTIBLE_GIT", "MOVEDAY_APTIBLE_GIT_HOST_KEY"
DEFAULT_HOST = "root@primetime.aptible.com:43022"
# Of the RSA key that aptible/aptible-deploy-action pins.
DEFAULT_HOST_KEY = "SHA256:eeXF1frurQxwxKOafbksbdM0lmQaTD7MaHI1+4Fyjqo"


def git_server(environ: Mapping[str, str]) -> GitServer:
    """Where to push: from the environment, else Aptible's. Raises UsageError for a wrong value."""
    try:
        return GitServer.parse(
            environ.get(HOST_VARIABLE) or DEFAULT_HOST,
            environ.get(KEY_VARIABLE) or DEFAULT_HOST_KEY,
        )
    except ValueError as error:
        raise UsageError(
            f"{HOST_VARIABLE} or {KEY_VARIABLE} cannot be used",
            str(error),
            "the first is user@host:port, the second a host key line or a SHA256 fingerprint",
        ) from error


def branch_for(commit: str) -> str:
    """The branch a commit is pushed to."""
    return f"moveday-{commit[:12]}"


class Push:
    """Pushes commits of one local repository."""

    def __init__(self, api: AptibleApi, server: GitServer, repository: Path) -> None:
        self._api = api
        self._server = server
        self._repository = repository

    async def pushed(self, app: TargetApp, commit: str) -> bool:
        """Whether some branch over there is at this commit."""
        return commit in (await self._remote(app).refs()).values()

    async def push(
        self, app: TargetApp, commit: str, consent: Consent, repository: Path | None = None
    ) -> None:
        """Push one commit; one that is there already is fine."""
        require(consent, Level.CHANGE_NEW_SIDE, f"push {commit[:12]} to {app.handle}")
        folder = repository or self._repository
        if not await open_repo(folder).has_commit(commit):
            raise BlockedError(
                f"the commit {commit[:12]} is not in this repository",
                str(folder),
                "fetch it (git fetch origin), or name another commit in moveday.yaml",
            )
        remote = self._remote(app)
        try:
            await remote.push(folder, commit, f"refs/heads/{branch_for(commit)}")
        except OutsideError:
            # The answer may be lost while the push took effect.
            if not await self._is_there(remote, commit):
                raise

    @staticmethod
    async def _is_there(remote: GitRemote, commit: str) -> bool:
        try:
            return commit in (await remote.refs()).values()
        except OutsideError:
            return False

    def _remote(self, app: TargetApp) -> GitRemote:
        _, colon, path = app.git_repo.rpartition(":")
        if not colon or not path:
            raise OutsideError(
                f"Aptible names no repository for {app.handle}",
                app.git_repo or "its field git_repo is empty",
                "push by hand, with the remote that the dashboard shows",
            )
        return GitRemote(self._server, path.lstrip("/"), self._api.token)

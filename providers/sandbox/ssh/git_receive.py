"""What happens to a git push? It is stored; on main or master it is deployed before it is taken."""

import asyncio
import os
import shlex
import shutil
import sys
from collections.abc import Sequence

import asyncssh

from providers.sandbox.aptible.hal import ApiError
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import App, Operation
from providers.sandbox.aptible.repositories import Repositories
from providers.sandbox.aptible.runner import Runner
from providers.sandbox.aptible.tokens import WRITE_SCOPES
from providers.sandbox.ssh.pkt_line import progress, read_until_flush, report, uses_side_band

_DEPLOYS = {
    "refs/heads/main": "deploy",
    "refs/heads/master": "deploy",
    "refs/heads/aptible-scan": "scan_code",
}
_CHUNK = 65536
_NO_APP = b"App not found or not accessible\n"


class GitReceiver:
    """Runs the real `git receive-pack` when there is a git, else dulwich's."""

    def __init__(self, platform: Platform, runner: Runner, repositories: Repositories) -> None:
        self._platform = platform
        self._runner = runner
        self._repositories = repositories

    async def serve(self, process: "asyncssh.SSHServerProcess[bytes]", user: str) -> None:
        """One session of `root` (judged by its token) or `git` (already judged by its key)."""
        words = shlex.split(process.command or "")
        if len(words) != 2 or words[0] != "git-receive-pack":
            process.stderr.write(b"Only pushes are served here\n")
            process.exit(128)
            return
        app = self._platform.state.app_by_path(words[1])
        if app is None or (user == "root" and not self._may_push(process)):
            process.stderr.write(_NO_APP)
            process.exit(1)
            return
        process.exit(await self._receive(process, app))

    def _may_push(self, process: "asyncssh.SSHServerProcess[bytes]") -> bool:
        try:
            token = self._platform.auth.tokens.judge(process.env.get("ACCESS_TOKEN", ""))
        except ApiError:
            return False
        return token.scope in WRITE_SCOPES

    async def _receive(self, process: "asyncssh.SSHServerProcess[bytes]", app: App) -> int:
        before = self._repositories.refs(app.id)
        child = await asyncio.create_subprocess_exec(
            *self._command(str(self._repositories.path(app.id))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(self._platform),
        )
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child has no pipes")
        feeding = asyncio.create_task(_feed(process, child.stdin))
        try:
            process.stdout.write(await read_until_flush(child.stdout))
            answer = await child.stdout.read()
            code = await child.wait()
        finally:
            feeding.cancel()
            if child.returncode is None:
                child.kill()
                await child.wait()
        changed = {
            ref: commit
            for ref, commit in self._repositories.refs(app.id).items()
            if before.get(ref) != commit
        }
        refused = await self._deploy(process, app, changed, uses_side_band(answer))
        for ref, commit in changed.items():
            if ref in refused:
                self._repositories.set_ref(app.id, ref, before.get(ref))
            else:
                branch = ref.removeprefix("refs/heads/")
                self._platform.note("git-push", app=app.handle, branch=branch, commit=commit)
        if refused:
            taken = [ref for ref in changed if ref not in refused]
            answer = report(taken, refused, side_band=uses_side_band(answer))
        process.stdout.write(answer)
        await process.stdout.drain()
        return code

    async def _deploy(
        self,
        process: "asyncssh.SSHServerProcess[bytes]",
        app: App,
        changed: dict[str, str],
        side_band: bool,
    ) -> dict[str, str]:
        refused: dict[str, str] = {}
        for ref, commit in changed.items():
            if ref not in _DEPLOYS:
                continue
            operation: Operation = self._runner.create(
                "apps",
                app.id,
                app.account_id,
                {"type": _DEPLOYS[ref], "git_ref": commit},
                f"apps-{app.id}",
            )
            async for line in self._runner.follow(operation):
                if side_band:
                    process.stdout.write(progress(line))
            if operation.status != "succeeded":
                refused[ref] = f"{operation.type} failed"
        return refused

    @staticmethod
    def _command(repository: str) -> Sequence[str]:
        git = shutil.which("git")
        if git is None:
            return [sys.executable, "-m", "providers.sandbox.ssh.receive_pack", repository]
        quiet = ["-c", "receive.autogc=false", "-c", "gc.auto=0", "-c", "safe.directory=*"]
        return [git, *quiet, "receive-pack", repository]


async def _feed(process: "asyncssh.SSHServerProcess[bytes]", stdin: asyncio.StreamWriter) -> None:
    try:
        while data := await process.stdin.read(_CHUNK):
            stdin.write(data)
            await stdin.drain()
    except (ConnectionError, asyncssh.Error):
        pass  # the child or the client went away; the exit code tells
    finally:
        stdin.close()


def _environment(platform: Platform) -> dict[str, str]:
    """Nothing of the person's own git configuration."""
    python_path = os.pathsep.join(path for path in sys.path if path)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(platform.folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONPATH": python_path,
    }

"""The web terminal into a running container: what a person types there, and what it prints.

Variables are shown as they were set, and paths as the container's own. A departure: `ps` and `df`
show this machine's, since containers have no view of their own here.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from providers.sandbox.apps.supervisor import Supervisor
from providers.sandbox.containers.root import ContainerRoot

_SECONDS = 20.0


async def typed(
    supervisor: Supervisor, folder: Path, env: Mapping[str, str], line: str
) -> tuple[int, str]:
    """Exit code and what `line` printed, in the container whose root is `folder`."""
    root = ContainerRoot(folder)
    own = {**env, "PATH": os.environ.get("PATH", os.defpath)}
    code, printed = await supervisor.run_once(
        root.rewritten(f"exec 2>&1\n{line}"), own, folder, timeout=_SECONDS
    )
    return code, printed.decode(errors="replace").replace(str(folder), "")

"""What is known beside the repository: from the live app and the plan. Names, never values."""

from wizard.model.frozen import Frozen
from wizard.model.plan import Job


class Known(Frozen):
    """`processes`: type → deployed command; `buildpacks` in order; `variables`: names only."""

    processes: dict[str, str] = {}
    buildpacks: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    stack: str = ""
    jobs: tuple[Job, ...] = ()
    port: int = 3000

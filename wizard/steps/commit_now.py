"""The commit to deploy as it is now, and what its repository holds of the files."""

from wizard.errors import BlockedError, MovedayError
from wizard.model.inventory import Inventory
from wizard.model.plan import Plan
from wizard.ports.repo import Repo
from wizard.rules.commit import commit_to_deploy, tells_no_commit
from wizard.steps.files_commit import WANTED, FilesFound, look_at_commit


async def head_for(repo: Repo, plan: Plan, inventory: Inventory | None) -> str:
    """The commit that is checked out, where it is what is deployed; "" where another one is."""
    if plan.commit or not tells_no_commit(inventory):
        return ""
    return await repo.head()


async def commit_now(repo: Repo, plan: Plan, inventory: Inventory | None) -> str:
    """The commit to deploy; "" when it is not known. Raises BlockedError when there is none yet."""
    return commit_to_deploy(plan, inventory, await head_for(repo, plan, inventory))


async def look_now(repo: Repo, plan: Plan, inventory: Inventory | None) -> FilesFound:
    """What the commit to deploy holds. Raises BlockedError when it is not here.

    A folder without a commit holds nothing, where the source tells none: the files are proposed
    first.
    """
    try:
        head = await head_for(repo, plan, inventory)
    except MovedayError as error:
        if not isinstance(error, BlockedError) and not tells_no_commit(inventory):
            raise
        why = f"{error.title}: git init, write the files, git add and git commit them"
        return FilesFound(commit="", found=(), missing=WANTED, notes=(why,))
    return await look_at_commit(repo, commit_to_deploy(plan, inventory, head), checked_out=head)

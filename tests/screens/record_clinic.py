"""Records the clinic's way from plan to files: `python -m tests.screens.record_clinic`.

Takes a minute. As any recording, it holds no path of this machine and no secret.
"""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from tests.journeys.sandbox_process import environ_for, run_sandbox
from tests.screens.record import files, opened, refuse
from tests.screens.recorder import Person, Recorder
from tests.screens.replay import CLINIC, RECORDINGS
from wizard.steps import INVENTORY, MAPPING, PLAN, SIGN_IN
from wizard.steps.mapping_decisions import answer_open, give

GIVEN = "session-key-of-the-clinic-4711"
ANSWERS = {
    "volume/portal_uploads": "cache",
    "registry/registry.example.net": "public",
    "residency/canadacentral": "may-move",
    "variable/SESSION_KEY": "give",
    "partners": "none",
    "entrypoint/portal": "none",
    "user/portal": "root",
}


async def record_clinic() -> None:
    """Plan, sign-in, inventory, an open mapping and a settled one, files proposed and written."""
    with tempfile.TemporaryDirectory() as temporary:
        scenario = ("--scenario", "northside-clinic", "--no-visitors")
        with run_sandbox(Path(temporary), *scenario) as sandbox:
            os.environ.update(environ_for(sandbox))
            app = sandbox.checkout("app")
            plan = app / "moveday.yaml"
            before = Path(temporary) / "before"
            shutil.copytree(app, before, ignore=shutil.ignore_patterns(".git", ".moveday"))
            plan.write_text(plan.read_text().partition("variables:\n")[0])
            record, person = Recorder(app, Path(temporary) / "kept"), Person(ANSWERS)
            record.begin()
            async with opened(sandbox, record, person) as session:
                for step in (PLAN, SIGN_IN, INVENTORY, MAPPING):
                    await record.after(step.run(session))
                await record.after(answer_open(session))
                await record.after(give("SESSION_KEY", GIVEN)(session))
                await files(session, record)
            record.finish(person.heard)
            record.keep_app(before)
            secrets = {
                name: sandbox.environ[name]
                for name in ("APTIBLE_ACCESS_TOKEN", "MEDSTACK_TOKEN_KEY", "MEDSTACK_TOKEN_VALUE")
            }
        refuse(record.place, secrets | {"given": GIVEN}, temporary)
        shutil.rmtree(RECORDINGS / CLINIC, ignore_errors=True)
        shutil.copytree(record.place, RECORDINGS / CLINIC)


if __name__ == "__main__":
    asyncio.run(record_clinic())

"""The forms in which a job is started say the same, and no form loses a sign of it."""

import subprocess

import pytest
import yaml

from providers.databases.postgres.job.script import script
from wizard.generate.source_job import one_line, packed, service
from wizard.model.source_job import JobOrder, KeptSecret

ORDER = JobOrder(
    kind="copy",
    job="a1b2c3",
    major=16,
    source=KeptSecret(file="/run/secrets/database_url"),
    target=KeptSecret(variable="NEW_URL"),
)
TEXT = "printf '%s' \"$0 ${HOME:+set} $(echo é)\"\n\n  # a comment: with - signs\nexit 7\n"


def test_the_line_is_the_program() -> None:
    done = subprocess.run(["sh", "-c", one_line(TEXT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (7, "sh set é")


def test_the_service_runs_once_with_its_secrets() -> None:
    read = yaml.safe_load(service(TEXT, ORDER))
    found = read["services"]["moveday-copy"]
    assert found["command"] == ["sh", "-c", TEXT.replace("$", "$$")]
    assert (found["image"], found["restart"]) == ("postgres:16", "no")
    assert found["deploy"] == {"replicas": 1, "restart_policy": {"condition": "none"}}
    assert found["secrets"] == ["database_url"]
    assert found["environment"] == ["NEW_URL"]
    assert read["secrets"] == {"database_url": {"external": True}}


@pytest.mark.parametrize("form", ["line", "service"])
def test_a_whole_job_survives_its_form(form: str) -> None:
    whole = script(ORDER)
    # What one word of a command may be on Linux.
    assert len(one_line(whole)) < len(whole) < 128 * 1024
    if form == "service":
        command = yaml.safe_load(service(whole, ORDER))["services"]["moveday-copy"]["command"]
        assert command[2].replace("$$", "$") == whole
    assert subprocess.run(["sh", "-n"], input=whole, text=True, check=False).returncode == 0


def test_a_job_that_serves_is_packed_and_started_again() -> None:
    order = ORDER.model_copy(update={"kind": "serve", "queries": ("SELECT 'it''s $HOME' LIMIT 1",)})
    whole = script(order)
    assert len(packed(whole)) < 100 * 1024
    found = yaml.safe_load(service(whole, order))["services"]["moveday-serve"]
    assert found["command"][2].replace("$$", "$") == f"{packed(whole)}\n"
    assert found["restart"] == "unless-stopped"
    assert found["deploy"]["restart_policy"] == {"condition": "any"}
    assert subprocess.run(["sh", "-n"], input=whole, text=True, check=False).returncode == 0

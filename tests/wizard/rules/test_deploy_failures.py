"""What the usual failures' logs are explained as; and that an unknown log stays unexplained."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.rules.deploy_failures import FAILURES, explain
from wizard.rules.docker_steps import failed_step

GOLDEN = {
    "DF01": "ERROR -- : No Dockerfile found in the root of the repository",
    "DF02": "Step 1/7 : FROM python:3.12\ntoomanyrequests: You have reached your pull rate limit.",
    "DF03": "Step 1/7 : FROM ruby:2.5-slim\nmanifest for ruby:2.5-slim not found: manifest unknown",
    "DF04": "Step 2/7 : RUN apt-get install libpq5\nE: Unable to locate package libpq5",
    "DF05": "Step 3/7 : COPY . .\nwrite /app/dump.sql: no space left on device",
    "DF06": "remote: App not found or not accessible",
    "DF07": "git@beta.example.test: Permission denied (publickey).",
    "DF08": " ! [remote rejected] HEAD -> moveday-1 (pre-receive hook declined)",
    "DF09": "Traceback\nrelation visits exists\nERROR -- : before_release exited with 1: migrate",
    "DF10": "Step 5/8 : RUN npm run build\nFATAL ERROR: JavaScript heap out of memory",
    "DF11": "web: exec /usr/bin/node: exec format error",
    "DF12": "ERROR -- : No CMD or Procfile in the image",
    "DF13": "ERROR -- : Cannot read .aptible.yml",
    "DF14": "ERROR -- : No answer on container port 3000 (PORT is not set in the containers)",
    "DF15": "web started\nERROR -- : HTTP health check failed",
    "DF16": "Service web is scaled to zero containers; scale it up first",
    "DF17": "Disk limit of your plan reached: 20 GB",
    "DF18": "This environment is not activated",
    "DF19": "ERROR -- : The database could not be provisioned",
    "DF20": "Could not find git ref abc: was it pushed?",
    "DF21": "Step 4/9 : RUN make assets\nmake: *** [assets] Error 2\n"
    "The command '/bin/sh -c make assets' returned a non-zero code: 2",
    "DF22": "ERROR -- : the build timed out after 30 minutes",
    "DF23": "The containers of service worker did not start: no such file",
}


@pytest.mark.parametrize("rule", GOLDEN)
def test_a_usual_failure_is_explained(rule: str) -> None:
    found = explain(f"INFO -- : deploy #12 started\n{GOLDEN[rule]}\nINFO -- : deploy #12 failed")
    assert found is not None
    assert found.rule == rule
    assert found.what and found.why and found.todo
    assert not re.search(r"[{}]", found.what + found.todo)


def test_every_rule_has_a_golden_log_and_an_id_of_its_own() -> None:
    assert [failure.id for failure in FAILURES] == sorted(GOLDEN)


def test_the_dockerfile_line_is_named_in_both_builders_styles() -> None:
    classic = explain(GOLDEN["DF21"])
    assert classic is not None and "RUN make assets" in classic.todo
    assert "exit code 2" in classic.what
    kit = (
        "#9 [build 4/6] RUN npm ci\n#9 12.1 npm ERR! missing lock\n"
        "  10 |     COPY package.json .\n  11 | >>> RUN npm ci\n"
        'ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully:'
        " exit code: 1"
    )
    assert failed_step(kit) == "line 11 of the Dockerfile, RUN npm ci"
    assert failed_step("#9 [build 4/6] RUN npm ci\n#9 1.0 npm ERR!") == "RUN npm ci"
    assert failed_step("Step 1/1 : RUN true\nSuccessfully built 12ab") == ""


def test_the_base_image_is_named() -> None:
    found = explain(GOLDEN["DF03"])
    assert found is not None and "ruby:2.5-slim" in found.what


def test_an_unknown_log_and_an_empty_one_are_not_explained() -> None:
    assert explain("") is None
    assert explain("INFO -- : something new happened\nERROR -- : E4711") is None


def test_what_was_survived_far_above_is_not_the_reason() -> None:
    log = "retrying: toomanyrequests\n" + "line\n" * 40 + "ERROR -- : No CMD or Procfile in it"
    found = explain(log)
    assert found is not None and found.rule == "DF12"


@given(st.text(max_size=400))
def test_any_text_is_survived(text: str) -> None:
    found = explain(f"image: {text} manifest for {text} not found")
    assert found is None or found.rule

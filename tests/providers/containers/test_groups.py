"""Which services are one app: those of one image, unless a person splits them by a label."""

from pathlib import Path

import pytest

from providers.containers.facts import inventory
from providers.containers.inputs import read_inputs
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import UsageError

CLINIC = """\
services:
  portal: {image: "x/portal:1", ports: ["80:8000"]}
  worker: {image: "x/portal:1", command: work}
  scheduler: {image: "x/portal:1", command: tick, labels: {moveday.app: LABEL}}
  other: {image: "x/other:1"}
"""


def _apps(folder: Path, label: str) -> dict[str, tuple[str, ...]]:
    path = folder / "compose.yaml"
    path.write_text(CLINIC.replace("LABEL", label))
    inputs = read_inputs((path,), folder, ())
    assert inputs.written is not None
    found, _ = inventory(inputs.written, inputs.disk, SYSTEM_CLOCK, None, inputs.active, "compose")
    return {app.name: app.processes for app in found.apps}


def test_a_label_makes_an_app_of_its_own(tmp_path: Path) -> None:
    assert _apps(tmp_path, "nightly") == {
        "portal": ("portal", "worker"),
        "nightly": ("scheduler",),
        "other": ("other",),
    }


def test_a_label_that_names_the_app_it_is_in_changes_nothing(tmp_path: Path) -> None:
    apps = _apps(tmp_path, "portal")
    assert apps == {"portal": ("portal", "worker", "scheduler"), "other": ("other",)}


@pytest.mark.parametrize(
    ("label", "words"), [("other", "another image"), ('"Not a name"', "no name of an app")]
)
def test_what_cannot_be_is_said_with_its_line(tmp_path: Path, label: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        _apps(tmp_path, label)
    assert words in str(caught.value) and "compose.yaml" in str(caught.value)

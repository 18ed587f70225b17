"""Which process users reach, by what is told of it."""

from tests.wizard.clinic import portal
from wizard.model.containers import Entry
from wizard.rules.serving import serving_process


def test_names_go_before_ports_and_ports_before_the_only_one() -> None:
    found, _ = portal()
    entry = Entry(process="worker", app="portal", port=9000, where="t")
    assert serving_process(found.model_copy(update={"entries": (entry,)})) == "portal"
    unnamed = found.model_copy(update={"domains": (), "entries": (entry,)})
    assert serving_process(unnamed) == "worker"
    nobody = found.model_copy(update={"domains": (), "entries": ()})
    assert serving_process(nobody) == "web"
    alone = nobody.model_copy(update={"processes": found.processes[:1]})
    assert serving_process(alone) == "portal"

"""A running stack, as docker prints it, becomes the same facts and the same mapping as its file."""

import json
from pathlib import Path

from tests.wizard.formats.swarm_listing import CLINIC, PLANTED
from wizard.__main__ import look_at_files
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.rules.pricing import completed
from wizard.rules.project_mapping import map_project


def looked(folder: Path, *files: Path) -> tuple[Inventory, Mapping]:
    found = look_at_files("compose", folder, files, ())
    rates = completed(None, "no account")
    return found.inventory, map_project(found.inventory, found.values, found.by_hand, rates, {})


def becomes(mapping: Mapping, group: str) -> dict[str, tuple[str, str]]:
    return {i.name: (i.becomes, i.because) for i in mapping.items if i.group == group}


def test_a_listing_of_services_is_mapped_as_a_file_is(tmp_path: Path) -> None:
    listing = tmp_path / "anything.txt"
    listing.write_text(json.dumps(CLINIC, indent=4))
    found, mapping = looked(tmp_path, listing)
    assert found.app == "clinic"
    assert {a.name: a.processes for a in found.apps} == {
        "web": ("web", "worker", "beat"),
        "syslog": ("syslog",),
    }
    assert becomes(mapping, "processes") == {
        "web": ("service", "P4"),
        "worker": ("service", "P10"),
        "beat": ("service", "P11"),
        "syslog": ("service", "P5"),
        "proxy": ("replaced", "B5"),
    }
    assert becomes(mapping, "databases") == {"db": ("database", "D4"), "cache": ("database", "D5")}
    assert [(d.hostname, d.process, d.port) for d in found.domains] == [
        ("clinic.example.com", "web", 8000),
        ("logs.example.com", "syslog", 514),
    ]
    assert becomes(mapping, "ports")["syslog 514/udp"] == ("blocked", "E2")
    hosts = becomes(mapping, "hosts")
    assert hosts["DATABASE_URL → db"] == ("rewritten", "H1")
    assert hosts["REDIS_HOST → cache"] == ("rewritten", "H1")
    assert hosts["API → web"] == ("rewritten", "H2")
    assert becomes(mapping, "files") == {"session": ("open", "S1"), "nginx": ("open", "S3")}
    assert becomes(mapping, "volumes")["uploads"] == ("open", "W1")
    assert becomes(mapping, "platform")["cpus of web"] == ("not carried over", "B12")
    assert becomes(mapping, "platform")["placement of web"] == ("not carried over", "B3")
    assert {q.question.id for q in mapping.questions} >= {"volume/uploads", "secret/session"}
    assert PLANTED not in found.model_dump_json() + mapping.model_dump_json()

"""What becomes of process types: services, a hook, counts and sizes, each because of a rule."""

import pytest

from tests.wizard.rules.test_variables import inventory, plan
from wizard.model.inventory import Process
from wizard.model.plan import ProcessChoice
from wizard.rules.processes import (
    RULES,
    SIZES_MB,
    ProcessDecision,
    container_mb,
    decide_processes,
    is_singleton,
)


def process(
    name: str, quantity: int = 1, memory: int | None = 512, command: str = "run"
) -> Process:
    return Process(
        name=name, command=command, quantity=quantity, size="Size", memory_mb=memory, where="t"
    )


def decide(*processes: Process, **choices: ProcessChoice) -> dict[str, ProcessDecision]:
    app = inventory().model_copy(update={"processes": processes})
    return {d.name: d for d in decide_processes(app, plan(processes=choices))}


def test_an_app_of_every_kind() -> None:
    found = decide(
        process("web", 2, 1024),
        process("worker", 3, 2560),
        process("clock", 2),
        process("release", 0, None, "rake db:migrate"),
        process("old", 0),
        process("odd", 1, None),
        process("console", 0),
        process("mailer", 1, 512),
        mailer=ProcessChoice(count=4, memory_mb=7168),
    )
    assert {n: (d.action, d.count, d.memory_mb, d.because) for n, d in found.items()} == {
        "web": ("service", 2, 1024, "P4"),
        "worker": ("service", 3, 4096, "P4"),
        "clock": ("service", 1, 512, "P3"),
        "release": ("hook", 0, 0, "P1"),
        "old": ("service", 0, 512, "P6"),
        "odd": ("service", 1, 1024, "P5"),
        "console": ("leave-out", 0, 0, "P7"),
        "mailer": ("service", 4, 7168, "P2"),
    }
    assert found["release"].command == "rake db:migrate"
    assert {d.because for d in found.values()} <= set(RULES)


def test_release_is_a_hook_even_when_the_plan_names_it() -> None:
    assert decide(process("release"), release=ProcessChoice(count=1))["release"].action == "hook"


def test_a_doubled_clock_in_the_plan_is_pointed_out() -> None:
    found = decide(process("clock"), clock=ProcessChoice(count=2))["clock"]
    assert found.count == 2
    assert "must not run twice" in found.reason


@pytest.mark.parametrize(
    ("name", "command", "single"),
    [
        ("clock", "exec python clock.py", True),
        ("worker-beat", "x", True),
        ("scheduler", "x", True),
        ("beat", "celery -A app beat", True),
        ("jobs", "bundle exec clockwork clock.rb", True),
        ("cron", "supercronic /crontab", True),
        ("worker", "celery -A app worker", False),
        ("web", "python clock.py", False),
        ("heartbeats", "x", False),
        ("o-clockwise", "x", False),
    ],
)
def test_singletons(name: str, command: str, single: bool) -> None:
    assert is_singleton(process(name, command=command)) is single


def test_sizes() -> None:
    assert [container_mb(mb) for mb in (None, 1, 512, 513, 14336, 129024, 10**9)] == [
        1024,
        512,
        512,
        1024,
        15360,
        153600,
        SIZES_MB[-1],
    ]


def test_more_containers_than_aptible_takes() -> None:
    found = decide(process("worker", 40))["worker"]
    assert found.count == 32
    assert "40 on the source" in found.reason

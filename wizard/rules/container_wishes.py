"""What services ask of their platform: carried over, not carried over, or in the way."""

from collections.abc import Iterator

from wizard.model.containers import PlatformWish
from wizard.model.mapping import Becomes, Group, MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts

RULES = {
    "B1": "rights over the machine that no container of Aptible has",
    "B2": "a graphics card: Aptible has none",
    "B3": "nodes cannot be chosen on Aptible",
    "B4": "networks of the platform: services of a stack reach each other by endpoints",
    "B5": "a proxy in front: endpoints of the new side take its place",
    "B6": "certificates: managed TLS of the endpoints takes its place",
    "B7": "a tool beside the app, for developers and operators",
    "B8": "started only when its profile is chosen",
    "B9": "logs go where a log drain of the new environment sends them",
    "B10": "a setting of the container engine without a counterpart",
    "B11": "Aptible runs x86-64 images: one for another kind of processor has to be built anew",
    "B13": "a mail relay: from Aptible, mail goes out through a mail provider",
    "B14": "a person says that it is not needed",
    "B15": "a proxy leads to several services below one name: an endpoint leads to one",
    "B18": "a tool that steers the container engine, as nothing on Aptible can",
    "B17": "files that a proxy serves itself: an endpoint serves none",
    "B16": "what stands behind it speaks no HTTP, and an endpoint speaks nothing else: the web"
    " server and the app belong into one container",
    "B12": "CPU comes with a container's memory and profile: it is not set by itself",
}
_BLOCKED: tuple[Becomes, str] = (
    "blocked",
    "leave the service out, or change it so that it can do without",
)
_OWN = frozenset({"proxy", "gateway", "tls", "tool", "engine", "mail", "none", "profile"})
"""Wishes that are the service itself."""
_LEFT: tuple[Becomes, str] = ("not carried over", "nothing: look whether the app can do without")
_Fate = tuple[str, Becomes, str]
_WORDS: dict[str, _Fate] = {
    "privileged": ("B1", *_BLOCKED),
    "devices": ("B1", *_BLOCKED),
    "pid": ("B1", *_BLOCKED),
    "ipc": ("B1", *_BLOCKED),
    "cap_add": ("B1", *_BLOCKED),
    "network_mode": ("B1", *_BLOCKED),
    "gpus": ("B2", *_BLOCKED),
    "runtime": ("B10", *_LEFT),
    "placement": ("B3", "not carried over", "nothing: a service's containers spread over zones"),
    "networks": ("B4", "not carried over", "the stack's own network"),
    "proxy": ("B5", "replaced", "HTTPS endpoints; rules of its own are set there or in the app"),
    "gateway": (
        "B16",
        "blocked",
        "one image with the app, this web server and its configuration, or one of the app that has"
        " a web server of its own; then look again",
    ),
    "tls": ("B6", "replaced", "managed TLS"),
    "mail": (
        "B13",
        "replaced",
        "a mail provider: its SMTP host, port, user and password in the app's variables",
    ),
    "none": ("B14", "dropped", "nothing"),
    "tool": ("B7", "not carried over", "leave it out, or deploy it as an app of its own later"),
    "engine": (
        "B18",
        "not carried over",
        "nothing: Aptible starts again what ends, and deploys are yours to begin",
    ),
    "profile": ("B8", "not carried over", "look again with --profile NAME to carry it over"),
    "logging": ("B9", "replaced", "a log drain"),
    "pids": ("B10", *_LEFT),
    "cpus": ("B12", "not carried over", "the container's size and profile"),
    "platform": ("B11", "not carried over", "an image for linux/amd64"),
}


def wish_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per wish."""
    for wish in facts.inventory.wishes:
        yield _in_front(facts, wish) if wish.kind in ("paths", "serves") else _wish(wish)


def _in_front(facts: MappingFacts, wish: PlatformWish) -> MappedItem:
    """A proxy that serves files, or that several services stand behind, each below own paths."""
    identity = f"proxy/{wish.process.replace(' ', '-')}"
    named = wish.process if " " not in wish.process else "a service that is this proxy"
    ways, _, files = wish.value.partition("files of ")
    keep = f"give {named} the label moveday.role: app, and look again: an app with an endpoint"
    keep += "; what it shares with others goes into its image or an object store" if files else ""
    split = "a host name and an endpoint for each; the app and its visitors have to use them"
    drop = "an endpoint leads past it"
    elsewhere = f"; the app or an object store serves {files.removesuffix(' by itself')}"
    other = "split" if wish.kind == "paths" else "drop"
    outcomes = {
        "keep": keep,
        other: (split if other == "split" else drop) + (elsewhere if files else ""),
    }
    fates: dict[str, tuple[Becomes, str]] = {
        "keep": ("blocked", keep),
        other: ("replaced", outcomes[other]),
    }
    answer = facts.answers.get(identity, "")
    endpoints = "an endpoint each" if other == "split" else "an endpoint that leads past it"
    becomes, target = fates.get(answer, ("open", f"an app with one endpoint, or {endpoints}"))
    rule = "B15" if other == "split" else "B17"
    question = Question(
        id=identity,
        text=f"Does {wish.process} stay in front of {_services(ways)}?"
        if other == "split"
        else f"Does {wish.process} stay, which serves {wish.value}?",
        why=(
            f"it leads there by path ({wish.value}), and one name's endpoint leads to one service"
            if other == "split"
            else RULES[rule]
        )
        + f"; “keep”: {keep}",
        kind="choice",
        choices=("keep", other),
        flag=f"--answers FILE ({identity})",
        outcomes=outcomes,
    )
    return MappedItem(
        group="processes",
        name=wish.process,
        today=wish.value,
        becomes=becomes,
        target=target,
        because=rule,
        reason=RULES[rule],
        question=question if becomes == "open" else None,
    )


def _services(ways: str) -> str:
    """The services in the words of a look: `/api → api, / → web`."""
    *first, last = [part.rpartition("→ ")[2] for part in ways.split(", ") if "→" in part]
    return f"{', '.join(first)} and {last}" if first else last


def _wish(wish: PlatformWish) -> MappedItem:
    fate: _Fate = _WORDS.get(wish.kind, ("B10", *_LEFT))
    rule, becomes, target = fate
    value = wish.value
    if wish.kind == "network_mode" and value != "host":
        rule, becomes, target = ("B10", *_LEFT)
    if wish.kind in ("pid", "ipc") and value not in ("", "host"):
        rule, becomes, target = ("B10", *_LEFT)
    if wish.kind == "platform" and "amd64" in value:
        rule, becomes, target = "B11", "dropped", "nothing: that is what Aptible runs"
    if wish.kind == "runtime" and value == "nvidia":
        rule, becomes, target = ("B2", *_BLOCKED)
    if wish.kind in ("user", "working_dir", "stop_signal"):
        target = "lines of the Dockerfile: USER, WORKDIR, STOPSIGNAL"
    if wish.kind == "stop_grace_period":
        target = "the service's stop timeout"
    own = wish.kind in _OWN
    group: Group = "processes" if own else "logs" if wish.kind == "logging" else "platform"
    subject = (
        wish.process if own else f"{wish.kind} of {wish.process}" if wish.process else wish.kind
    )
    return MappedItem(
        group=group,
        name=subject,
        today=value or "set",
        becomes=becomes,
        target=target,
        because=rule,
        reason=RULES[rule],
    )

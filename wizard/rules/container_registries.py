"""Registries of images that exist: does Aptible get in, and with whose password?

Aptible keeps a registry's user and password in sensitive settings of the app (its documentation and
command line). Which registries are public as a whole is their owners' own word.
"""

import re
from collections.abc import Iterator, Mapping

from wizard.formats.image_name import DOCKER_HUB, read_image
from wizard.model.containers import AppGroup
from wizard.model.mapping import MappedItem
from wizard.model.question import Question
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.variable_mapping import value_question

RULES = {
    "R1": "everybody may pull from this registry",
    "R2": "this registry has public and closed images: moveday files --check asks it",
    "R3": "whether this registry lets in anybody is not known: a person says",
    "R4": "it wants a user and a password, which Aptible keeps for the app",
}
SETTINGS = ("APTIBLE_PRIVATE_REGISTRY_USERNAME", "APTIBLE_PRIVATE_REGISTRY_PASSWORD")
PRIVATE = "private"
_PUBLIC = frozenset(
    {
        *("mcr.microsoft.com", "public.ecr.aws", "registry.k8s.io", "docker.elastic.co"),
        *("registry.access.redhat.com", "docker.redpanda.com", "lscr.io", "cr.weaviate.io"),
    }
)
_MIXED = frozenset(
    {DOCKER_HUB, "ghcr.io", "quay.io", "gcr.io", "registry.gitlab.com", "codeberg.org"}
)
_SHORT_LIVED = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com")


def registry_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per registry that apps with an image of their own are pulled from."""
    found: dict[str, list[AppGroup]] = {}
    for app in facts.inventory.apps:
        image = app.image if app.known else facts.answers.get(f"image/{app.name}", "")
        if image and not app.build and "$" not in image:
            found.setdefault(read_image(image).registry, []).append(app)
    for registry, apps in found.items():
        yield _registry(facts, registry, apps)
        if facts.planned and facts.answers.get(f"registry/{registry}") == PRIVATE:
            yield from _login(facts, registry)


def wants_login(answers: Mapping[str, str]) -> bool:
    """Whether a person said that a registry lets in nobody without a user and password."""
    return any(
        name.startswith("registry/") and answer == PRIVATE for name, answer in answers.items()
    )


def _login(facts: MappingFacts, registry: str) -> Iterator[MappedItem]:
    """User and password: values that only a person can give, sent with the deploy."""
    for name in SETTINGS:
        there = name in facts.given or name in facts.on_target
        yield MappedItem(
            group="apps",
            name=name,
            app=facts.inventory.app,
            today=f"known to {registry}",
            becomes="given by a person" if there else "open",
            target="a sensitive setting of the app, sent with the deploy",
            because="R4",
            reason=RULES["R4"],
            question=None if there else value_question(name, f"{registry} lets in nobody without"),
        )


def _registry(facts: MappingFacts, registry: str, apps: list[AppGroup]) -> MappedItem:
    identity = f"registry/{registry}"
    answer = facts.answers.get(identity, "")
    names = ", ".join(app.name for app in apps)
    item = MappedItem(
        group="apps",
        name=f"registry {registry}",
        today=f"has the images of {names}",
        becomes="kept",
        target="pulled without a password",
        because="R1",
        reason=RULES["R1"],
    )
    if registry in _PUBLIC or answer == "public":
        return item
    if registry in _MIXED and not answer:
        return item.model_copy(update={"because": "R2", "reason": RULES["R2"]})
    target = f"the sensitive settings {' and '.join(SETTINGS)} of {names}"
    short = (
        "; its passwords hold for 12 hours, so every deploy needs a fresh one"
        if _SHORT_LIVED.fullmatch(registry)
        else ""
    )
    update = {"becomes": "given by a person", "target": target, "because": "R4"}
    item = item.model_copy(update={**update, "reason": f"{RULES['R4']}{short}"})
    if answer == PRIVATE:
        return item
    question = Question(
        id=identity,
        text=f"Does {registry} let in anybody who pulls, or with a user and password only?",
        why=f"Aptible pulls the images of {names} at every deploy{short}; user and password are"
        " asked at the deploy, and go to Aptible's settings of the app only",
        kind="choice",
        choices=(PRIVATE, "public"),
        flag=f"--answers FILE ({identity})",
        outcomes={PRIVATE: target, "public": "pulled without a password"},
    )
    update = {"becomes": "open", "because": "R3", "reason": RULES["R3"]}
    return item.model_copy(update={**update, "question": question})

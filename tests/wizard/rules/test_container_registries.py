"""Where do images come from, and does it want a password? The parts of a reference decide."""

import pytest

from tests.wizard.rules.mapping_examples import mapped, whole_app
from wizard.formats.image_name import read_image
from wizard.model.containers import AppGroup
from wizard.model.mapping import MappedItem

DIGEST = f"sha256:{'ab' * 32}"


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("postgres", ("docker.io", "library/postgres", "", "")),
        ("docker.io/postgres:16", ("docker.io", "library/postgres", "16", "")),
        ("team/app:1.2", ("docker.io", "team/app", "1.2", "")),
        ("ghcr.io/team/app", ("ghcr.io", "team/app", "", "")),
        ("Registry.example.net:5000/a/b/c:1", ("registry.example.net:5000", "a/b/c", "1", "")),
        ("localhost/app", ("localhost", "app", "", "")),
        (f"r.example.net/app:1@{DIGEST}", ("r.example.net", "app", "1", DIGEST)),
    ],
)
def test_the_parts_of_a_reference(image: str, parts: tuple[str, ...]) -> None:
    name = read_image(image)
    assert (name.registry, name.repository, name.tag, name.digest) == parts


def registry(image: str, **answers: str) -> MappedItem:
    app = AppGroup(name="web", image=image, processes=("web",), where="c.yaml:1")
    found = whole_app().model_copy(update={"apps": (app,)})
    given = {name.replace("__", "/"): answer for name, answer in answers.items()}
    items = mapped(found, answers=given).items
    return next(item for item in items if item.name.startswith("registry "))


@pytest.mark.parametrize(
    ("image", "becomes", "because"),
    [
        ("mcr.microsoft.com/dotnet/aspnet:9.0", "kept", "R1"),
        ("team/app:1", "kept", "R2"),
        ("registry.example.net/app:1", "open", "R3"),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1", "open", "R3"),
    ],
)
def test_a_registry_is_public_mixed_or_asked_about(image: str, becomes: str, because: str) -> None:
    item = registry(image)
    assert (item.becomes, item.because) == (becomes, because)
    assert (item.question is not None) == (becomes == "open")


def test_answers_say_whether_it_wants_a_password() -> None:
    private = registry("r.example.net/app:1", **{"registry__r.example.net": "private"})
    assert (private.becomes, private.because) == ("given by a person", "R4")
    assert "APTIBLE_PRIVATE_REGISTRY_PASSWORD of web" in private.target
    public = registry("r.example.net/app:1", **{"registry__r.example.net": "public"})
    assert (public.becomes, public.question) == ("kept", None)
    closed = registry("team/app:1", **{"registry__docker.io": "private"})
    assert closed.because == "R4"


def test_passwords_that_end_within_a_day_are_named() -> None:
    question = registry("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1").question
    assert question is not None
    assert "12 hours" in question.why

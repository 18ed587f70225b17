"""Can the images of a project be pulled, and do they run where Aptible runs them?

The registries are asked, no container engine is needed. First without a password; one that is given
goes to the one registry that wants it, never to several.
"""

import json
import shlex
import time
from collections.abc import Callable, Mapping, Sequence

from wizard.errors import OutsideError, UsageError
from wizard.formats.image_name import read_image
from wizard.model.containers import AppGroup
from wizard.model.file_checks import FileCheck, FilesChecked
from wizard.model.inventory import Inventory
from wizard.model.remote_image import RegistryLogin, RemoteImage
from wizard.ports.registry import PullRefused, Registry
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR
from wizard.steps.files_bench import Say, check

USER, PASSWORD = "APTIBLE_PRIVATE_REGISTRY_USERNAME", "APTIBLE_PRIVATE_REGISTRY_PASSWORD"
"""Aptible's own names for what it keeps in an app's sensitive settings."""
_ASKED = "the registries were asked, without an engine; nothing was kept"
_TOLD = 400
OnTold = Callable[[AppGroup, RemoteImage], None]


async def check_images(
    found: Inventory,
    answers: Mapping[str, str],
    registry: Registry,
    login: RegistryLogin | None,
    say: Say,
    on_told: OnTold | None = None,
) -> FilesChecked:
    """Three checks per app whose image exists; "not checked" where its registry does not answer.

    `on_told` hears of each image that can be pulled.
    """
    began = time.monotonic()
    if login is not None:
        REDACTOR.learn(login.password.get_secret_value())
    seen: dict[str, RemoteImage | OutsideError] = {}
    images = {app.name: _image(app, answers) for app in found.apps if not app.build}
    for image in dict.fromkeys(image for image in images.values() if image):
        say(f"asking {read_image(image).registry} for {clean(image, 200)}")
        seen[image] = await _look(registry, image, None)
    closed = [image for image, told in seen.items() if _wants_login(told)]
    hosts = list(dict.fromkeys(read_image(image).registry for image in closed))
    if login is not None and len(hosts) == 1:
        for image in closed:
            seen[image] = await _look(registry, image, login)
    checks: list[FileCheck] = []
    for app in found.apps:
        if app.name in images:
            told = seen.get(images[app.name])
            if on_told is not None and isinstance(told, RemoteImage) and told.digest:
                on_told(app, told)
            checks += _checks(found, app, told, login is not None, hosts)
    return FilesChecked(
        checks=tuple(checks),
        engine_reason=_ASKED,
        seconds=round(time.monotonic() - began, 1),
    )


def _image(app: AppGroup, answers: Mapping[str, str]) -> str:
    """The image's name; "" while it is a variable without a value."""
    return app.image if app.known else answers.get(f"image/{app.name}", "").strip()


async def _look(
    registry: Registry, image: str, login: RegistryLogin | None
) -> RemoteImage | OutsideError:
    try:
        return await registry.look(image, login)
    except OutsideError as error:
        return error
    except UsageError as error:
        # An address that no password may be sent to, named by the image or by its registry.
        return OutsideError(error.title, error.detail, error.remedy)


def _wants_login(told: RemoteImage | OutsideError | None) -> bool:
    return isinstance(told, PullRefused) and told.wants_login


def _checks(
    found: Inventory,
    app: AppGroup,
    told: RemoteImage | OutsideError | None,
    given: bool,
    hosts: Sequence[str],
) -> list[FileCheck]:
    if told is None:
        why = "its image's name is a variable that has no value here"
        return [check("pull", "not checked", why, process=app.name)]
    if isinstance(told, OutsideError):
        return [_trouble(app, told, given, hosts)]
    if not told.digest:
        there = ", ".join(told.platforms) or "none that is named"
        how = "build it anew: docker build --platform linux/amd64"
        what = f"there is none for linux/amd64, where Aptible runs: {there}"
        return [check("architecture", "failed", what, (how,), app.name)]
    size = f"{told.layers} layers, {told.size_bytes / 1e6:,.0f} MB"
    named = f"{told.name}@{told.digest}"
    return [
        check("pull", "ok", f"fetched by its digest: {named} ({size})", process=app.name),
        check("architecture", "ok", "linux/amd64, where Aptible runs", process=app.name),
        check("settings", "ok", _settings(found, app, told), process=app.name),
    ]


def _trouble(app: AppGroup, error: OutsideError, given: bool, hosts: Sequence[str]) -> FileCheck:
    what = f"{error.title}: {error.detail}" if error.detail else error.title
    what = clean(REDACTOR.redact(what), _TOLD)
    if not isinstance(error, PullRefused):
        return check("pull", "not checked", what, process=app.name)
    evidence = [clean(error.hint, _TOLD)] if error.hint else []
    if error.wants_login and len(hosts) > 1:
        evidence.append(
            f"{len(hosts)} registries want a password ({', '.join(hosts)}), and one is never sent"
            " to several: look at them one after the other, with --file"
        )
    elif error.wants_login and not given:
        evidence.append(f"set {USER} and {PASSWORD} in the environment, and run this again")
    return check("pull", "failed", what, tuple(evidence), app.name)


def _settings(found: Inventory, app: AppGroup, told: RemoteImage) -> str:
    """What the image says of itself, as answers to what moveday files asks."""
    answers = {f"entrypoint/{app.name}": _listed(told.entrypoint)}
    answers[f"user/{app.name}"] = told.user or "root"
    for process in found.processes:
        if process.app == app.name and not process.command and told.command:
            answers[f"command/{process.name}"] = _listed(told.command)
    written = "; ".join(f"{name}: {shlex.quote(text)}" for name, text in answers.items())
    return clean(REDACTOR.redact(f"answers for --answers: {written}"), _TOLD)


def _listed(words: Sequence[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False) if words else "none"

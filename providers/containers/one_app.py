"""One app of a project as an inventory of its own: what one plan moves."""

from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

from pydantic import SecretStr

from providers.containers.contents import content_key
from wizard.errors import UsageError
from wizard.model.cloud import CloudTraces
from wizard.model.containers import AppGroup, MountedFile
from wizard.model.inventory import AnswerShape, Gap, Inventory, SourceDatabase, Variable
from wizard.ports.source import Fingerprint
from wizard.safety.clean import clean


def one_app(
    inventory: Inventory,
    values: Mapping[str, Mapping[str, SecretStr]],
    app: str,
    fingerprint: Fingerprint | None = None,
) -> tuple[Inventory, dict[str, SecretStr]]:
    """The part of a project that belongs to `app`, and the values of its variables.

    Every secret and config that it reads as a file is a variable too, by the name under which the
    start script of its image wants the content; masked when nobody can read that. A database names
    the app's own variable that holds its URL. Raises UsageError when the project has no such app.
    """
    own = frozenset(group_of(inventory, app).processes)
    given = dict(values.get(app, {}))
    part = inventory.of_app(app)
    mounted = tuple(f for f in inventory.mounted_files if f.app == app)
    gaps: list[Gap] = []
    of_files = _file_variables(part, mounted, values.get("", {}), given, fingerprint, gaps)
    databases = tuple(_databases(inventory, app, given, gaps))
    names = {each.name for each in databases} | own | {""}
    found = part.model_copy(
        update={
            "variables": (*part.variables, *of_files),
            "databases": databases,
            "entries": tuple(e for e in inventory.entries if e.app == app),
            "volumes": tuple(
                v.model_copy(update={"processes": tuple(p for p in v.processes if p in own)})
                for v in inventory.volumes
                if own & set(v.processes)
            ),
            "mounted_files": mounted,
            "references": tuple(r for r in inventory.references if r.app == app),
            "wishes": tuple(w for w in inventory.wishes if w.process in own),
            "cloud": _cloud(inventory.cloud, app),
            "conflicts": tuple(c for c in inventory.conflicts if c.process in names),
            "answers": tuple(_answers(inventory, names)),
            "gaps": (*inventory.gaps, *gaps),
        }
    )
    return found, given


def group_of(inventory: Inventory, app: str) -> AppGroup:
    """The services that are the app. Raises UsageError when the project has no such app."""
    group = next((each for each in inventory.apps if each.name == app), None)
    if group is None:
        raise UsageError(
            f"there is no app called “{clean(app, 80)}” in {clean(inventory.app, 80)}",
            f"there are: {', '.join(clean(each.name, 80) for each in inventory.apps)}",
            "an app is called like one of the services that run its image: name it in moveday.yaml",
        )
    return group


def _file_variables(
    part: Inventory,
    mounted: Collection[MountedFile],
    contents: Mapping[str, SecretStr],
    given: dict[str, SecretStr],
    fingerprint: Fingerprint | None,
    gaps: list[Gap],
) -> Iterator[Variable]:
    """One a file; what is known of its content is added to `given`."""
    taken = {variable.name: "a variable" for variable in part.variables}
    for file in mounted:
        if file.kind == "variables":
            continue
        what = f"the {file.kind} {file.name}"
        before = taken.get(file.holder)
        if before == what:
            continue
        if before is not None:
            gaps.append(
                Gap(
                    subject=f"{file.kind} {file.name}",
                    reason=f"{file.holder} would hold it, and is {before} already",
                )
            )
            continue
        taken[file.holder] = what
        # What names other services is another one on the new side: a person gives that.
        content = None if file.names else contents.get(content_key(file))
        text = content.get_secret_value() if content is not None else ""
        if content is not None:
            given[file.holder] = content
        yield Variable(
            name=file.holder,
            origin="user",
            length=len(text),
            fingerprint=fingerprint(text) if fingerprint and content is not None else None,
            empty=content is not None and not text,
            masked=content is None,
            app=part.app,
            where=f"{file.where}, read as {file.target}" if file.target else file.where,
        )


def _databases(
    inventory: Inventory, app: str, given: Mapping[str, SecretStr], gaps: list[Gap]
) -> Iterator[SourceDatabase]:
    """Those that the app's variables or commands lead to; one that nobody names is a gap."""
    at_cloud = {
        each.server: [name for owner, name in each.stands_in if owner == app]
        for each in inventory.cloud.databases
    }
    for database in inventory.databases:
        led = [r for r in inventory.references if r.to == database.name]
        # A login alone tells whose it is too, also where the address stands in the app's code.
        own = sorted((r for r in led if r.app == app), key=lambda r: bool(r.other or r.perhaps))
        variables = [r.variable for r in own]
        variables += at_cloud.get(database.id, []) if database.managed else []
        if variables:
            urls = (name for name in variables if _is_url(given.get(name)))
            yield database.model_copy(update={"variable": next(urls, "")})
        elif not led and not database.managed:
            after = [p.name for p in inventory.processes if database.name in p.after]
            near = f"; starting after it: {', '.join(after)}" if after else ""
            gaps.append(
                Gap(
                    subject=f"database {database.name}",
                    reason=f"no variable that can be read leads to it{near}; whose is it?",
                )
            )


def _is_url(value: SecretStr | None) -> bool:
    try:
        return value is not None and bool(urlsplit(value.get_secret_value().strip()).netloc)
    except ValueError:
        return False


def _cloud(cloud: CloudTraces, app: str) -> CloudTraces:
    """What the app's variables tell, and what the platform itself does."""
    return CloudTraces(
        databases=tuple(
            d.model_copy(update={"stands_in": _of(d.stands_in, app)})
            for d in cloud.databases
            if _of(d.stands_in, app)
        ),
        accounts=tuple(
            a.model_copy(update={"stands_in": _of(a.stands_in, app)})
            for a in cloud.accounts
            if _of(a.stands_in, app)
        ),
        tokens=tuple(t for t in cloud.tokens if t.app == app),
        regions=tuple(
            r.model_copy(update={"stands_in": _of(r.stands_in, app)})
            for r in cloud.regions
            if not r.stands_in or _of(r.stands_in, app)
        ),
    )


def _of(stands_in: tuple[tuple[str, str], ...], app: str) -> tuple[tuple[str, str], ...]:
    return tuple(place for place in stands_in if place[0] == app)


def _answers(inventory: Inventory, names: Collection[str]) -> Iterator[AnswerShape]:
    for shape in inventory.answers:
        processes = tuple(name for name in shape.processes if name in names)
        if processes:
            yield shape.model_copy(update={"processes": processes})

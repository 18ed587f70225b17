"""What a platform keeps around an app: how it was built, who reaches it, what acts by itself."""

from datetime import datetime

from wizard.model.frozen import Frozen


class Certificate(Frozen):
    """A TLS certificate of the app. `managed`: renewed by the platform; None when not told.

    A private key cannot be read from any platform: an uploaded certificate is made anew.
    """

    name: str
    hostnames: tuple[str, ...]
    issuer: str = ""
    expires: datetime | None = None
    managed: bool | None = None
    where: str


class Buildpack(Frozen):
    """One of the programs that built the app; the last one decides the default processes."""

    ordinal: int
    name: str
    url: str = ""
    where: str


class Drain(Frozen):
    """Where logs go. Only the host: drain URLs hold tokens. `addon` made it, "" for a person."""

    host: str
    scheme: str
    addon: str = ""
    where: str


class Collaborator(Frozen):
    """Somebody with access to the app. `role` as the source calls it, "" when it has none."""

    email: str
    role: str
    where: str


class Feature(Frozen):
    """A switch of the platform for this app (preboot, session affinity, …)."""

    name: str
    enabled: bool
    where: str


class Autoscaler(Frozen):
    """A rule by which the platform changes quantities by itself: it would thaw a frozen app."""

    process: str
    minimum: int
    maximum: int
    active: bool
    where: str


class AutoDeploy(Frozen):
    """A repository that deploys by itself: a push in the middle would change the release."""

    repository: str
    branch: str
    active: bool
    where: str


class Webhook(Frozen):
    """Somebody who is told about releases and the like. Only the host, URLs may hold secrets."""

    host: str
    events: tuple[str, ...]
    where: str


class Release(Frozen):
    """What runs now. `commit` is the full hash of the deployed code, "" when unknown."""

    version: int
    commit: str
    description: str
    created_at: datetime


class Sibling(Frozen):
    """Another app in the same pipeline, for instance staging."""

    app: str
    stage: str

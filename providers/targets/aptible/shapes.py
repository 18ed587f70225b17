"""The records of Aptible's API as far as we read them; unknown fields are let go.

Source: the OpenAPI description "Aptible API v1" and the official clients' models.
"""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from wizard.errors import OutsideError


class Shape(BaseModel):
    """A HAL resource: fields, `_links` and `_embedded`."""

    model_config = ConfigDict(
        extra="ignore", populate_by_name=True, coerce_numbers_to_str=False, defer_build=True
    )

    id: int | str = 0
    links: dict[str, Any] = Field(default={}, alias="_links", repr=False)
    embedded: dict[str, Any] = Field(default={}, alias="_embedded", repr=False)

    def link(self, rel: str) -> str | None:
        """Where `rel` leads; None when there is no such link."""
        target = self.links.get(rel)
        if isinstance(target, list):
            target = target[0] if target else None
        href = target.get("href") if isinstance(target, dict) else target
        return href if isinstance(href, str) and href else None

    def linked_id(self, rel: str) -> str:
        """Foreign keys appear only as links: the last part of the address, "" without a link."""
        href = self.link(rel)
        return href.partition("?")[0].rstrip("/").rpartition("/")[2] if href else ""

    @property
    def number(self) -> int:
        """The id as an integer."""
        return int(self.id)


class OrganizationShape(Shape):
    """Auth host, `/organizations`."""

    name: str = ""
    handle: str | None = None


class StackShape(Shape):
    """`/stacks`; dedicated ones link to an organization."""

    name: str = ""
    region: str | None = None
    outbound_ip_addresses: list[str] | None = None
    ssh_portal_host: str | None = None
    ssh_portal_port: int | None = None
    ssh_host_rsa_public_key: str | None = None


class AccountShape(Shape):
    """An environment."""

    handle: str = ""
    type: str | None = None
    activated: bool | None = True
    ca_body: str | None = None


class AppShape(Shape):
    """An app."""

    handle: str = ""
    status: str = "pending"
    git_repo: str | None = None


class ImageShape(Shape):
    """The image an app runs."""

    exposed_ports: list[int | str] | None = None
    git_ref: str | None = None


class DatabaseShape(Shape):
    """A database record."""

    handle: str = ""
    type: str = ""
    status: str = "pending"


class DiskShape(Shape):
    """The disk of a database, GB."""

    size: int | None = None


class DatabaseImageShape(Shape):
    """`/database_images`."""

    type: str = ""
    version: str = ""
    default: bool | None = False
    visible: bool | None = True


class CredentialShape(Shape):
    """One way to sign in to a database."""

    type: str = ""
    default: bool | None = False
    connection_url: SecretStr | None = None


class ConfigurationShape(Shape):
    """Config variables; null values do not occur, but are let go if they do."""

    env: dict[str, SecretStr | None] | None = None


class ServiceShape(Shape):
    """One process type."""

    handle: str | None = None
    process_type: str | None = None
    command: str | None = None
    container_count: int | None = 0
    container_memory_limit_mb: int | None = None


class VhostShape(Shape):
    """An endpoint."""

    status: str = "pending"
    type: str | None = None
    external_host: str | None = None
    virtual_domain: str | None = None
    user_domain: str | None = None
    default: bool | None = False
    internal: bool | None = False
    acme: bool | None = False
    acme_status: str | None = None
    acme_configuration: dict[str, Any] | None = None
    ip_whitelist: list[str] | None = None
    container_port: int | None = None


class BackupShape(Shape):
    """A backup; `database_handle` is not in the published description, so it may be missing."""

    manual: bool | None = False
    database_handle: str | None = None


class OperationShape(Shape):
    """An operation. Its `env` and settings are left unread on purpose: they hold secrets."""

    type: str = ""
    status: str = "queued"
    cancelled: bool | None = False
    aborted: bool | None = False
    git_ref: str | None = None
    container_count: int | None = None


class PortalShape(Shape):
    """How to sign in to the SSH portal for one operation."""

    ssh_user: str = "root"
    ssh_certificate_body: str = Field(default="", repr=False)
    ssh_port_forward_socket: str | None = None
    ssh_pty: bool | None = False


S = TypeVar("S", bound=Shape)


def read(shape: type[S], data: object) -> S:
    """`data` as a `shape`. Raises OutsideError that names fields, never values."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) or "the whole" for e in error.errors()[:5])
        wrong = f"{shape.__name__.removesuffix('Shape').lower()}: {fields}"
    raise OutsideError(
        "Aptible answered in an unexpected shape",
        wrong,
        "run `moveday doctor --live`; the step can be done by hand meanwhile",
    )

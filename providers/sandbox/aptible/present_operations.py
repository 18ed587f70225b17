"""How do operations and sign-ins to the SSH portal look from outside?"""

from typing import TYPE_CHECKING

from providers.sandbox.aptible.hal import Json
from providers.sandbox.aptible.records import Operation, SshConnection

if TYPE_CHECKING:
    from providers.sandbox.aptible.present import View

_PLAIN = (
    "git_ref",
    "docker_ref",
    "container_count",
    "container_size",
    "disk_size",
    "instance_profile",
    "provisioned_iops",
    "command",
    "interactive",
    "settings",
    "handle",
    "immediate",
    "destination_region",
)
_SECRET = ("env", "sensitive_settings", "certificate", "private_key")


def operation(view: "View", record: Operation) -> Json:
    """An operation; what the client sent is shown back, secrets only to who may see them."""
    platform = view.platform
    href = view.href("operations", record.id)
    logs_base = platform.tls_url if platform.switches.logs_over_tls else platform.api_url
    shown = {name: record.body.get(name) for name in _PLAIN}
    if view.asked.sensitive:
        shown |= {name: record.body[name] for name in _SECRET if name in record.body}
    return {
        **view.base(
            "operation",
            "operations",
            record,
            resource=view.href(record.resource_kind, record.resource_id),
            account=view.href("accounts", record.account_id),
            user=f"{platform.auth.url}/users/{platform.auth.user_id}",
            logs=f"{logs_base}/operations/{record.id}/logs",
            ssh_portal_connections=f"{href}/ssh_portal_connections",
            ephemeral_sessions=f"{href}/ephemeral_sessions",
        ),
        "type": record.type,
        "status": record.status,
        "cancelled": record.cancelled,
        "aborted": False,
        "note": None,
        "user_name": platform.auth.user_name,
        "user_email": record.user_email,
        "resource_type": record.resource_kind.removesuffix("s"),
        **shown,
    }


def connection(view: "View", record: SshConnection) -> Json:
    """A sign-in to the portal: user, certificate, and the socket to forward to."""
    href = view.href("ssh_portal_connections", record.id)
    operation_href = view.href("operations", record.operation.id)
    return {
        "_type": "ssh_portal_connection",
        "id": record.id,
        "ssh_user": record.user,
        "ssh_certificate_body": record.certificate,
        "ssh_port_forward_socket": record.socket or None,
        "ssh_pty": False,
        "_links": {"self": {"href": href}, "operation": {"href": operation_href}},
    }

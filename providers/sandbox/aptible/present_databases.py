"""How do databases, their images, disks, credentials and backups look from outside?"""

from typing import TYPE_CHECKING

from providers.sandbox.aptible.hal import Json, iso
from providers.sandbox.aptible.records import Backup, Credential, Database, DatabaseImage

if TYPE_CHECKING:
    from providers.sandbox.aptible.present import View


def database(view: "View", record: Database) -> Json:
    """A database; URL, passphrase and embedded credentials only to who may see secrets."""
    state = view.platform.state
    operations = state.operations_of("databases", record.id)
    credentials = state.credentials_of(record.id)
    default = next((c for c in credentials if c.default), None)
    extras: Json = {
        "database_credentials": [credential(view, c) for c in credentials],
        "disk": disk(view, record) if record.disk_id else None,
        "last_operation": view.operation(operations[0]) if operations else None,
    }
    secrets: Json = {}
    if view.asked.sensitive:
        secrets = {
            "connection_url": default.connection_url if default else None,
            "passphrase": record.password or None,
        }
    return {
        **view.base(
            "database",
            "databases",
            record,
            account=view.href("accounts", record.account_id),
            database_image=view.href("database_images", record.image_id),
            service=view.optional("services", record.service_id),
            disk=view.optional("disks", record.disk_id),
            current_setting=view.optional("settings", record.setting_id),
            **view.children(
                "databases",
                record.id,
                *["operations", "backups", "dependents", "database_credentials", "configurations"],
                "settings",
            ),
        ),
        "handle": record.handle,
        "type": record.type,
        "status": record.status,
        "provisioned": record.status == "provisioned",
        "docker_repo": f"quay.io/aptible/{record.type}",
        "port_mapping": [[5432 if record.type == "postgresql" else 6379, record.port]],
        "enable_backups": record.enable_backups,
        "enable_pitr": False,
        "pitr_status": None,
        "initial_disk_size": record.disk_size,
        "initial_container_size": record.container_size,
        "deleted_at": None if record.deleted_at is None else iso(record.deleted_at),
        **secrets,
        **view.embedded(extras),
    }


def disk(view: "View", record: Database) -> Json:
    """The disk of a database; it has no record of its own."""
    return {
        "_type": "disk",
        "id": record.disk_id,
        "handle": record.handle,
        "size": record.disk_size,
        "ebs_volume_type": "gp3",
        "baseline_iops": record.iops,
        "provisioned_iops": record.iops,
        "status": None,
        "modification_progress": None,
        "attached": record.status == "provisioned",
        "filesystem": "ext4",
        "created_at": iso(record.created_at),
        "_links": {
            "self": {"href": view.href("disks", record.disk_id)},
            "database": {"href": view.href("databases", record.id)},
            "account": {"href": view.href("accounts", record.account_id)},
        },
    }


def credential(view: "View", record: Credential) -> Json:
    """A way to sign in to a database."""
    shown = {"connection_url": record.connection_url} if view.asked.sensitive else {}
    return {
        **view.base(
            "database_credential",
            "database_credentials",
            record,
            database=view.href("databases", record.database_id),
            **view.children("database_credentials", record.id, "operations"),
        ),
        "type": record.type,
        "default": record.default,
        **shown,
    }


def image(view: "View", record: DatabaseImage) -> Json:
    """A database version on offer."""
    return {
        **view.base("database_image", "database_images", record),
        "type": record.type,
        "version": record.version,
        "description": f"{record.type} {record.version}",
        "default": record.default,
        "visible": True,
        "discoverable": True,
        "docker_repo": f"quay.io/aptible/{record.type}:{record.version}",
        "eol_at": None,
        "pitr_supported": record.pitr_supported,
    }


def backup(view: "View", record: Backup) -> Json:
    """A backup; it outlives its database."""
    state = view.platform.state
    return {
        **view.base(
            "backup",
            "backups",
            record,
            account=view.href("accounts", record.account_id),
            database=view.href("databases", record.database_id),
            **view.children("backups", record.id, "operations"),
        ),
        "aws_region": state.stack_of(record.account_id).region,
        "size": record.size,
        "manual": record.manual,
        "database_handle": record.database_handle,
    }

"""How does each resource look from outside? Fields, absolute links, embedded parts, secrets or not.

Shapes follow Aptible's public OpenAPI text and the fields that its official clients declare.
"""

from providers.sandbox.aptible import present_operations
from providers.sandbox.aptible.hal import Json, Wishes, iso, links
from providers.sandbox.aptible.platform import Platform
from providers.sandbox.aptible.records import (
    Account,
    App,
    Configuration,
    Image,
    Operation,
    Permission,
    Record,
    Service,
    Setting,
    Stack,
)


class View:
    """Renders resources for one reader."""

    def __init__(self, platform: Platform, asked: Wishes) -> None:
        self.platform = platform
        self.asked = asked

    def href(self, kind: str, record_id: object) -> str:
        """The absolute address of a resource."""
        return f"{self.platform.api_url}/{kind}/{record_id}"

    def base(self, type_: str, kind: str, record: Record, **hrefs: str | None) -> Json:
        """What all resources show."""
        return {
            "_type": type_,
            "id": record.id,
            "created_at": iso(record.created_at),
            "updated_at": iso(record.updated_at),
            "_links": links(self=self.href(kind, record.id), **hrefs),
        }

    def children(self, kind: str, record_id: int, *names: str) -> dict[str, str]:
        """Links to the collections below a resource."""
        return {name: f"{self.href(kind, record_id)}/{name}" for name in names}

    def optional(self, kind: str, record_id: int | None) -> str | None:
        """A link to a resource that may not exist."""
        return None if record_id is None else self.href(kind, record_id)

    def embedded(self, parts: Json, always: Json | None = None) -> Json:
        """`_embedded`: sensitive extras in `parts` for who wants both; `always` for everybody."""
        wanted = self.asked.embed and self.asked.sensitive
        shown = {**(always or {}), **(parts if wanted else {})}
        return {"_embedded": shown} if shown else {}

    def stack(self, stack: Stack) -> Json:
        platform = self.platform
        organization = f"{platform.auth.url}/organizations/{platform.auth.organization_id}"
        return {
            **self.base(
                "stack",
                "stacks",
                stack,
                organization=organization if stack.dedicated else None,
                **self.children("stacks", stack.id, "accounts", "operations"),
            ),
            "name": stack.name,
            "region": stack.region,
            "default": not stack.dedicated,
            "public": not stack.dedicated,
            "version": "v2",
            "outbound_ip_addresses": list(stack.outbound),
            "memory_limits": True,
            "cpu_limits": True,
            "intrusion_detection": stack.dedicated,
            "internal_domain": platform.switches.internal_domain,
            "default_domain": platform.switches.default_domain,
            "ssh_portal_host": platform.portal_host,
            "ssh_portal_port": platform.portal_port,
            "ssh_host_rsa_public_key": platform.host_public_key,
            "ssh_host_dsa_public_key": None,
            "ssh_host_ecdsa_public_key": None,
            "organization_id": platform.auth.organization_id if stack.dedicated else None,
            "allow_m_instance_profile": True,
            "allow_c_instance_profile": stack.dedicated,
            "allow_r_instance_profile": stack.dedicated,
        }

    def account(self, account: Account) -> Json:
        state, auth = self.platform.state, self.platform.auth
        below = (
            "apps databases services operations vhosts certificates log_drains metric_drains "
            "permissions backups disks backup_retention_policies"
        )
        return {
            **self.base(
                "account",
                "accounts",
                account,
                organization=f"{auth.url}/organizations/{account.organization_id}",
                stack=self.href("stacks", account.stack_id),
                **self.children("accounts", account.id, *below.split()),
            ),
            "handle": account.handle,
            "name": account.handle,
            "number": str(account.id),
            "type": account.type,
            "activated": account.activated,
            "organization_id": account.organization_id,
            "onboarding_status": account.onboarding_status,
            "ca_body": self.platform.ca_pem(),
            "app_count": len(state.apps_in(account.id)),
            "database_count": len(state.databases_in(account.id)),
            **self.embedded({}, {"log_drains": []} if self.asked.embed else None),
        }

    def app(self, app: App) -> Json:
        state = self.platform.state
        operations = state.operations_of("apps", app.id)
        deploys = [o for o in operations if o.type in ("deploy", "rebuild")]
        services = {"services": [self.service(s) for s in state.services_of(app.id)]}
        extras: Json = {
            "last_operation": self.operation(operations[0]) if operations else None,
            "last_deploy_operation": self.operation(deploys[0]) if deploys else None,
            "current_image": self.image(state.images[app.image_id]) if app.image_id else None,
        }
        keep = self.platform.switches.keep_services_embedded
        account = state.accounts[app.account_id]
        below = (
            "services vhosts images operations configurations settings deployments "
            "service_definitions prerelease_commands"
        )
        return {
            **self.base(
                "app",
                "apps",
                app,
                account=self.href("accounts", app.account_id),
                current_configuration=self.optional("configurations", app.configuration_id),
                current_setting=self.optional("settings", app.setting_id),
                **self.children("apps", app.id, *below.split()),
            ),
            "handle": app.handle,
            "status": app.status,
            "git_repo": f"git@{self.platform.switches.git_host}:{account.handle}/{app.handle}.git",
            "deployment_method": app.deployment_method,
            "hooks": None,
            # The official client lists apps with `no_embed=true`, and fails without services.
            **self.embedded(extras if keep else {**services, **extras}, services if keep else None),
        }

    def service(self, service: Service) -> Json:
        return {
            **self.base(
                "service",
                "services",
                service,
                account=self.href("accounts", service.account_id),
                app=self.optional("apps", service.app_id),
                database=self.optional("databases", service.database_id),
                current_setting=self.optional("settings", service.setting_id),
                **self.children(
                    "services",
                    service.id,
                    *["vhosts", "operations", "releases", "settings", "service_sizing_policies"],
                ),
            ),
            "handle": service.handle,
            "process_type": service.process_type,
            "command": service.command,
            "container_count": service.container_count,
            "container_memory_limit_mb": service.container_memory_limit_mb,
            "instance_class": service.instance_class,
            "force_zero_downtime": service.force_zero_downtime,
            "naive_health_check": service.naive_health_check,
            "restart_free_scaling": service.restart_free_scaling,
            "stop_timeout": service.stop_timeout,
            "docker_repo": None,
            "docker_ref": None,
        }

    def image(self, image: Image) -> Json:
        return {
            **self.base(
                "image",
                "images",
                image,
                app=self.href("apps", image.app_id),
                **self.children("images", image.id, "operations"),
            ),
            "git_ref": image.git_ref,
            "git_repo": None,
            "docker_repo": None,
            "docker_ref": None,
            "exposed_ports": list(image.exposed_ports),
        }

    def configuration(self, configuration: Configuration) -> Json:
        owner = self.href(configuration.resource_kind, configuration.resource_id)
        shown = {"env": dict(configuration.env)} if self.asked.sensitive else {}
        return {
            **self.base("configuration", "configurations", configuration, resource=owner),
            **shown,
        }

    def setting(self, setting: Setting) -> Json:
        owner = self.href(setting.resource_kind, setting.resource_id)
        secret = (
            {"sensitive_settings": dict(setting.sensitive_settings)} if self.asked.sensitive else {}
        )
        return {
            **self.base("setting", "settings", setting, resource=owner),
            "settings": dict(setting.settings),
            **secret,
        }

    def permission(self, permission: Permission) -> Json:
        return {
            **self.base(
                "permission",
                "permissions",
                permission,
                account=self.href("accounts", permission.account_id),
                role=permission.role,
            ),
            "scope": permission.scope,
        }

    def operation(self, operation: Operation) -> Json:
        """One operation; see present_operations."""
        return present_operations.operation(self, operation)

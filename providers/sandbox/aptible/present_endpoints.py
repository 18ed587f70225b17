"""How do endpoints and certificates look from outside?"""

from typing import TYPE_CHECKING

from providers.sandbox.aptible.hal import Json
from providers.sandbox.aptible.records import Certificate, Vhost

if TYPE_CHECKING:
    from providers.sandbox.aptible.present import View


def vhost(view: "View", record: Vhost) -> Json:
    """An endpoint, with what the person must put into DNS when its certificate is managed."""
    return {
        **view.base(
            "vhost",
            "vhosts",
            record,
            service=view.href("services", record.service_id),
            certificate=view.optional("certificates", record.certificate_id),
            current_setting=view.optional("settings", record.setting_id),
            **view.children("vhosts", record.id, "operations", "settings"),
        ),
        "type": record.type,
        "platform": record.platform,
        "status": record.status,
        "default": record.default,
        "internal": record.internal,
        "acme": record.acme,
        "acme_status": record.acme_status,
        "acme_dns_challenge_host": challenge_host(record) if record.acme else None,
        "acme_configuration": acme_configuration(record),
        "user_domain": record.user_domain,
        "virtual_domain": record.virtual_domain,
        "external_host": record.external_host,
        "external_http_port": 80,
        "external_https_port": 443,
        "internal_host": None,
        "ip_whitelist": list(record.ip_whitelist),
        "container_port": record.container_port,
        "container_ports": list(record.container_ports),
        "shared": record.shared,
        "load_balancing_algorithm_type": record.load_balancing_algorithm_type,
        "token_header": record.token_header,
    }


def challenge_host(record: Vhost) -> str | None:
    """Where the dns-01 challenge name must point."""
    return f"acme.{record.external_host}" if record.external_host else None


def acme_configuration(record: Vhost) -> Json | None:
    """The names of a managed certificate and the two ways to prove them."""
    domain = record.user_domain
    if not record.acme or not domain or not record.external_host:
        return None

    def challenge(method: str, name: str, target: str | None) -> Json:
        return {"method": method, "from": {"name": name}, "to": [{"name": target, "legacy": False}]}

    plain = domain.removeprefix("*.")
    challenges = [challenge("dns01", f"_acme-challenge.{plain}", challenge_host(record))]
    if plain == domain:
        challenges.insert(0, challenge("http01", domain, record.external_host))
    return {"names": [domain], "challenges": challenges}


def certificate(view: "View", record: Certificate) -> Json:
    """A certificate; the key only to who may see secrets."""
    secret = {"private_key": record.private_key} if view.asked.sensitive else {}
    return {
        **view.base(
            "certificate",
            "certificates",
            record,
            account=view.href("accounts", record.account_id),
            **view.children("certificates", record.id, "operations", "vhosts"),
        ),
        "common_name": record.common_name,
        "subject_alternative_names": list(record.names),
        "certificate_body": record.body,
        "not_before": record.not_before,
        "not_after": record.not_after,
        "sha256_fingerprint": record.sha256,
        "trusted": not record.self_signed,
        "self_signed": record.self_signed,
        "acme": record.acme,
        **secret,
    }

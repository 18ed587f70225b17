"""Which of two possible behaviours does this Aptible show, where no source settles the question?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Switches:
    """Constructor switches; the defaults are what documents or official clients describe.

    Times are seconds. `keep_services_embedded`: the OpenAPI text says that
    `no_sensitive_extras=true` leaves embedded resources out, the official client sends it and still
    reads an app's embedded services. `deprovision_ends_in_404`: an operation vanishes with its
    resource. `final_backup`: deprovisioning a database leaves a backup, which then keeps the
    environment from being deleted. `portal_wants_token`: the portal looks at `ACCESS_TOKEN` also
    when a certificate was shown. `sensitive_without_prefer`: secrets come without the header.
    `otp`: the account has two-factor sign-in, and this is the code; `totp_secret` (base32) makes
    the codes change with time instead; `security_key` offers a security key as well.
    `bad_password_status` and `otp_status` are known only from a test of the dashboard.
    `sso_organization`: a second organization of this name, seen with tokens of its own only.
    `logs_over_tls`: links to operation logs are https, which the official client insists on.
    `health_check_seconds` shortens the release health check's 180.
    """

    queued_seconds: float = 0.1
    running_seconds: float = 0.3
    page_size: int = 40
    keep_services_embedded: bool = True
    sensitive_without_prefer: bool = True
    deprovision_ends_in_404: bool = True
    final_backup: bool = True
    portal_wants_token: bool = True
    environments_activated: bool = True
    otp: str = ""
    totp_secret: str = ""
    security_key: bool = False
    sso_organization: str = ""
    otp_status: int = 400
    bad_password_status: int = 401
    logs_over_tls: bool = False
    health_check_seconds: float = 15.0
    internal_domain: str = "aptible.in"
    default_domain: str = "on-aptible.com"
    endpoint_address: str = "198.51.100.20"
    git_host: str = "127.0.0.1"
    database_extensions: tuple[str, ...] = ()

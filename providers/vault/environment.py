"""Which credentials are in the environment? A read-only vault over environment variables."""

from collections.abc import Mapping

from pydantic import SecretStr

from wizard.errors import UsageError
from wizard.safety.redact import REDACTOR

VARIABLES: Mapping[tuple[str, str], str | tuple[str, ...]] = {
    ("heroku", "api-key"): "HEROKU_API_KEY",
    ("aptible", "access-token"): "APTIBLE_ACCESS_TOKEN",
    ("medstack", "api-token"): ("MEDSTACK_TOKEN_KEY", "MEDSTACK_TOKEN_VALUE"),
}
"""Service and account → the variable that the vendor's own command line reads. Several: halves of
one credential, joined by colons; MedStack has no command line, its documents name the halves so."""


class EnvironmentVault:
    """Credentials that were set before moveday started; what is read is taught to the redactor.

    `environ` is read at every `get`. Writing raises UsageError: the parent's environment cannot
    be changed from here, and pretending would lose the credential.
    """

    mode = "from the environment"
    lasting = False

    def __init__(
        self,
        environ: Mapping[str, str],
        variables: Mapping[tuple[str, str], str | tuple[str, ...]] = VARIABLES,
    ) -> None:
        self._environ = environ
        self._variables = variables

    def get(self, service: str, account: str) -> SecretStr | None:
        """The credential, without the blanks and line ends that pasting leaves behind."""
        names = self._names(service, account)
        parts = [self._environ.get(name, "").strip() for name in names]
        if not parts or not all(parts):
            return None
        value = ":".join(parts)
        REDACTOR.learn(value, parts[-1])
        return SecretStr(value)

    def put(self, service: str, account: str, value: SecretStr) -> None:
        """Always raises UsageError."""
        raise self._read_only(service, account)

    def delete(self, service: str, account: str) -> None:
        """Nothing to do when it is not there; raises UsageError when it is."""
        if self.get(service, account) is not None:
            raise self._read_only(service, account)

    def _names(self, service: str, account: str) -> tuple[str, ...]:
        found = self._variables.get((service, account), ())
        return (found,) if isinstance(found, str) else found

    def _read_only(self, service: str, account: str) -> UsageError:
        name = " and ".join(self._names(service, account))
        return UsageError(
            f"the {account} of {service} comes from the environment",
            "moveday cannot change the environment it was started in",
            f"change {name} in your shell and start again" if name else "",
        )

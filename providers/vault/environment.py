"""Which credentials are in the environment? A read-only vault over environment variables."""

from collections.abc import Mapping

from pydantic import SecretStr

from wizard.errors import UsageError
from wizard.safety.redact import REDACTOR

VARIABLES: Mapping[tuple[str, str], str] = {
    ("heroku", "api-key"): "HEROKU_API_KEY",
    ("aptible", "access-token"): "APTIBLE_ACCESS_TOKEN",
}
"""Service and account → the variable that the vendor's own command line reads."""


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
        variables: Mapping[tuple[str, str], str] = VARIABLES,
    ) -> None:
        self._environ = environ
        self._variables = variables

    def get(self, service: str, account: str) -> SecretStr | None:
        """The credential, without the blanks and line ends that pasting leaves behind."""
        name = self._variables.get((service, account))
        value = self._environ.get(name, "").strip() if name else ""
        if not value:
            return None
        REDACTOR.learn(value)
        return SecretStr(value)

    def put(self, service: str, account: str, value: SecretStr) -> None:
        """Always raises UsageError."""
        raise self._read_only(service, account)

    def delete(self, service: str, account: str) -> None:
        """Nothing to do when it is not there; raises UsageError when it is."""
        if self.get(service, account) is not None:
            raise self._read_only(service, account)

    def _read_only(self, service: str, account: str) -> UsageError:
        name = self._variables.get((service, account), "")
        return UsageError(
            f"the {account} of {service} comes from the environment",
            "moveday cannot change the environment it was started in",
            f"change {name} in your shell and start again" if name else "",
        )

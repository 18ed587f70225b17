"""Values of variables in an answer are taught to the redactor as soon as they are here."""

from collections.abc import Mapping

from wizard.safety.secrecy import learn_secrets

_ENV = ("env", "environment", "environment_variables", "env_vars", "Env")


def learn_values(document: object) -> None:
    """Every NAME=value, name and value, or mapping of variables, at any depth."""
    if isinstance(document, list):
        for each in document:
            learn_values(each)
    if not isinstance(document, Mapping):
        return
    named = document.get("name") or document.get("key")
    value = document.get("value")
    if isinstance(named, str) and isinstance(value, str):
        learn_secrets({named: value})
    for key, inner in document.items():
        if key in _ENV:
            _learn_variables(inner)
        learn_values(inner)


def _learn_variables(variables: object) -> None:
    if isinstance(variables, Mapping):
        learn_secrets({str(n): v for n, v in variables.items() if isinstance(v, str)})
    elif isinstance(variables, list):
        for line in variables:
            if isinstance(line, str) and "=" in line:
                name, _, value = line.partition("=")
                learn_secrets({name: value})

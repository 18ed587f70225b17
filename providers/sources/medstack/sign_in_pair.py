"""The token pair as one credential: `KEY:VALUE`, as Basic auth has it, and as it is kept."""

from pydantic import SecretStr

from wizard.safety.redact import REDACTOR


def learn_pair(token: SecretStr) -> None:
    """Teach the redactor the pair and its secret half."""
    plain = token.get_secret_value()
    REDACTOR.learn(plain, plain.partition(":")[2])


def pair(key: str, value: str) -> SecretStr:
    """Both halves as one."""
    token = SecretStr(f"{key.strip()}:{value.strip()}")
    learn_pair(token)
    return token


def misshapen(token: str) -> str:
    """Why this can be no token pair, "" when it can; how long MedStack's are was not seen."""
    key, colon, value = token.partition(":")
    if not colon or not key or not value:
        return "a MedStack token has two halves, a key and a value"
    if any(char.isspace() for char in token):
        return "neither half has spaces or line breaks"
    if not token.isascii() or not token.isprintable():
        return "both halves are plain ASCII"
    return ""

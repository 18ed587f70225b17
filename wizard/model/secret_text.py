"""A secret as text, wrapped where it is typed: front ends need no other library for it."""

from pydantic import SecretStr

Secret = SecretStr


def secret(value: str) -> SecretStr:
    """`value`, never shown by accident."""
    return SecretStr(value)

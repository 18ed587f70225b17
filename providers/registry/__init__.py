"""Registries of images, by the HTTP API that they all have (OCI distribution specification)."""

from providers.registry.client import RegistryClient

__all__ = ["RegistryClient"]

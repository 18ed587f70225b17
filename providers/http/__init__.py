"""The HTTP client that every provider of an API uses: `from providers.http import ApiClient`."""

from providers.http.answer import Answer, CallRecord, HttpRefused, OnCall
from providers.http.client import ApiClient
from providers.http.hosts import is_loopback

__all__ = ["Answer", "ApiClient", "CallRecord", "HttpRefused", "OnCall", "is_loopback"]

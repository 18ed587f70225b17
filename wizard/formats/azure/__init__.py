"""Reads traces of Microsoft Azure out of the values of variables."""

from wizard.formats.azure.databases import Server, servers_in
from wizard.formats.azure.given import Given
from wizard.formats.azure.traces import read_traces

__all__ = ["Given", "Server", "read_traces", "servers_in"]

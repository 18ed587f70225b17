"""What Docker Swarm prints about a running stack. Text in, facts out."""

from wizard.formats.swarm.project import read_running
from wizard.formats.swarm.sniff import parts_of

__all__ = ["parts_of", "read_running"]

"""What Docker Swarm prints about a running stack. Text in, facts out."""

from wizard.formats.swarm.project import is_json_of_docker, read_running

__all__ = ["is_json_of_docker", "read_running"]

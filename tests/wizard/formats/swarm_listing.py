"""What `docker service inspect` prints for one service, in the shape of the engine's API."""

from typing import Any

PLANTED = "planted-Qk47-swarm-secret"


def service(
    name: str, container: dict[str, Any], stack: str = "clinic", **spec: Any
) -> dict[str, Any]:
    """A service with the defaults that docker fills in; `container` is its ContainerSpec."""
    task = spec.pop("task", {})
    labels = {"com.docker.stack.namespace": stack} if stack else {}
    return {
        "ID": f"id-of-{name}",
        "Version": {"Index": 11},
        "CreatedAt": "2026-01-05T08:00:00Z",
        "UpdatedAt": "2026-01-05T08:00:01Z",
        "Spec": {
            "Name": f"{stack}_{name}" if stack else name,
            "Labels": {**labels, **spec.pop("labels", {})},
            "TaskTemplate": {
                "ContainerSpec": {
                    "Isolation": "default",
                    "StopGracePeriod": 10_000_000_000,
                    "DNSConfig": {},
                    **container,
                },
                "Resources": {},
                "RestartPolicy": {"Condition": "any", "Delay": 5_000_000_000, "MaxAttempts": 0},
                "Placement": {"Platforms": [{"Architecture": "amd64", "OS": "linux"}]},
                "ForceUpdate": 0,
                "Runtime": "container",
                **task,
            },
            "Mode": spec.pop("mode", {"Replicated": {"Replicas": 1}}),
            "UpdateConfig": {
                "Parallelism": 1,
                "FailureAction": "pause",
                "Monitor": 5_000_000_000,
                "MaxFailureRatio": 0,
                "Order": "stop-first",
                **spec.pop("update", {}),
            },
            "EndpointSpec": {"Mode": "vip", "Ports": spec.pop("ports", [])},
        },
        "Endpoint": {"Spec": {}},
    }


CLINIC = [
    service(
        "web",
        {
            "Image": "registry.example.net/clinic:2.4@sha256:" + "ab" * 32,
            "Command": ["/entry", "--with blank"],
            "Args": ["serve", "--port", "8000"],
            "Env": [
                f"DATABASE_URL=postgres://clinic:{PLANTED}@db:5432/clinic",
                "REDIS_HOST=clinic_cache",
                f"SECRET_KEY={PLANTED}=with=signs",
                "FROM_SHELL",
                "EMPTY=",
                "SESSION_FILE=/run/secrets/session",
            ],
            "Secrets": [
                {
                    "SecretID": "s1",
                    "SecretName": "clinic_session",
                    "File": {"Name": "session", "UID": "0", "GID": "0", "Mode": 292},
                }
            ],
            "Configs": [
                {"ConfigID": "c1", "ConfigName": "clinic_nginx", "File": {"Name": "n.conf"}}
            ],
            "Mounts": [
                {"Type": "volume", "Source": "clinic_uploads", "Target": "/srv/uploads"},
                {"Type": "bind", "Source": "/etc/localtime", "Target": "/etc/localtime"},
                {"Type": "tmpfs", "Target": "/scratch"},
            ],
            "Healthcheck": {
                "Test": ["CMD", "curl", "-f", "http://localhost:8000/up"],
                "Interval": 30_000_000_000,
                "StartPeriod": 40_000_000_000,
            },
            "User": "1000",
            "Dir": "/srv",
            "Hosts": ["10.0.0.9 old.example.net"],
            "StopGracePeriod": 90_000_000_000,
        },
        labels={
            "traefik.enable": "true",
            "traefik.http.routers.c.rule": "Host(`clinic.example.com`)",
            "traefik.http.services.c.loadbalancer.server.port": "8000",
        },
        mode={"Replicated": {"Replicas": 3}},
        ports=[
            {
                "Protocol": "tcp",
                "TargetPort": 8000,
                "PublishedPort": 8080,
                "PublishMode": "host",
            }
        ],
        task={
            "Resources": {
                "Limits": {"NanoCPUs": 500_000_000, "MemoryBytes": 734_003_200},
                "Reservations": {"MemoryBytes": 268_435_456},
            },
            "Placement": {"Constraints": ["node.role==worker"]},
            "Networks": [{"Target": "net1", "Aliases": ["front"]}],
            "LogDriver": {"Name": "syslog"},
        },
    ),
    service(
        "worker",
        {
            "Image": "registry.example.net/clinic:2.4@sha256:" + "ab" * 32,
            "Args": ["work"],
            "Env": ["API=http://clinic_web:8000/v1"],
        },
        mode={"Global": {}},
    ),
    service(
        "beat",
        {"Image": "registry.example.net/clinic:2.4@sha256:" + "ab" * 32, "Args": ["beat"]},
        update={"Parallelism": 2},
    ),
    service(
        "syslog",
        {"Image": "balabit/syslog-ng:4.1"},
        ports=[{"Protocol": "udp", "TargetPort": 514, "PublishedPort": 5140}],
        labels={"traefik.frontend.rule": "Host:logs.example.com", "traefik.port": "514"},
    ),
    service(
        "db",
        {
            "Image": "postgres:15-alpine",
            "Env": ["POSTGRES_USER=clinic", f"POSTGRES_PASSWORD={PLANTED}"],
            "Mounts": [
                {"Type": "volume", "Source": "clinic_pg", "Target": "/var/lib/postgresql/data"}
            ],
        },
    ),
    service("cache", {"Image": "redis:7"}),
    service("proxy", {"Image": "traefik:v2.11"}, stack=""),
]

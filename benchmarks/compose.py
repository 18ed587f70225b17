"""How long do many services take, from a Compose file or a listing to the mapping? Processor time.

python benchmarks/compose.py --services 200
python benchmarks/compose.py --services 200 --listing   (as `docker service inspect` prints them)
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from wizard.joins.looks import look_at_files
from wizard.rules.pricing import completed
from wizard.rules.project_mapping import map_project


def project(services: int) -> str:
    """A file in which every service has what real ones have."""
    lines = [
        "x-env: &env",
        "  LOG_LEVEL: info",
        "  DATABASE_URL: postgres://a:b@db/app",
        "services:",
    ]
    lines += ["  db:", "    image: postgres:16", "    volumes: ['pg:/var/lib/postgresql/data']"]
    for number in range(services - 1):
        lines += [
            f"  svc{number}:",
            f"    image: registry.example.net/team/app{number // 2}:1.0",
            f"    command: run --queue http://svc{(number + 1) % (services - 1)}:8000",
            "    environment:",
            "      <<: *env",
            *(f"      SETTING_{n}: value-{number}-{n}" for n in range(12)),
            f"    ports: ['{10_000 + number}:8000']",
            f"    volumes: ['data{number}:/data']",
            "    depends_on: [db]",
            "    deploy: {replicas: 2, resources: {limits: {memory: 512M}}}",
            f"    labels: ['traefik.http.routers.r{number}.rule=Host(`s{number}.example.com`)']",
        ]
    return "\n".join(lines)


def listing(services: int) -> str:
    """The same as docker prints it: indented, with what each service was before."""
    found = []
    for number in range(services):
        env = [f"SETTING_{n}=value-{number}-{n}" for n in range(12)]
        env += ["DATABASE_URL=postgres://a:b@db/app", f"NEXT=http://svc{number + 1}:8000"]
        container: dict[str, object] = {
            "Image": f"registry.example.net/team/app{number // 2}:1.0@sha256:{'ab' * 32}",
            "Args": ["run", "--queue", f"q{number}"],
            "Env": env,
            "Mounts": [{"Type": "volume", "Source": f"s_data{number}", "Target": "/data"}],
            "Secrets": [{"SecretName": f"s_key{number}", "File": {"Name": "key", "Mode": 292}}],
            "StopGracePeriod": 10_000_000_000,
            "Isolation": "default",
        }
        spec = {
            "Name": "s_db" if number == 0 else f"s_svc{number}",
            "Labels": {
                "com.docker.stack.namespace": "s",
                f"traefik.http.routers.r{number}.rule": f"Host(`s{number}.example.com`)",
            },
            "TaskTemplate": {
                "ContainerSpec": {**container, "Image": "postgres:16"} if not number else container,
                "Resources": {"Limits": {"MemoryBytes": 536_870_912, "NanoCPUs": 500_000_000}},
                "Placement": {"Constraints": ["node.role==worker"]},
                "Networks": [{"Target": "net1", "Aliases": [f"svc{number}"]}],
            },
            "Mode": {"Replicated": {"Replicas": 2}},
            "EndpointSpec": {"Ports": [{"TargetPort": 8000, "PublishedPort": 10_000 + number}]},
        }
        found.append({"ID": f"id{number}", "Spec": spec, "PreviousSpec": spec, "Endpoint": {}})
    return json.dumps(found, indent=4)


def main() -> None:
    """Print the processor seconds of a look and of a mapping."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--services", type=int, default=200)
    asked.add_argument("--listing", action="store_true")
    given = asked.parse_args()
    services = given.services
    with tempfile.TemporaryDirectory() as folder:
        text = listing(services) if given.listing else project(services)
        Path(folder, "compose.yaml").write_text(text, encoding="utf-8")
        start = time.process_time()
        found = look_at_files("compose", Path(folder), (), ())
        looked = time.process_time()
        rates = completed(None, "no account")
        mapping = map_project(found.inventory, found.values, found.by_hand, rates, {})
        mapped = time.process_time()
    print(f"{services} services: look {looked - start:.2f} s, mapping {mapped - looked:.2f} s")
    print(f"{len(found.inventory.apps)} apps, {len(mapping.items)} items of the mapping")


if __name__ == "__main__":
    main()

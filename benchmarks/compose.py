"""How long does a Compose file of many services take, from text to mapping? Processor seconds.

python benchmarks/compose.py --services 200
"""

import argparse
import tempfile
import time
from pathlib import Path

from wizard.__main__ import look_at_files
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


def main() -> None:
    """Print the processor seconds of a look and of a mapping."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--services", type=int, default=200)
    services = asked.parse_args().services
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "compose.yaml").write_text(project(services), encoding="utf-8")
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

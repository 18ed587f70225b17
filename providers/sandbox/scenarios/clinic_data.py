"""The data of a clinic: the schema that its app migrates to, and rows of the wanted size."""

from collections.abc import Mapping
from pathlib import Path

from providers.sandbox.ground import Ground

_SCRIPTS = ("schema", "rows", "constraints")
_DATABASE = Path(__file__).parent / "acme_clinic" / "database"
# Measured with PostgreSQL 18: 13 MB whatever the scale, and 2,620 MB for scale 1.
_FIXED_MB, _MB_PER_SCALE = 13.0, 2620.0
_SMALLEST_SCALE = 0.0005
# What the fault switch does to a finished copy: a sequence, a byte, an index. The quick ones first,
# and the index of a small table: dropping one waits for whoever reads the table.
DAMAGE = (
    "SELECT setval('patients_id_seq', 1)",
    "UPDATE documents SET body = set_byte(body, 0, get_byte(body, 0) # 1)"
    " WHERE id = (SELECT id FROM documents ORDER BY id LIMIT 1)",
    "DROP INDEX patient_tags_tag_id_idx",
)


async def migrated(ground: Ground, env: Mapping[str, str], program: Path) -> None:
    """Bring a database's schema up to the app's release, by the app's own program in `program`."""
    code, _ = await ground.supervisor.run_once("python migrate.py", env, program)
    if code != 0:
        log = ground.supervisor.log_file("one-off").read_text()[-2000:]
        raise RuntimeError(f"the scenario's migrations failed:\n{log}")


async def filled(ground: Ground, database: str, role: str, size_mb: int) -> None:
    """Fill a migrated database."""
    scale = max(_SMALLEST_SCALE, (size_mb - _FIXED_MB) / _MB_PER_SCALE)
    # The bundled server has no libxml; an xml column would make the scenario fail on it.
    variables = {"scale": f"{scale:.5f}", "xml_type": "text"}
    for name in _SCRIPTS:
        script = _DATABASE / f"{name}.sql"
        await ground.source_postgres.run_script(database, script, variables, role)

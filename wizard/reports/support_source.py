"""What Aptible's support has to know of the old side: where data rests, what runs, what moves."""

from collections.abc import Iterator, Mapping

from wizard.model.inventory import Inventory, Process, SourceDatabase
from wizard.rules.regions import regions_near


def source_words(found: Inventory | None, document: Mapping[str, object]) -> Iterator[str]:
    """Paragraphs from the inventory; none before there is one. Names and sizes, no addresses."""
    if found is None or not found.apps:
        return
    countries = sorted({region.country for region in found.cloud.regions})
    where = found.region or ", ".join(countries)
    if where:
        country = f" ({', '.join(countries)})" if countries and found.region else ""
        yield f"It runs in {where}{country} today. {_residency(found, document)}"
    services = ", ".join(_process(process) for process in found.processes if not process.job)
    if services:
        yield f"Its services: {services}."
    databases = "; ".join(_database(database) for database in found.databases)
    if databases:
        yield f"Its databases: {databases}."


def _residency(found: Inventory, document: Mapping[str, object]) -> str:
    answers = document.get("answers")
    said = answers if isinstance(answers, Mapping) else {}
    told = {said.get(f"residency/{region.region}") for region in found.cloud.regions}
    near = ", ".join(sorted(regions_near(found)))
    if "must-stay" in told:
        return f"Its data must stay in that country: is a stack there possible ({near or 'where'})?"
    if "may-move" in told:
        return "Its data may rest in another country."
    return "Whether its data must stay in that country is being found out."


def _process(process: Process) -> str:
    size = f" of {process.memory_mb} MB" if process.memory_mb else ", memory not known"
    return f"{process.name} {process.quantity if process.counted else '?'} x{size}"


def _database(database: SourceDatabase) -> str:
    version = database.version or "of a version not known yet"
    size = database.size_bytes
    big = "size not known yet" if size is None else f"{size / 1e9:.1f} GB"
    return f"{database.engine} {version}, {big}"

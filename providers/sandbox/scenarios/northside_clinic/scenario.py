"""How does the clinic on MedStack come to life? Its database, its image, its names, its cluster."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from dulwich import porcelain
from dulwich.refs import Ref

from providers.sandbox.containers.names import Names
from providers.sandbox.ground import Ground
from providers.sandbox.medstack.state import Company
from providers.sandbox.scenarios import clinic_data
from providers.sandbox.scenarios.commit import commit
from providers.sandbox.scenarios.northside_clinic.account import (
    APEX,
    DATABASE,
    DATABASE_HOST,
    DATABASE_PASSWORD,
    MANAGER,
    OTHER,
    WWW,
    company,
    names,
)
from providers.sandbox.scenarios.northside_clinic.image_maker import PROGRAM, make_image
from providers.sandbox.scenarios.northside_clinic.old_side import MedStackSide

_HERE = Path(__file__).parent
_AUTHOR = b"Kim Example <kim@northside-clinic.example>"
_BORN = 1_781_000_000
_REHEARSAL = f"rehearsal.{APEX}"


class NorthsideClinic:
    """An app on MedStack; see `Story`."""

    zone = APEX
    host = WWW
    address = MANAGER
    database_names: Sequence[str] = (DATABASE_HOST,)
    database_clients: frozenset[str] | None = frozenset((MANAGER, OTHER))
    stack = "northside-dedicated"
    operator = f"operator@{APEX}"
    damage: Sequence[str] = clinic_data.DAMAGE

    def __init__(self) -> None:
        self._company: Company = company()
        self._checkout: Path | None = None

    @property
    def checkout(self) -> Path:
        """The folder with the files of the move."""
        assert self._checkout is not None, "not prepared yet"
        return self._checkout

    def old_side(self, ground: Ground) -> MedStackSide:
        """MedStack with the cluster that runs the portal."""
        return MedStackSide(ground, self._company, Names(ground.folder / "names"))

    async def prepare(self, ground: Ground, size_mb: int, ttl: int) -> None:
        """Make the image, the database behind its guard, the repository, DNS records."""
        image = make_image(ground.folder / "images" / "portal")
        ground.images.put(image)
        self._checkout = _repository(ground.folder / "repository")
        for name, addresses in {**names(), _REHEARSAL: [MANAGER]}.items():
            ground.dns.put(name, "A", ttl, addresses)
        secrets = {each.name: each.data for each in self._company.clusters[0].secrets}
        password = secrets[DATABASE_PASSWORD]
        server = ground.source_postgres
        await server.create_database(DATABASE, DATABASE, password)
        # Its own guard would not let us in: what fills it comes by the server's private socket.
        place = {"host": server.socket_dir, "port": server.socket_port}
        inside = urlencode({**place, "user": DATABASE, "password": password})
        env = {"DATABASE_URL": f"postgresql:///{DATABASE}?{inside}"}
        assert image.content is not None
        await clinic_data.migrated(ground, env, image.content / PROGRAM)
        await clinic_data.filled(ground, DATABASE, DATABASE, size_mb)


def _repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    checkout = folder / "northside-portal"
    shutil.copytree(_HERE / "repository", checkout)
    with porcelain.init(checkout) as repo:
        repo.refs.set_symbolic_ref(Ref(b"HEAD"), Ref(b"refs/heads/main"))
    commit(checkout, b"Plan the move", _AUTHOR, _BORN)
    return checkout

"""Known buildpacks: what they gave, and what gives it now. An unknown one is a question."""

from typing import NamedTuple


class Given(NamedTuple):
    """What a buildpack gave. `language` "" for helpers; `note` is said when it is left out.

    `step` is what a person has to do by hand before the app works without it.
    """

    language: str = ""
    packages: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    note: str = ""
    step: str = ""


LANGUAGES = {
    "python": "python", "nodejs": "node", "ruby": "ruby", "php": "php", "go": "go",
    "java": "java", "gradle": "gradle", "scala": "scala", "clojure": "clojure",
    "elixir": "elixir", "rust": "rust", "dotnet": "dotnet", "static": "static", "nginx": "",
    "create-react-app": "static",
}  # fmt: skip
"""Part of a name such as heroku/python or heroku-buildpack-nodejs → language."""

JDK_ONLY = frozenset({"jvm"})
"""Buildpacks that install a JDK and build nothing: a helper wherever there is another language."""

KNOWN = {
    "jvm": Given(
        packages=("default-jre-headless",),
        note="heroku/jvm gave a JDK beside the main language: Debian's Java takes its place",
    ),
    "phoenix-static": Given(note=""),
    "distillery": Given(note=""),
    "mix-release": Given(note=""),
    "apt": Given(note=""),
    "jemalloc": Given(packages=("libjemalloc2",), environment=("LD_PRELOAD=libjemalloc.so.2",)),
    "pgbouncer": Given(note="no PgBouncer in the container: the app connects to Postgres itself"),
    "nginx": Given(
        note="no nginx in front of the app: Aptible's endpoint speaks to the app itself"
    ),
    "ffmpeg": Given(packages=("ffmpeg",)),
    "wkhtmltopdf": Given(packages=("wkhtmltopdf",)),
    "vips": Given(packages=("libvips42",)),
    "mupdf": Given(packages=("mupdf-tools",)),
    "exiftool": Given(packages=("libimage-exiftool-perl",)),
    "ghostscript": Given(packages=("ghostscript",)),
    "poppler": Given(packages=("poppler-utils",)),
    "postgresql-client": Given(packages=("postgresql-client",)),
    "ssh-key": Given(note="the buildpack's ssh key is gone: a build fetches from git over https"),
    "ssh": Given(
        packages=("openssh-client",),
        note="the buildpack wrote ssh's key and configuration into ~/.ssh when the app started",
        step="write them in `.profile`, from the same variables: the configuration keeps those",
    ),
    "google-application-credentials": Given(
        note="the buildpack wrote Google's credentials into a file when the app started",
        step="write $GOOGLE_CREDENTIALS in `.profile` to the file $GOOGLE_APPLICATION_CREDENTIALS, "
        "a path below /tmp",
    ),
    "github-netrc": Given(
        note="the buildpack's login for GitHub is gone: the package manager takes a token from the "
        "configuration (BUNDLE_GITHUB__COM for Bundler)"
    ),
    "deploy-tasks": Given(
        note="DEPLOY_TASKS ran at each build: put those tasks into before_deploy in .aptible.yml"
    ),
    "selectable-procfile": Given(),
    "multi-procfile": Given(),
    "pdftk": Given(packages=("pdftk-java",)),
    "graphviz": Given(packages=("graphviz",)),
    "imagemagick": Given(packages=("ghostscript", "imagemagick")),
    "activestorage-preview": Given(packages=("ffmpeg", "poppler-utils")),
    "tesseract": Given(packages=("tesseract-ocr",)),
    "libreoffice": Given(packages=("libreoffice",)),
    "jq": Given(packages=("jq",)),
    "awscli": Given(packages=("awscli",)),
    "google-chrome": Given(packages=("chromium", "chromium-driver", "fonts-liberation")),
    "chrome-for-testing": Given(packages=("chromium", "chromium-driver", "fonts-liberation")),
    "chromedriver": Given(packages=("chromium-driver",)),
    "puppeteer": Given(packages=("chromium", "chromium-sandbox", "fonts-liberation")),
    "poetry": Given(note=""),
    "uv": Given(note=""),
    "geo": Given(packages=("gdal-bin", "libgeos-c1v5", "libproj25")),
    "metrics": Given(
        note="language metrics were Heroku's: Aptible's metrics drains take their place"
    ),
    "sourceversion": Given(
        note="SOURCE_VERSION is not set at build; Aptible gives APTIBLE_GIT_REF"
    ),
    "clean-cache": Given(note=""),
    "cleanup": Given(note=""),
    "datadog": Given(note="the Datadog agent of the buildpack is gone: use a metrics drain"),
    "qgtunnel": Given(note="the QuotaGuard tunnel is gone: Aptible's stacks have fixed addresses"),
    "quotaguard": Given(note="QuotaGuard's proxy is gone: Aptible's stacks have fixed addresses"),
}

PROCFILE_FROM = {"selectable-procfile": "PROCFILE_PATH", "multi-procfile": "PROCFILE"}
"""Buildpack → the variable that names the file it took as the Procfile."""

WRAPPERS = (
    (r"(?:bin/)?jemalloc\.sh", "jemalloc"),
    (r"je", "jemalloc"),
    (r"(?:\./)?bin/start-pgbouncer(?:-stunnel)?", "pgbouncer"),
    (r"(?:\./)?bin/start-nginx(?:-solo|-static|-debug)?", "nginx"),
    (r"(?:\./)?bin/(?:qgtunnel|qgsocksify)", "qgtunnel"),
)
"""Programs of buildpacks in front of a command → the buildpack's key in KNOWN."""

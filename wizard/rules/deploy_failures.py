"""Why did a deploy or a provisioning fail? The usual failures, by what their log says.

The table is data: patterns (regular expressions, any of which is enough), what happened, why, what
to do. Named groups of a pattern fill the sentences. The first rule that fits is taken, so the
narrower ones come first. Docker's and git's words are their own; Aptible's pages name its failures
but hardly quote them, so those patterns are wide, and `wording` says which are assumed.
"""

import re
from collections.abc import Mapping
from typing import Literal

from wizard.acts import do
from wizard.model.frozen import Frozen
from wizard.rules.docker_steps import failed_step

Wording = Literal["docker", "git", "documented", "assumed"]
_LONGEST = 160


class Failure(Frozen):
    """One usual failure. `todo` may name {step}: the Dockerfile's line that failed."""

    id: str
    patterns: tuple[str, ...]
    what: str
    why: str
    todo: str
    wording: Wording


class Explanation(Frozen):
    """What a log means. `rule` is the id of the `Failure` that fits."""

    rule: str
    what: str
    why: str
    todo: str
    wording: Wording


FAILURES: tuple[Failure, ...] = (
    Failure(
        id="DF01",
        patterns=(r"no dockerfile", r"dockerfile.{0,40}(not found|missing|does not exist)"),
        what="the commit has no Dockerfile in its root",
        why="Aptible builds a pushed commit from the file called Dockerfile in its root",
        todo=f"write it ({do('files')}), commit it, and set `commit:` in moveday.yaml to it",
        wording="assumed",
    ),
    Failure(
        id="DF02",
        patterns=(
            r"toomanyrequests",
            r"pull rate limit",
            r"429 too many requests.{0,80}(registry|docker)",
        ),
        what="the image registry refused the base image: too many downloads",
        why="registries limit downloads without sign-in, and Aptible's builders share addresses",
        todo="try again in an hour, or take the base image from a registry without that limit",
        wording="docker",
    ),
    Failure(
        id="DF03",
        patterns=(
            r"manifest (for (?P<image>\S+) )?(not found|unknown)",
            r"pull access denied for (?P<image2>[^\s,]+)",
            r"(?P<image3>\S+): not found$",
            r"repository does not exist",
        ),
        what="a base image does not exist (any more): {image}",
        why="its tag was withdrawn, is misspelt, or it is private",
        todo="put a tag that exists into the FROM line; a private one needs registry credentials"
        " at Aptible",
        wording="docker",
    ),
    Failure(
        id="DF04",
        patterns=(r"unable to locate package", r"404 +not found.{0,120}(debian|ubuntu|apt)"),
        what="the base image's package archive does not have what the build asks for",
        why="an image at the end of its life loses its archive; or the package's name is wrong",
        todo="take a base image that is still maintained, or correct the package's name. {step}",
        wording="docker",
    ),
    Failure(
        id="DF05",
        patterns=(
            r"no space left on device",
            r"(exceeds|larger than|over) .{0,60}(maximum|limit).{0,40}\b(MB|GB|bytes)\b",
            r"file .{0,80} is \d+(\.\d+)? [MG]B",
        ),
        what="something is too large: a file of the commit, or the image",
        why="git and builders limit sizes; large files usually came in by accident",
        todo="take large files out of the commit and its history. {step}",
        wording="git",
    ),
    Failure(
        id="DF06",
        patterns=(
            r"app not found or not accessible",
            r"(organization|organisation).{0,60}(requires|enforces).{0,20}sso",
            r"single sign-on",
        ),
        what="Aptible does not let this sign-in push",
        why="an organisation that demands single sign-on hides its apps from password tokens and"
        " SSH keys",
        todo="sign in with an SSO token (Dashboard → CLI Token for SSO), or ask an account owner"
        " to put you on the allow list",
        wording="documented",
    ),
    Failure(
        id="DF07",
        patterns=(
            r"permission denied \(publickey",
            r"access denied",
            r"authentication failed",
            r"refused the sign-in",
        ),
        what="the git server refused the sign-in",
        why="the token ended, or its user has no permission to deploy in this environment",
        todo="sign in again; the user needs the permission deploy on the environment",
        wording="git",
    ),
    Failure(
        id="DF08",
        patterns=(r"pre-receive hook declined", r"\[remote rejected\]", r"remote rejected"),
        what="the git server took the push and refused the branch",
        why="its own check said no; the lines above say what it looked at",
        todo="read the lines of the log; push by hand to see them whole",
        wording="git",
    ),
    Failure(
        id="DF09",
        patterns=(
            r"before_(deploy|release).{0,60}(exited with|failed|status) ?(?P<code>\d+)?",
            r"(migration|migrate).{0,60}(failed|error)",
        ),
        what="a command of before_deploy ended badly; nothing was released",
        why="it runs against the throw-away database before new containers start: usually a"
        " migration that needs data, an extension or a variable that is not there",
        todo="read its output in the log; what it did to the throw-away database stays, so an"
        " unfinished migration may have to be taken back before you deploy again",
        wording="documented",
    ),
    Failure(
        id="DF10",
        patterns=(
            r"out of memory",
            r"oom[- ]?kill",
            r"\bkilled\b.{0,40}memory",
            r"(exit(ed)?|code|status)[^0-9\n]{0,16}137\b",
            r"heap out of memory",
        ),
        what="something was killed for want of memory",
        why="containers over their memory limit are restarted; a build has a limit of its own",
        todo="give the process more memory_mb in moveday.yaml, or have the build use less"
        " (fewer jobs at once). {step}",
        wording="docker",
    ),
    Failure(
        id="DF11",
        patterns=(r"exec format error", r"no match(ing)? (for )?(platform|manifest).{0,60}amd64"),
        what="the image is for another kind of processor",
        why="Aptible runs linux/amd64; an image made on an ARM laptop does not start there",
        todo="let Aptible build it from git, or build with --platform linux/amd64",
        wording="docker",
    ),
    Failure(
        id="DF12",
        patterns=(
            r"no cmd or procfile",
            r"(no|without|neither).{0,30}(cmd|command).{0,30}procfile",
            r"no (process|command) (type )?(specified|defined)",
        ),
        what="Aptible does not know what to run",
        why="the image has no CMD and the commit no Procfile",
        todo="add a Procfile with one line per process, or CMD to the Dockerfile"
        " (`moveday files` writes both)",
        wording="documented",
    ),
    Failure(
        id="DF13",
        patterns=(
            r"\.aptible\.yml.{0,80}(unknown|unsupported|invalid|unexpected|cannot)",
            r"(cannot|could not|unable to) (read|parse).{0,20}\.aptible\.yml",
            r"(unknown|unsupported|invalid) (key|hook).{0,60}aptible",
            r"\.aptible\.yml is not",
        ),
        what=".aptible.yml holds something that Aptible does not take",
        why="it knows before_deploy and the after_… hooks only, each a list of commands",
        todo="correct the key or the indentation, commit, and deploy again",
        wording="assumed",
    ),
    Failure(
        id="DF14",
        patterns=(
            r"(image )?exposes no port",
            r"no answer on container port (?P<port>\d+)(?P<why>[^\n]{0,80})",
            r"connection refused.{0,60}(health|port)",
        ),
        what="the app does not answer on the port that Aptible routes to",
        why="PORT, EXPOSE and the endpoint's container port must be one number, and the app must"
        " listen on 0.0.0.0: Aptible sets no PORT by itself",
        todo="set `port:` in moveday.yaml to the port the app listens on, ENV PORT and EXPOSE in"
        " the Dockerfile to the same, and bind to 0.0.0.0, not to 127.0.0.1",
        wording="assumed",
    ),
    Failure(
        id="DF15",
        patterns=(r"health ?check.{0,40}(fail|time)", r"(fail|time).{0,40}health ?check"),
        what="the new containers did not pass the release health check",
        why="they ended, listen elsewhere (127.0.0.1, another port), or take longer to start than"
        " the time allowed (180 s unless set)",
        todo="look how the container started in the app's log; an app that starts slowly needs"
        " RELEASE_HEALTHCHECK_TIMEOUT on its endpoint, one that filters hosts must let in the"
        " host name `containers`",
        wording="documented",
    ),
    Failure(
        id="DF16",
        patterns=(r"(scaled to|has) zero containers", r"service .{0,60} (at|to) zero"),
        what="the endpoint's service has no container",
        why="Aptible makes no endpoint on a service at zero",
        todo="scale it to one first; for web a deploy does so itself",
        wording="documented",
    ),
    Failure(
        id="DF17",
        patterns=(
            r"(plan|account|organization|organisation|trial|stack).{0,60}limit",
            r"limit.{0,60}(plan|reached|exceeded)",
            r"quota",
            r"upgrade your plan",
        ),
        what="the Aptible plan's limit is reached",
        why="a trial has 3 GB of memory, 20 GB of disk and one endpoint; other plans have theirs",
        todo="remove what is not needed (undo lists what moveday made), choose a larger plan,"
        " or have support lift the limit",
        wording="assumed",
    ),
    Failure(
        id="DF18",
        patterns=(r"environment is not activated", r"not activated"),
        what="the environment may not provision yet",
        why="Aptible activates an environment once the account is verified or paid for",
        todo="finish the sign-up in the dashboard, or write to support",
        wording="assumed",
    ),
    Failure(
        id="DF19",
        patterns=(
            r"database could not be provisioned",
            r"(provision\w*|disk|volume).{0,60}(fail|could not|capacity|insufficient)",
        ),
        what="Aptible could not provision the disk or the database",
        why="usually trouble or want of capacity on their side; its record was removed again",
        todo=f"{do('deploy')} again; if it stays, look at status.aptible.com and write to"
        " support with the operation's number",
        wording="assumed",
    ),
    Failure(
        id="DF20",
        patterns=(r"could not find git ref (?P<ref>\S+)", r"(git )?ref .{0,60}not found"),
        what="Aptible does not have the commit that it should deploy",
        why="it was not pushed, or the app was made anew since",
        todo=f"{do('deploy')} again: it pushes the commit first",
        wording="assumed",
    ),
    Failure(
        id="DF21",
        patterns=(
            r"returned a non-zero code: (?P<code>\d+)",
            r"did not complete successfully: exit code: (?P<code2>\d+)",
            r"failed to solve",
            r"copy failed",
            r"error building",
        ),
        what="a step of the Dockerfile failed{code}",
        why="what it printed stands above it in the log",
        todo="{step}Try it at home with `docker build .`: Aptible's builder has no config"
        " variables, and ignores .dockerignore",
        wording="docker",
    ),
    Failure(
        id="DF22",
        patterns=(r"(build|hook|command).{0,40}(timed out|time ?out|30 minutes)",),
        what="it took longer than Aptible allows",
        why="builds and hooks may take 30 minutes each",
        todo="make the build smaller, or run a long migration by hand in `aptible ssh`",
        wording="documented",
    ),
    Failure(
        id="DF23",
        patterns=(r"containers of service (?P<service>\S+) did not start",),
        what="the containers of {service} did not start",
        why="its command ended at once, or does not exist in the image",
        todo="look at what it printed; a line with &&, ; or $NAME needs a shell: an image with an"
        " ENTRYPOINT has none",
        wording="assumed",
    ),
)
"""In the order in which they are tried."""


def explain(log: str) -> Explanation | None:
    """What the log's end means by the first rule that fits; None when no rule does.

    A rule is looked for in the last lines first: what stands far above was survived.
    """
    lines = log.splitlines()
    for text in ("\n".join(lines[-12:]), log):
        for failure in FAILURES:
            for pattern in failure.patterns:
                found = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
                if found is not None:
                    return _explained(failure, found.groupdict(), log)
    return None


def _explained(failure: Failure, groups: Mapping[str, str | None], log: str) -> Explanation:
    # Groups of one meaning have numbered names, since a name may stand once in a pattern only.
    named = {name.rstrip("0123456789"): value for name, value in groups.items() if value}
    step = failed_step(log)
    words = {
        "image": named.get("image", "its name is in the log")[:_LONGEST],
        "service": named.get("service", "a service")[:_LONGEST],
        "code": f" (exit code {named['code']})" if named.get("code") else "",
        "step": f"It failed at: {step[:_LONGEST]}. " if step else "",
    }
    return Explanation(
        rule=failure.id,
        what=failure.what.format_map(words),
        why=failure.why,
        todo=failure.todo.format_map(words).strip(),
        wording=failure.wording,
    )

"""How does a backup come about, and how is it fetched? Real archives behind expiring links.

The data host's API is not documented; fields and state rules are those the official client reads:
succeeded is null while a backup runs, `logs` come only with `?verbose=true`, and times are
written `2020-12-13 16:22:40 +0000`.
"""

import asyncio
import hashlib
import hmac
import time

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.data_api import postgres, size_of
from providers.sandbox.heroku.front import LINK_PATH, needs
from providers.sandbox.heroku.replies import Json, Refusal, found, odd_stamp, reply
from providers.sandbox.heroku.state import Transfer

LOOK_EVERY = 0.2


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""
    account = context.account

    async def capture(request: Request) -> Response:
        addon, record = postgres(context, request)
        mine = [transfer for transfer in account.transfers if transfer.app == addon.app]
        transfer = Transfer(
            num=max((transfer.num for transfer in mine), default=0) + 1,
            addon=addon.name,
            app=addon.app,
            from_url=record.url,
            source_bytes=await size_of(context, record),
        )
        account.transfers.append(transfer)
        context.note("backup-started", app=addon.app, num=transfer.num)
        context.in_background(_run(context, transfer, record.name))
        return reply(_shape(transfer, verbose=False), 201)

    async def listing(request: Request) -> Response:
        app = context.app(request)
        mine = [transfer for transfer in account.transfers if transfer.app == app.name]
        return reply([_shape(transfer, verbose=False) for transfer in mine])

    async def one(request: Request) -> Response:
        verbose = request.query_params.get("verbose") == "true"
        return reply(_shape(_found(context, request), verbose))

    async def cancel(request: Request) -> Response:
        transfer = _found(context, request)
        if transfer.finished is None:
            transfer.canceled = transfer.finished = time.time()
            transfer.succeeded = False
            transfer.log("Canceled by user")
            context.note("backup-canceled", app=transfer.app, num=transfer.num)
        return reply(_shape(transfer, verbose=False))

    async def delete(request: Request) -> Response:
        transfer = _found(context, request)
        _forget(context, transfer)
        context.note("backup-deleted", app=transfer.app, num=transfer.num)
        return reply(_shape(transfer, verbose=False))

    async def public_url(request: Request) -> Response:
        transfer = _found(context, request)
        if not transfer.succeeded:
            raise Refusal(404, "not_found", "This backup has no archive.")
        expires = int(time.time() + context.switches.link_seconds)
        path = f"{LINK_PATH}{transfer.uuid}"
        signature = _signature(context, path, expires)
        context.note("backup-link", app=transfer.app, num=transfer.num)
        url = f"{context.base_url}{path}?X-Expires={expires}&X-Signature={signature}"
        return reply({"url": url, "expires_at": odd_stamp(expires)}, 201)

    async def fetch(request: Request) -> Response:
        return _archive(context, request)

    here, read, write = "/client/v11/apps/{app}/transfers", "read-protected", "write-protected"
    single = here + "/{transfer}"
    return [
        Route("/client/v11/databases/{database}/backups", needs(write, capture), methods=["POST"]),
        Route(here, needs(read, listing)),
        Route(single, needs(read, one)),
        Route(single, needs(write, delete), methods=["DELETE"]),
        Route(single + "/actions/cancel", needs(write, cancel), methods=["POST"]),
        Route(single + "/actions/public-url", needs(read, public_url), methods=["POST"]),
        Route(LINK_PATH + "{transfer}", fetch),
    ]


async def _run(context: Context, transfer: Transfer, database: str) -> None:
    """Take the backup: pending for a moment, then pg_dump into a file, then success or failure."""
    await asyncio.sleep(LOOK_EVERY)
    transfer.started = time.time()
    transfer.log("starting backup")
    file = context.folder / f"{transfer.uuid}.dump"
    dump = asyncio.ensure_future(context.ground.source_postgres.dump(database, file))
    earliest_end = transfer.started + context.switches.backup_seconds
    try:
        while transfer.canceled is None and not (dump.done() and time.time() >= earliest_end):
            await asyncio.sleep(LOOK_EVERY)
            transfer.processed_bytes = file.stat().st_size if file.exists() else 0
            transfer.updated = time.time()
        if transfer.canceled is None:
            await dump
    except (OSError, RuntimeError) as error:
        _fail(context, transfer, f"pg_dump failed: {type(error).__name__}")
        return
    finally:
        dump.cancel()
    if transfer.canceled is not None:
        file.unlink(missing_ok=True)
    elif context.ground.faults.take("heroku.backup-fails") is not None:
        file.unlink(missing_ok=True)
        _fail(context, transfer, "pg_dump: error: server closed the connection unexpectedly")
    else:
        transfer.file = file
        transfer.processed_bytes = file.stat().st_size
        transfer.log("backup finished")
        transfer.finished, transfer.succeeded = time.time(), True
        context.note("backup-finished", app=transfer.app, num=transfer.num)
        _push_out(context, transfer)


def _fail(context: Context, transfer: Transfer, message: str) -> None:
    transfer.log(message, "error")
    transfer.finished, transfer.succeeded = time.time(), False
    context.note("backup-failed", app=transfer.app, num=transfer.num)


def _push_out(context: Context, newest: Transfer) -> None:
    """Keep as many manual backups as the plan allows; a capture pushes out the oldest."""
    kept = [t for t in context.account.transfers if t.addon == newest.addon and t.succeeded]
    for transfer in kept[: -context.switches.keep_backups]:
        _forget(context, transfer)
        context.note("backup-pushed-out", app=transfer.app, num=transfer.num)


def _forget(context: Context, transfer: Transfer) -> None:
    context.account.transfers.remove(transfer)
    if transfer.file is not None:
        transfer.file.unlink(missing_ok=True)


def _found(context: Context, request: Request) -> Transfer:
    app = context.app(request)
    wanted = request.path_params["transfer"]
    match = (
        transfer
        for transfer in context.account.transfers
        if transfer.app == app.name and wanted in (transfer.uuid, str(transfer.num))
    )
    return found(next(match, None), "transfer", "transfer")


def _signature(context: Context, path: str, expires: int) -> str:
    message = f"{path}?{expires}".encode()
    return hmac.new(context.account.link_secret, message, hashlib.sha256).hexdigest()


def _archive(context: Context, request: Request) -> Response:
    """The archive behind a link. Like object storage, errors are XML."""
    expires = request.query_params.get("X-Expires", "")
    given = request.query_params.get("X-Signature", "")
    moment = int(expires) if expires.isdigit() else 0
    expected = _signature(context, request.url.path, moment)
    if moment < time.time() or not hmac.compare_digest(given, expected):
        return _storage_error(403, "AccessDenied", "Request has expired")
    wanted = request.path_params["transfer"]
    match = (t for t in context.account.transfers if t.uuid == wanted and t.file is not None)
    transfer = next(match, None)
    if transfer is None or transfer.file is None:
        return _storage_error(404, "NoSuchKey", "The specified key does not exist.")
    return FileResponse(transfer.file, media_type="application/octet-stream")


def _storage_error(status: int, code: str, message: str) -> Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    )
    return Response(text, status, media_type="application/xml")


def _shape(transfer: Transfer, verbose: bool) -> Json:
    shown: Json = {
        "canceled_at": odd_stamp(transfer.canceled),
        "created_at": odd_stamp(transfer.created),
        "deleted_at": None,
        "finished_at": odd_stamp(transfer.finished),
        "from_name": transfer.addon,
        "from_type": "pg_dump",
        "from_url": transfer.from_url,
        "num": transfer.num,
        "num_keep": 25,
        "options": {},
        "processed_bytes": transfer.processed_bytes,
        "purged_at": None,
        "schedule": {"uuid": transfer.schedule} if transfer.schedule else None,
        "source_bytes": transfer.source_bytes,
        "started_at": odd_stamp(transfer.started),
        "succeeded": transfer.succeeded,
        "to_name": "SCHEDULED BACKUP" if transfer.schedule else "BACKUP",
        "to_type": "gof3r",
        "to_url": f"https://storage.invalid/{transfer.uuid}",
        "updated_at": odd_stamp(transfer.updated),
        "uuid": transfer.uuid,
        "warnings": transfer.warnings,
    }
    if verbose:
        shown["logs"] = [
            {"created_at": odd_stamp(at), "level": level, "message": message}
            for at, level, message in transfer.logs
        ]
    return shown

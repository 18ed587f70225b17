"""Does the sandbox's Redis hold keys behind its password, and does it end?"""

import asyncio

import pytest
import redis.asyncio
from redis.exceptions import AuthenticationError, ConnectionError

from providers.sandbox.redis import RedisServer


async def test_keys_are_held_behind_the_password() -> None:
    server = RedisServer()
    await server.start()
    client = redis.asyncio.from_url(server.url)
    await client.set("greeting", "hello")
    assert await client.get("greeting") == b"hello"
    assert server.keys() == 1
    await client.aclose()
    wrong = redis.asyncio.from_url(f"redis://:wrong@127.0.0.1:{server.port}/0?protocol=2")
    with pytest.raises(AuthenticationError):
        await wrong.ping()
    await wrong.aclose()
    await asyncio.wait_for(server.stop(), 20)
    gone = redis.asyncio.from_url(server.url)
    with pytest.raises(ConnectionError):
        await gone.ping()
    await gone.aclose()

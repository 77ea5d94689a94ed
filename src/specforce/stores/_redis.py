"""The Redis store's scripts, and the clients of both halves. Loaded with redis-py, an extra.

A key is a hash of `value`, `generation`, `owner`, `lease_owner` and `lease_until` (milliseconds by the server's clock).
A script runs alone on the server, so each is atomic.
"""

from __future__ import annotations

from redis import ConnectionError as ConnectionLost
from redis import Redis as RedisClient
from redis import RedisError
from redis.asyncio import Redis as AsyncRedisClient
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

FIELDS = ("value", "generation", "owner")
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holder, held_until = unpack(redis.call('HMGET', KEYS[1], 'lease_owner', 'lease_until'))
"""
PUT = (
    _NOW
    + """
local value, generation, owner = unpack(ARGV)
if tonumber(redis.call('HGET', KEYS[1], 'generation') or '0') ~= tonumber(generation) then return 0 end
if holder and holder ~= owner and tonumber(held_until) > now then return 0 end
redis.call('HSET', KEYS[1], 'value', value, 'generation', generation + 1, 'owner', owner)
return 1
"""
)
LEASE = (
    _NOW
    + """
local owner, milliseconds = unpack(ARGV)
if holder and holder ~= owner and tonumber(held_until) > now then return 0 end
redis.call('HSET', KEYS[1], 'lease_owner', owner, 'lease_until', string.format('%.0f', now + milliseconds))
return 1
"""
)
RELEASE = """
if redis.call('HGET', KEYS[1], 'lease_owner') == ARGV[1] then
    redis.call('HDEL', KEYS[1], 'lease_owner', 'lease_until')
end
return 1
"""

__all__ = [
    "FIELDS",
    "LEASE",
    "PUT",
    "RELEASE",
    "AsyncRedisClient",
    "AsyncRetry",
    "ConnectionLost",
    "NoBackoff",
    "RedisClient",
    "RedisError",
    "Retry",
]

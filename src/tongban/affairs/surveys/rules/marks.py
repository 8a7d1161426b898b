"""By what a repeated answer is recognized without keeping anything about a person.

Every mark is a keyed digest under a random key of the one survey or interview; the key and all marks are destroyed at
its close. Nothing else of an address or a browser is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress

MOST_AN_HOUR = 30
"""Answers taken from one address in an hour (an office or a school stands behind one address)."""
MOST_QUESTIONS_A_DAY = 3
"""Questions taken for one interview from one browser or account in a day."""


def mark(key: str, kind: str, *parts: str) -> str:
    """Return the digest of what is to be recognized again."""
    text = "\x1f".join((kind, *parts))
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


def network(address: str) -> str:
    """Return what of an address is told apart: all of an IPv4, of an IPv6 the half a household has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def browser(key: str, address: str, agent: str, day: dt.date) -> str:
    """Return the mark of a browser at an address on one day: the next day it is another."""
    return mark(key, "browser", network(address), agent, day.isoformat())


def account(key: str, pk: int) -> str:
    """Return the mark of an account in one survey."""
    return mark(key, "account", str(pk))


def hour(key: str, address: str, at: dt.datetime) -> str:
    """Return the mark of an address in one hour."""
    return mark(key, "hour", network(address), at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H"))


def token(key: str, nonce: str) -> str:
    """Return the mark of one form that was handed out."""
    return mark(key, "token", nonce)

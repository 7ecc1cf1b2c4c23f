"""Members to watch, written straight into the database while nobody serves.

As many could not sign up from one host in an hour, and should not. What is written is what signing up, redeeming a
voucher and signing in leave behind: an account with the demo's plan, and as many sessions as that plan has streams.
Nothing of what is measured is changed by it: each play is pressed, decided, leased and kept alive as any other.
"""

import hashlib
import os
import secrets
import sqlite3
import time

DAY_MS = 24 * 3600 * 1000


def titles(database):
    """The names in addresses of the films that have a file which plays."""
    with opened(database) as base:
        rows = base.execute(
            "SELECT DISTINCT title.slug FROM title JOIN edit ON edit.title = title.id "
            "JOIN asset ON asset.edit = edit.id WHERE asset.state = 'ready' ORDER BY title.slug")
        return [slug for slug, in rows]


def members(database, count):
    """The cookies of `count` new sessions, spread over accounts as far as their plan allows."""
    now = int(time.time() * 1000)
    cookies = []
    with opened(database) as base:
        plan, streams = base.execute("SELECT id, streams FROM plan").fetchone()
        account = None
        for number in range(count):
            if number % streams == 0:
                account = new_account(base, plan, now)
            token = secrets.token_urlsafe(32)
            base.execute(
                "INSERT INTO session (id, token_hash, account, created_ms, last_seen_ms, expires_ms, device) "
                "VALUES (?, ?, ?, ?, ?, ?, 'Bench')",
                (new_id(now), hashlib.sha256(token.encode()).hexdigest(), account, now, now, now + 30 * DAY_MS))
            cookies.append(f"session={token}")
    return cookies


def new_account(base, plan, now):
    """A paid account that no password opens."""
    account = new_id(now)
    email = f"{account}@example.org"
    base.execute(
        "INSERT INTO account (id, email, email_key, password_hash, role, language, territory, created_ms) "
        "VALUES (?, ?, ?, '', 'viewer', 'en', 'FR', ?)", (account, email, email, now))
    base.execute(
        "INSERT INTO subscription (id, account, plan, provider, provider_ref, started_ms, paid_until_ms) "
        "VALUES (?, ?, ?, 'voucher', ?, ?, ?)", (new_id(now), account, plan, account, now, now + 30 * DAY_MS))
    return account


class opened:
    """The database for one transaction."""

    def __init__(self, database):
        self.base = sqlite3.connect(database)

    def __enter__(self):
        return self.base

    def __exit__(self, kind, *_):
        if kind is None:
            self.base.commit()
        self.base.close()


def new_id(now):
    """A UUID of version 7 (RFC 9562)."""
    number = now << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

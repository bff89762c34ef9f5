"""Which authorities a host's certificate is checked against: those that the program brings, whatever the environment names.

Only where a person turned the system's proxy on are the environment's taken (SSL_CERT_FILE, SSL_CERT_DIR): a proxy that reads what passes
shows certificates of its own authority.
"""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The program's own authorities. Made once: it takes 40 ms."""
    return _silent(httpx.create_ssl_context(trust_env=False))


def trusted_by_system() -> ssl.SSLContext:
    """Those that the environment names, else the program's own."""
    return _silent(httpx.create_ssl_context(trust_env=True))


def _silent(context: ssl.SSLContext) -> ssl.SSLContext:
    """Python writes each connection's keys into the file that SSLKEYLOGFILE names: whoever reads it reads what passes."""
    context.keylog_filename = None  # type: ignore[assignment]  # typeshed has only str; None ends the writing
    return context

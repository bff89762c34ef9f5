"""A Pusher socket: pysher once wrapped, so that nothing else needs to know it.

One object is one connection: it never reconnects by itself (pysher's own reconnect subscribes private channels without auth and may
storm). Its thread hands raw frames over and does nothing else; pysher's logging and timers per message are not used, because they
cost more than the message.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pysher
from pysher.connection import Connection
from websocket import WebSocketApp

from app.venues.dialling import Resolve, connected, resolved
from app.venues.proxies import FindProxy, no_proxy, system_proxy, tunnelled
from app.venues.trust import trusted, trusted_by_system

FRAME_LIMIT = 1024 * 1024  # bytes
LOST = b'{"event":"overround:lost"}'  # what the inbox gets when the socket is gone; no server can send it: see _Thread._on_message
PROTOCOL = 7
TLS_PATIENCE = 10.0  # seconds between two words of the TLS handshake
# Validating UTF-8 in Python makes pysher forty times slower; the proxy variables of the environment are not the user's choice.
_SOCKET = {"skip_utf8_validation": True, "http_no_proxy": ["*"]}


class PushAddress(msgspec.Struct, frozen=True):
    """Where the socket is: `host` for a venue's own server, else Pusher's by `cluster`."""

    key: str
    host: str = ""
    cluster: str = ""
    port: int = 443
    is_secure: bool = True


class _Url(pysher.Pusher):  # type: ignore[misc]
    """pysher's URL and subscribe frames, with the protocol version that venues serve today."""

    protocol = PROTOCOL
    client_id = "overround"


class _Thread(Connection):  # type: ignore[misc]
    """pysher's socket thread, stripped to handing frames over."""

    def __init__(
        self,
        url: str,
        post: Callable[[bytes], None],
        resolve: Resolve,
        trust: Callable[[], ssl.SSLContext],
        find_proxy: FindProxy,
    ) -> None:
        super().__init__(lambda *_: None, url, daemon=True, socket_kwargs=dict(_SOCKET))
        self.logger = logging.getLogger("app.venues.push.silent")
        self.logger.disabled = True
        self._post = post
        self._resolve = resolve
        self._trust = trust
        self._find_proxy = find_proxy

    def _connect(self) -> None:
        try:
            raw = self._dialled()
        except OSError:  # refused, no such host, no certificate that can be trusted
            self._post(LOST)
            return
        if not self.disconnect_called:
            self.socket = WebSocketApp(self.url, on_open=self._on_open, on_message=self._on_message, socket=raw)
            self.socket.run_forever(**self.socket_kwargs)
        raw.close()  # websocket-client leaves it open when the server said goodbye first
        self._post(LOST)

    def _dialled(self) -> socket.socket:
        """websocket-client tries one address after the other, each for minutes: it gets a socket that is connected already."""
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        if parts.scheme != "wss":
            return connected(parts.hostname, parts.port or 80, self._resolve)
        raw = self._reached(parts.hostname, parts.port or 443)
        raw.settimeout(TLS_PATIENCE)
        try:
            safe = self._trust().wrap_socket(raw, server_hostname=parts.hostname)
        except OSError:
            raw.close()
            raise
        safe.settimeout(None)
        return safe

    def _reached(self, host: str, port: int) -> socket.socket:
        proxy = self._find_proxy(host)
        if proxy is None:
            return connected(host, port, self._resolve)
        return tunnelled(proxy, host, port, lambda there, its_port: connected(there, its_port, self._resolve))

    def _on_open(self, *args: Any) -> None:
        if self.disconnect_called:  # it was closed while the server still answered the handshake
            args[0].close()

    def _on_message(self, *args: Any) -> None:
        frame = args[-1]
        if isinstance(frame, str):
            frame = frame.encode()
        if len(frame) <= FRAME_LIMIT and frame != LOST:
            self._post(frame)


class PushSocket:
    """One live connection. `post` is called from the socket's thread with each raw frame, and with `LOST` at its end."""

    def __init__(
        self,
        address: PushAddress,
        post: Callable[[bytes], None],
        resolve: Resolve = resolved,
        trust: Callable[[], ssl.SSLContext] = trusted,
        find_proxy: FindProxy = no_proxy,
    ) -> None:
        self._pusher = _Url(
            address.key,
            cluster=address.cluster,
            secure=address.is_secure,
            port=address.port,
            custom_host=f"[{address.host}]" if ":" in address.host else address.host,
            log_level=logging.CRITICAL,
        )
        self._thread = _Thread(self._pusher.url, post, resolve, trust, find_proxy)
        self._pusher.connection = self._thread
        # Sends may block on a full socket, so they leave the loop's thread; one worker keeps their order.
        self._sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="push-send")

    def open(self) -> None:
        self._pusher.connect()

    def send(self, event: str, data: object) -> None:
        self._sender.submit(self._thread.send_event, event, data)

    def subscribe(self, channel: str, auth: str) -> None:
        self._sender.submit(self._pusher.subscribe, channel, auth)

    def pong(self) -> None:
        self._sender.submit(self._thread.send_pong)

    def close(self) -> None:
        """Drop the connection without waiting for it: pysher's own disconnect may block for minutes."""
        self._thread.disconnect_called = True
        self._sender.shutdown(wait=False, cancel_futures=True)
        app = self._thread.socket
        if app is not None:
            app.keep_running = False
            closer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="push-close")
            closer.submit(app.close)
            closer.shutdown(wait=False)


def proxied(address: PushAddress, post: Callable[[bytes], None]) -> PushSocket:
    """A socket for a profile whose person turned the system's proxy on."""
    return PushSocket(address, post, trust=trusted_by_system, find_proxy=system_proxy)

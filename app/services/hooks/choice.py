"""What a person chose about receiving webhooks, and how to let a tunnel of his own reach the receiver."""

from __future__ import annotations

from typing import Final

import msgspec

from app.domain.receiving import PORT, RATE

PATIENCE: Final = 5.0  # seconds between a change and its delivery after which it is missed
MOST_PATIENCE: Final = 300.0
PORTS: Final = range(1024, 65536)
RATES: Final = range(1, 2001)


class HookChoice(msgspec.Struct, frozen=True):
    """`path` empty: each subscription is received at its own target's path. `patience` in seconds, `rate` in deliveries a second."""

    port: int = PORT
    path: str = ""
    hosts: tuple[str, ...] = ()
    patience: float = PATIENCE
    rate: int = RATE
    is_on: bool = False

    @property
    def objection(self) -> str:
        """Why it cannot be used, as a sentence; empty when it can."""
        if self.port not in PORTS:
            return f"The port is a number from {PORTS.start:,} to {PORTS.stop - 1:,}."
        if self.path and (not self.path.startswith("/") or any(sign.isspace() or sign in "?#" for sign in self.path)):
            return "The path begins with / and holds neither spaces nor ? nor #."
        if not 1.0 <= self.patience <= MOST_PATIENCE:
            return f"A delivery is waited for between 1 and {MOST_PATIENCE:.0f} s."
        if self.rate not in RATES:
            return f"The rate is a number from {RATES.start} to {RATES.stop - 1:,} a second."
        return next((words for words in map(_host_objection, self.hosts) if words), "")


class Tunnel(msgspec.Struct, frozen=True):
    """A program that people use to let the internet reach a port of theirs: `line` starts it, `note` says what to know."""

    name: str
    line: str
    note: str


def tunnels(port: int) -> tuple[Tunnel, ...]:
    """Lines to copy. Overround starts none of them: what is let in is a person's own choice."""
    here = f"127.0.0.1:{port}"
    return (
        Tunnel("ngrok", f"ngrok http {here}", "Its address changes with each start unless you reserve one."),
        Tunnel("cloudflared", f"cloudflared tunnel --url http://{here}", "A quick tunnel: for trying out, without an account."),
        Tunnel("Tailscale", f"tailscale funnel {port}", "At https://<computer>.<tailnet>.ts.net, ports 443, 8443 or 10000."),
        Tunnel("ssh", f"ssh -N -R 8765:{here} you@your.server", "Your server's web server passes https on to its port 8765."),
    )


def _host_objection(host: str) -> str:
    name, colon, port = host.partition(":")
    is_name = all(part.isascii() and part.replace("-", "").isalnum() for part in name.split("."))
    is_name = is_name and (not colon or (port.isascii() and port.isdecimal()))
    return "" if is_name else f"{host!r} is no host's name: write it as in hooks.example.com."

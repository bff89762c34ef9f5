"""Which host a client may speak to: the venue's own from a fixed table, this computer for practice, or a name a person typed; no other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import Final, NamedTuple

import msgspec

from app.domain.environment import Environment

TRADING: Final[Mapping[Environment, str]] = {
    Environment.SANDBOX: "https://api.sandbox.prophetx.dev/partner",
    Environment.PRODUCTION: "https://cash.api.prophetx.co/partner",
}
"""The Trading API's addresses, as its guide prints them."""

DOMAINS: Final[Mapping[Environment, str]] = {Environment.SANDBOX: "prophetx.dev", Environment.PRODUCTION: "prophetx.co"}
"""The venue's own domains. Its sample code refuses to run a test against anything under the production one; so do we, both ways."""

LONGEST: Final = 300  # characters of an address; a host name has 253 at most
_LOOPBACK4: Final = IPv4Network("127.0.0.0/8")
_LOOPBACK6: Final = IPv6Address("::1")
_HERE_ONLY: Final = ("localhost", "localdomain", "local", "internal")
_PUSHER: Final = re.compile(r"ws-[a-z0-9]+(-[a-z0-9]+)*\.pusher\.com")
_PARTS: Final = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?+"
    r"(?P<host>\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]|[^/:\[\]]*)"
    r"(?::(?P<port>[^/]*))?"
    r"(?P<path>/.*)?"
)
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")  # a last part like this makes browsers and resolvers read an IP address
_FORBIDDEN: Final = {
    "\\": "a backslash, which programs read in different ways",
    "@": "a user name or password before an @, which can hide the real host",
    "?": "a query (?)",
    "#": "a fragment (#)",
    "%": "a percent sign: write the host in plain letters",
}


class HostError(ValueError):
    """This is no host to speak to; `str(error)` is a sentence that says what is wrong with it."""


class UnconfirmedError(HostError):
    """The stream's `host` is a possible one, but foreign to the venue: a person has to confirm it once."""

    def __init__(self, host: str) -> None:
        super().__init__(f"The venue sends the stream to {host}, which is not one of its known hosts: confirm it once to use it")
        self.host = host


class Address(msgspec.Struct, frozen=True, gc=False):
    """Where a client of one environment sends its requests. `base_url` has no slash at its end.

    Made by `trading`, `practice` and `partner`. The constructor repeats their check, so that no other way of making one
    (decoding, `structs.replace`) gives an address that they would refuse: it raises HostError.
    """

    environment: Environment
    base_url: str

    def __post_init__(self) -> None:
        if self.base_url != _allowed(self.environment, self.base_url):
            raise HostError(f"{_short(self.base_url)} is not written as an address is kept")


def trading(environment: Environment) -> Address:
    """The Trading API of `environment`; HostError for practice, whose address its exchange says when it starts."""
    if environment not in TRADING:
        raise HostError("The practice exchange has no fixed address: it says its own when it starts")
    return Address(environment, TRADING[environment])


def practice(url: str) -> Address:
    """The exchange on this computer: http or https on 127.0.0.0/8, ::1 or the name localhost. HostError for anything else."""
    return Address(Environment.PRACTICE, _here(url.strip()))


def partner(environment: Environment, typed: str) -> Address:
    """The B2B or Rankacy host as a person typed it, with or without https://. HostError unless it is a plain public host name."""
    return Address(environment, _typed(environment, typed.strip()))


def stream_host(address: Address, told: str, confirmed: Collection[str] = ()) -> str:
    """The host of the stream that the venue's connection configuration told us, checked before anything is sent to it.

    `told` is its `ws_host`, or `ws-<cluster>.pusher.com` when it names a cluster only. Practice gives loopback hosts (an
    IPv6 one without brackets) and cannot be talked into another by `confirmed`, the hosts a person has confirmed for this
    profile; nor is a partner's own host, which a person typed, a foreign one. A foreign host that is not among them raises
    UnconfirmedError, an impossible one HostError.
    """
    _refuse_odd_characters(told)
    if address.environment == Environment.PRACTICE:
        return _loopback(told)
    name = _public_name(told)
    _refuse_another_environment(address.environment, name)
    is_own = name == address.base_url.removeprefix("https://")
    if is_own or _is_under(name, DOMAINS[address.environment]) or _PUSHER.fullmatch(name) or name in confirmed:
        return name
    raise UnconfirmedError(name)


def _allowed(environment: Environment, url: str) -> str:
    """`url` as an address of `environment` keeps it, or HostError."""
    if environment == Environment.PRACTICE:
        return _here(url)
    if url == TRADING[environment]:
        return url
    return _typed(environment, url)


def _here(url: str) -> str:
    parts = _split(url)
    if parts.scheme not in ("http", "https"):
        raise HostError(f"{_short(url)} does not start with http:// or https://")
    if not _PATH.fullmatch(parts.path):
        raise HostError(f"The path {_short(parts.path)} has other characters than letters, digits and . _ ~ -")
    host = _loopback(parts.host)
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}{parts.path.rstrip('/')}"


def _typed(environment: Environment, url: str) -> str:
    if environment == Environment.PRACTICE:
        raise HostError("Practice stays on this computer: no other host can be given to it")
    parts = _split(url)
    if parts.scheme not in ("", "https"):
        raise HostError(f"{parts.scheme}:// is not allowed: keys and orders leave over https:// only")
    if parts.port not in (None, 443):
        raise HostError(f"Port {parts.port} is not allowed: only 443, the port of https")
    if parts.path not in ("", "/"):
        raise HostError(f"Leave out {_short(parts.path)}: only the host is typed, the paths are known")
    if not parts.host:
        raise HostError(f"The host's name is missing{f' after {parts.scheme}://' if parts.scheme else ''}: type it as in host.example.com")
    name = _public_name(parts.host)
    _refuse_another_environment(environment, name)
    return f"https://{name}"


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: int | None
    path: str


def _split(url: str) -> _Parts:
    """The parts of `url`, read by one narrow pattern: what two URL libraries could read differently does not match it."""
    _refuse_odd_characters(url)
    match = _PARTS.fullmatch(url)
    if match is None:
        raise HostError(f"{_short(url)} has brackets in the wrong place")
    port = match["port"]
    return _Parts((match["scheme"] or "").lower(), match["host"].strip("[]"), None if port is None else _port(port), match["path"] or "")


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise HostError(f"{_short(text)} is not a port: one is a number from 1 to 65535")
    return int(text)


def _refuse_odd_characters(text: str) -> None:
    if not text:
        raise HostError("No host was given")
    if len(text) > LONGEST:
        raise HostError(f"The address has {len(text)} characters: more than {LONGEST} are never right")
    for mark in text:
        _refuse_odd_character(mark)


def _refuse_odd_character(mark: str) -> None:
    if mark in _FORBIDDEN:
        raise HostError(f"The address holds {_FORBIDDEN[mark]}")
    if mark.isspace() or not mark.isprintable():
        raise HostError(f"The address holds a space, a line end or another mark that is not printed (U+{ord(mark):04X})")
    if not mark.isascii():
        name = unicodedata.name(mark, "a character without a name")
        raise HostError(f"The address holds {name} (U+{ord(mark):04X}), which is no ASCII letter and may only look like one")


def _public_name(host: str) -> str:
    """`host` in small letters when it is a full host name that can lie outside this computer and its network."""
    name = host.lower()
    labels = name.split(".")
    if ":" in name or _NUMBER.fullmatch(labels[-1]):
        raise HostError(f"{_short(host)} is an IP address or holds a port: a host name is needed")
    if not all(labels):
        raise HostError(f"{_short(host)} has an empty part: look for a missing name or a dot too many")
    for label in labels:
        _refuse_odd_label(label)
    if labels[-1] in _HERE_ONLY:
        raise HostError(f"{name} is a name of this computer or its own network, not of a venue")
    if len(labels) < 2:
        raise HostError(f"{name} is not a full host name: it needs a domain, as in host.example.com")
    if len(name) > 253:
        raise HostError(f"A host name has at most 253 characters, this one {len(name)}")
    return name


def _refuse_odd_label(label: str) -> None:
    if not re.fullmatch(r"[a-z0-9-]+", label):
        raise HostError(f"{_short(label)} holds something else than letters, digits and hyphens")
    if label.startswith("xn--"):
        raise HostError(f"{_short(label)} stands for letters of another script, which may only look like the host you mean")
    if label[0] == "-" or label[-1] == "-":
        raise HostError(f"{_short(label)} starts or ends with a hyphen, which no part of a host name does")
    if len(label) > 63:
        raise HostError(f"A part of a host name has at most 63 characters, {_short(label)} has {len(label)}")


def _refuse_another_environment(environment: Environment, name: str) -> None:
    for other, domain in DOMAINS.items():
        if other != environment and _is_under(name, domain):
            raise HostError(f"{name} belongs to the venue's {other.lower()}: a {environment.lower()} profile never speaks to it")


def _is_under(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _loopback(host: str) -> str:
    if host.lower() == "localhost":
        return "localhost"
    try:
        address = ip_address(host)
    except ValueError:
        raise HostError(f"{_short(host)} is not a loopback address: practice stays on 127.0.0.1, ::1 or localhost") from None
    if address == _LOOPBACK6 or (isinstance(address, IPv4Address) and address in _LOOPBACK4):
        return str(address)
    raise HostError(f"{_short(host)} is another computer's address: practice stays on 127.0.0.1, ::1 or localhost")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:59]}…")

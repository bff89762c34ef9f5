"""Which hosts a client may speak to: a fixed table, this computer, or a plain name a person typed."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.environment import Environment
from app.venues.hosts import DOMAINS, LONGEST, Address, HostError, UnconfirmedError, partner, practice, stream_host, trading

PRACTICE, SANDBOX, PRODUCTION = Environment.PRACTICE, Environment.SANDBOX, Environment.PRODUCTION
VENUES = (SANDBOX, PRODUCTION)
HERE = practice("http://127.0.0.1:8080/partner")

SCHEMES = ["http://", "https://", "HTTP://", "https:/", "//", "file://"]
HERE_LIKE = ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "10.0.0.1"]
BRACKETED = ["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::1%25lo]", "::1", "[", "]"]
NAMES = [
    "cash.api.prophetx.co",
    "api.sandbox.prophetx.dev",
    "prophetx.co",
    ".prophetx.dev",
    "evil.com",
    "b2b.example.com",
    "xn--80ak6aa92e.com",
]
MARKS = [
    "\\",
    "@",
    ":",
    "?",
    "#",
    "%",
    "%2e",
    ".",
    "/",
    ";",
    "-",
    " ",
    "\t",
    "\n",
    "\0",
    "\u200b",
    "\u2044",
    "。",
    "．",
    "１２７.0.0.1",
    "ｌ",
    "\u0430",
]
ENDS = [":80", ":443", ":0", ":99999", "user:pass@", "/partner", "/../", "a", ".local", ""]
PIECES = st.sampled_from(SCHEMES + HERE_LIKE + BRACKETED + NAMES + MARKS + ENDS)
LIKELY = st.tuples(st.sampled_from(SCHEMES), PIECES, PIECES, st.sampled_from(ENDS)).map("".join)
ANY_TEXT = st.one_of(st.text(), st.lists(PIECES, max_size=7).map("".join), LIKELY)


# The fixed table


@pytest.mark.parametrize(
    ("environment", "url"), [(SANDBOX, "https://api.sandbox.prophetx.dev/partner"), (PRODUCTION, "https://cash.api.prophetx.co/partner")]
)
def test_the_trading_api_has_one_address_an_environment(environment: Environment, url: str) -> None:
    assert trading(environment) == Address(environment, url)


def test_practice_has_no_fixed_address() -> None:
    with pytest.raises(HostError, match="says its own"):
        trading(PRACTICE)


# This computer


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:8080/partner", "http://127.0.0.1:8080/partner"),
        ("https://127.0.0.1", "https://127.0.0.1"),
        ("http://127.255.1.2:1/", "http://127.255.1.2:1"),
        ("http://[::1]:8080/partner/", "http://[::1]:8080/partner"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
        ("HTTP://localhost:08080", "http://localhost:8080"),
        ("  http://127.0.0.1\n", "http://127.0.0.1"),
    ],
)
def test_practice_is_spoken_to_on_this_computer(url: str, kept: str) -> None:
    assert practice(url) == Address(PRACTICE, kept)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "No host"),
        ("127.0.0.1:8080", "does not start with http"),
        ("ftp://127.0.0.1", "does not start with http"),
        ("//127.0.0.1", "does not start with http"),
        ("http://", "not a loopback address"),
        ("http://:80", "not a loopback address"),
        ("http://10.0.0.1", "another computer's"),
        ("http://0.0.0.0", "another computer's"),
        ("http://[::]", "another computer's"),
        ("http://[::ffff:127.0.0.1]", "another computer's"),
        ("http://[fe80::1]", "another computer's"),
        ("http://[::1%25lo]", "percent"),
        ("http://[127.0.0.1]", "brackets"),
        ("http://[::1", "brackets"),
        ("http://[::1]x", "brackets"),
        ("http://::1/", "not a port"),
        ("http://127.1", "not a loopback address"),
        ("http://2130706433", "not a loopback address"),
        ("http://0x7f.0.0.1", "not a loopback address"),
        ("http://0177.0.0.1", "not a loopback address"),
        ("http://127.0.0.1.", "not a loopback address"),
        ("http://127.0.0.1.evil.com", "not a loopback address"),
        ("http://localhost.evil.com", "not a loopback address"),
        ("http://foo.localhost", "not a loopback address"),
        ("http://localhost.", "not a loopback address"),
        ("http://cash.api.prophetx.co/partner", "not a loopback address"),
        ("https://api.sandbox.prophetx.dev/partner", "not a loopback address"),
        ("http://127.0.0.1@evil.com", "user name"),
        ("http://evil.com\\@127.0.0.1", "backslash"),
        ("http://evil.com#127.0.0.1", "fragment"),
        ("http://127.0.0.1?x=1", "query"),
        ("http://127.0.0.1:0", "not a port"),
        ("http://127.0.0.1:65536", "not a port"),
        ("http://127.0.0.1:", "not a port"),
        ("http://127.0.0.1:8o", "not a port"),
        ("http://127.0.0.1:80:80", "not a port"),
        ("http://127.0.0.1:-1", "not a port"),
        ("http://127.0.0.1:٨", "ARABIC-INDIC DIGIT EIGHT"),
        ("http://１２７.0.0.1", "FULLWIDTH DIGIT ONE"),
        ("http://127。0。0。1", "IDEOGRAPHIC FULL STOP"),
        ("http://127.0.0.1/a b", "space"),
        ("http://127.0.0.1/a\nb", "line end"),
        ("http://127.0.0.1/a\0b", "U\\+0000"),
        ("http://127.0.0.1/%2e%2e", "percent"),
        ("http://127.0.0.1//evil.com", "path"),
        ("http://127.0.0.1/a;b", "path"),
        ("http://127.0.0.1/" + "a" * LONGEST, "characters"),
        ("x" * 100_000, "100000 characters"),
    ],
)
def test_practice_goes_nowhere_else_and_says_why(url: str, words: str) -> None:
    with pytest.raises(HostError, match=words):
        practice(url)


# A host a person typed


@pytest.mark.parametrize("environment", VENUES)
@pytest.mark.parametrize(
    "typed",
    [
        "https://b2b.example.com",
        "b2b.example.com",
        "HTTPS://B2B.Example.COM/",
        " https://b2b.example.com:443 ",
        "b2b.example.com:443/",
        "\thttps://b2b.example.com\r\n",
    ],
)
def test_a_typed_host_is_kept_in_one_spelling(environment: Environment, typed: str) -> None:
    assert partner(environment, typed) == Address(environment, "https://b2b.example.com")


@pytest.mark.parametrize("environment", VENUES)
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "No host"),
        ("   ", "No host"),
        ("http://b2b.example.com", "http:// is not allowed"),
        ("ws://b2b.example.com", "ws:// is not allowed"),
        ("file:///etc/passwd", "file:// is not allowed"),
        ("javascript:alert(1)", "not a port"),
        ("//b2b.example.com", "Leave out"),
        ("https:b2b.example.com", "not a port"),
        ("https:///b2b.example.com", "Leave out"),
        ("https://", "name is missing after https://"),
        ("https://key:secret@b2b.example.com", "user name or password"),
        ("https://b2b.example.com@evil.com", "user name or password"),
        ("https://b2b.example.com\\.evil.com", "backslash"),
        ("https:\\\\b2b.example.com", "backslash"),
        ("https://b2b.example.com:8443", "Port 8443"),
        ("https://b2b.example.com:80", "Port 80"),
        ("https://b2b.example.com:0", "not a port"),
        ("https://b2b.example.com:443:443", "not a port"),
        ("https://b2b.example.com/api/b2b", "only the host is typed"),
        ("https://b2b.example.com//", "only the host is typed"),
        ("https://b2b.example.com?x=1", "query"),
        ("https://b2b.example.com#x", "fragment"),
        ("https://b2b.example%2ecom", "percent"),
        ("https://b2b example.com", "space"),
        ("https://b2b.exa\nmple.com", "line end"),
        ("https://b2b.example.com\u200b", "U\\+200B"),
        ("https://b2b.example.com\u202e", "U\\+202E"),
        ("https://b2b.ex\u0430mple.com", "CYRILLIC SMALL LETTER A"),
        ("https://b2b.example。com", "IDEOGRAPHIC FULL STOP"),
        ("https://b2b.example.com\u2044x", "FRACTION SLASH"),
        ("https://bücher.example.com", "LATIN SMALL LETTER U WITH DIAERESIS"),
        ("https://xn--80ak6aa92e.com", "another script"),
        ("https://b2b.XN--80ak6aa92e.com", "another script"),
        ("https://93.184.216.34", "IP address"),
        ("https://93.184.55519", "IP address"),
        ("https://1572395042", "IP address"),
        ("https://0x5db8d822", "IP address"),
        ("https://b2b.example.0x7f", "IP address"),
        ("https://[2001:db8::1]", "IP address"),
        ("https://127.0.0.1", "IP address"),
        ("https://[::1]", "IP address"),
        ("https://localhost", "this computer"),
        ("https://b2b.localhost", "this computer"),
        ("https://localhost.localdomain", "this computer"),
        ("https://printer.local", "this computer or its own network"),
        ("https://b2b.internal", "this computer or its own network"),
        ("https://intranet", "not a full host name"),
        ("https://b2b.example.com.", "dot too many"),
        ("https://b2b..example.com", "dot too many"),
        ("https://.example.com", "dot too many"),
        ("https://b2b_1.example.com", "something else than letters"),
        ("https://b2b,example.com", "something else than letters"),
        ("https://-b2b.example.com", "hyphen"),
        ("https://b2b-.example.com", "hyphen"),
        (f"https://{'a' * 64}.example.com", "63 characters"),
        (f"https://{'.'.join(['a' * 60] * 4)}.example.com", "253 characters"),
        ("https://" + "a." * 500 + "com", "characters"),
        ("x" * 100_000, "100000 characters"),
    ],
)
def test_what_is_no_plain_https_host_is_refused_with_the_reason(environment: Environment, typed: str, words: str) -> None:
    with pytest.raises(HostError, match=words):
        partner(environment, typed)


@pytest.mark.parametrize(
    ("environment", "typed"),
    [
        (SANDBOX, "https://cash.api.prophetx.co"),
        (SANDBOX, "CASH.API.PROPHETX.CO"),
        (SANDBOX, "prophetx.co"),
        (SANDBOX, "b2b.prophetx.co"),
        (PRODUCTION, "https://api.sandbox.prophetx.dev"),
        (PRODUCTION, "b2b.prophetx.dev"),
    ],
)
def test_a_host_of_the_other_environment_is_refused(environment: Environment, typed: str) -> None:
    with pytest.raises(HostError, match="never speaks to it"):
        partner(environment, typed)


def test_the_venues_own_sandbox_host_may_be_typed_for_the_sandbox() -> None:
    assert partner(SANDBOX, "https://api.sandbox.prophetx.dev").base_url == "https://api.sandbox.prophetx.dev"


def test_no_host_can_be_typed_for_practice() -> None:
    with pytest.raises(HostError, match="stays on this computer"):
        partner(PRACTICE, "https://b2b.example.com")


# An address is right however it is made


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        (PRACTICE, "https://cash.api.prophetx.co/partner"),
        (SANDBOX, "https://cash.api.prophetx.co/partner"),
        (PRODUCTION, "https://api.sandbox.prophetx.dev/partner"),
        (PRODUCTION, "http://127.0.0.1:8080"),
        (SANDBOX, "b2b.example.com"),
        (PRACTICE, "http://127.0.0.1/"),
    ],
)
def test_the_constructor_makes_no_address_that_the_functions_would_refuse(environment: Environment, url: str) -> None:
    with pytest.raises(HostError):
        Address(environment, url)


@pytest.mark.parametrize("url", [*(trading(environment).base_url for environment in VENUES), "https://b2b.example.com"])
def test_f_k09_no_way_of_making_an_address_leads_practice_to_a_venue(url: str) -> None:
    for make in (practice, lambda told: partner(PRACTICE, told), lambda told: Address(PRACTICE, told)):
        with pytest.raises(HostError):
            make(url)


def test_a_changed_copy_is_checked_too() -> None:
    with pytest.raises(HostError):
        msgspec.structs.replace(HERE, base_url="https://cash.api.prophetx.co/partner")
    with pytest.raises(HostError):
        msgspec.structs.replace(trading(PRODUCTION), environment=PRACTICE)


def test_a_decoded_address_is_checked_too() -> None:
    text = b'{"environment": "PRACTICE", "base_url": "https://cash.api.prophetx.co/partner"}'
    with pytest.raises(msgspec.ValidationError, match="loopback"):
        msgspec.json.decode(text, type=Address)


# Any text whatever


@settings(max_examples=1000)
@given(ANY_TEXT)
@example("http://127.0.0.1")
@example("http://[::1]:80/a")
def test_no_text_leads_practice_off_this_computer(text: str) -> None:
    try:
        address = practice(text)
    except HostError:
        return
    assert address.environment is PRACTICE
    for host in (httpx.URL(address.base_url).host, urlsplit(address.base_url).hostname or ""):
        assert host == "localhost" or ipaddress.ip_address(host).is_loopback
    assert practice(address.base_url) == address


@settings(max_examples=1000)
@given(st.sampled_from(VENUES), ANY_TEXT)
@example(SANDBOX, "b2b.example.com")
@example(PRODUCTION, "HTTPS://b2b.example.com:443/")
def test_no_typed_text_leads_to_the_other_environment_or_to_this_computer(environment: Environment, text: str) -> None:
    try:
        address = partner(environment, text)
    except HostError:
        return
    (other,) = set(VENUES) - {environment}
    host = httpx.URL(address.base_url).host
    assert address.environment is environment
    assert address.base_url == f"https://{host}"
    assert urlsplit(address.base_url).netloc == host
    assert not f".{host}".endswith((f".{DOMAINS[other]}", ".localhost", ".local", ".internal"))
    assert not host.rpartition(".")[2].isdigit()


# The stream's host


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (SANDBOX, "ws.sandbox.prophetx.dev"),
        (SANDBOX, "WS.Sandbox.prophetx.dev"),
        (PRODUCTION, "talaria.prophetx.co"),
        (PRODUCTION, "ws-mt1.pusher.com"),
        (SANDBOX, "ws-us2.pusher.com"),
        (SANDBOX, "ws-ap1-b.pusher.com"),
    ],
)
def test_the_stream_is_followed_to_the_venues_known_hosts(environment: Environment, told: str) -> None:
    assert stream_host(trading(environment), told) == told.lower()


@pytest.mark.parametrize("told", ["127.0.0.1", "::1", "localhost"])
def test_practices_stream_is_on_this_computer(told: str) -> None:
    assert stream_host(HERE, told) == told


@pytest.mark.parametrize(
    "told",
    [
        "ws.evil.com",
        "prophetx.dev.evil.com",
        "notprophetx.dev",
        "pusher.com",
        "evil.pusher.com",
        "ws-a.b.pusher.com",
        "ws-mt1.pusher.com.evil.com",
    ],
)
def test_a_foreign_stream_host_waits_for_a_person(told: str) -> None:
    with pytest.raises(UnconfirmedError, match="confirm it once") as caught:
        stream_host(trading(SANDBOX), told)
    assert caught.value.host == told
    assert stream_host(trading(SANDBOX), told.upper(), frozenset({told})) == told


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (HERE, "ws.sandbox.prophetx.dev"),
        (HERE, "cash.api.prophetx.co"),
        (HERE, "10.0.0.1"),
        (HERE, ""),
        (trading(SANDBOX), "ws.prophetx.co"),
        (trading(PRODUCTION), "ws.sandbox.prophetx.dev"),
        (trading(PRODUCTION), "127.0.0.1"),
        (trading(PRODUCTION), "localhost"),
        (trading(PRODUCTION), "10.0.0.1"),
        (trading(PRODUCTION), "::1"),
        (trading(PRODUCTION), "ws.prophetx.co:8080"),
        (trading(PRODUCTION), "ws.prophetx.co/app"),
        (trading(PRODUCTION), "evil.com/.prophetx.co"),
        (trading(PRODUCTION), "evil.com#.prophetx.co"),
        (trading(PRODUCTION), "evil.com\\.prophetx.co"),
        (trading(PRODUCTION), "evil@ws.prophetx.co"),
        (trading(PRODUCTION), " ws.prophetx.co"),
        (trading(PRODUCTION), "ws.prophetx.co\r\nX: y"),
        (trading(PRODUCTION), "ws.pr\u043ephetx.co"),
        (trading(PRODUCTION), ""),
    ],
)
def test_no_confirmation_opens_an_impossible_stream_host(address: Address, told: str) -> None:
    with pytest.raises(HostError) as caught:
        stream_host(address, told, frozenset({told}))
    assert not isinstance(caught.value, UnconfirmedError)


@settings(max_examples=1000)
@given(ANY_TEXT)
def test_no_text_leads_practices_stream_off_this_computer(text: str) -> None:
    try:
        host = stream_host(HERE, text, frozenset({text}))
    except HostError:
        return
    assert host == "localhost" or ipaddress.ip_address(host).is_loopback

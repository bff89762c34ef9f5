"""Where the feed would deliver, said before it is asked; and whose delivery a path is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.webhook import LONGEST_URL, leads_to, path_of, port_here, shown, why_no_target
from app.practice.webhooks.target import why_refused

HTTPS = ["https://hooks.example.com/rankacy", "https://x.cz", "HTTPS://X.CZ/", "https://[2001:db8::1]:8443/h?x=1", "https://127.0.0.1/h"]
HERE = ["http://127.0.0.1:8765/h", "http://localhost/h", "http://[::1]:8765/", "HTTP://LOCALHOST:1"]
NEVER = [
    "http://hooks.example.com/rankacy",
    "http://192.168.0.1/h",
    "http://127.0.0.2:8765/h",
    "http://127.0.0.1.example.com/",
    "http://user@127.0.0.1:8765/h",
    "http://user:word@localhost/h",
    "http://127.0.0.1@hooks.example.com/h",
    "http://localhost\\@hooks.example.com/",
    "ftp://127.0.0.1/h",
    "https:/hooks.example.com",
    "https:///rankacy",
    "https://:443/",
    "https://?rankacy",
    "https://hooks.example.com:0/",
    "https://hooks.example.com:99999/",
    "https://hooks.example.com:port/",
    "https://[2001:db8::1/",
    "hooks.example.com",
    " https://hooks.example.com",
    "https://hooks.example.com/a b",
    "https://hooks.example.com/\n",
    "https://hooks.example.com/\u200b",
]

LOGINS = ["https://user:word@hooks.example.com/h", "https://user@hooks.example.com/h", "https://:word@hooks.example.com"]


@pytest.mark.parametrize("url", HTTPS)
def test_an_address_of_the_internet_is_taken(url: str) -> None:
    assert why_no_target(url) == ""
    assert why_no_target(url, takes_loopback=True) == ""


@pytest.mark.parametrize("url", HERE)
def test_this_computer_is_taken_without_https_by_practice_only(url: str) -> None:
    assert why_no_target(url) == "The feed delivers to https:// only."
    assert why_no_target(url, takes_loopback=True) == ""


@pytest.mark.parametrize("url", NEVER + LOGINS)
@pytest.mark.parametrize("takes_loopback", [False, True])
def test_any_other_is_refused_in_a_sentence(url: str, *, takes_loopback: bool) -> None:
    why = why_no_target(url, takes_loopback=takes_loopback)
    assert why.startswith("The ")
    assert why.endswith(".")


@pytest.mark.parametrize("size", [0, 7, LONGEST_URL + 1])
def test_the_length_is_told_with_what_may_be(size: int) -> None:
    url = "https://x.cz/".ljust(size, "x")[:size]
    assert why_no_target(url) == f"The address has {size:,} characters; the feed takes 8 to 2,048."


def test_the_longest_and_the_shortest_are_taken() -> None:
    assert why_no_target("https://x.cz/".ljust(LONGEST_URL, "x")) == ""
    assert why_no_target("https://x"[:9]) == ""


@pytest.mark.parametrize("url", HTTPS + HERE + NEVER)
@pytest.mark.parametrize("takes_loopback", [False, True])
def test_the_practice_exchange_says_the_same(url: str, *, takes_loopback: bool) -> None:
    """Its code shares nothing with this."""
    assert bool(why_refused(url, takes_loopback=takes_loopback)) == bool(why_no_target(url, takes_loopback=takes_loopback))


@given(st.text(), st.booleans())
def test_no_text_makes_it_raise(url: str, is_practice: bool) -> None:
    why_no_target("http:" + url, takes_loopback=is_practice)
    assert path_of(url).startswith("/")
    assert not leads_to("http:" + url, 8765)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://hooks.example.com/rankacy/odds", "/rankacy/odds"),
        ("https://hooks.example.com", "/"),
        ("https://hooks.example.com/", "/"),
        ("https://hooks.example.com/a?b=/c", "/a"),
        ("https://hooks.example.com/a#b", "/a"),
        ("https://hooks.example.com?b=1/2", "/"),
        ("https://[2001:db8::1/a", "/"),
    ],
)
def test_the_path_of_a_target(url: str, path: str) -> None:
    assert path_of(url) == path


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("http://127.0.0.1:8765/h", True),
        ("http://127.0.0.1:8766/h", False),
        ("http://127.0.0.1/h", False),
        ("https://127.0.0.1:8765/h", False),
        ("http://user@127.0.0.1:8765/h", False),
        ("http://127.0.0.1:8765@hooks.example.com/h", False),
        ("http://hooks.example.com:8765/h", False),
        ("http://127.0.0.1:x/", False),
    ],
)
def test_which_target_is_the_receivers_own_port(url: str, *, is_ours: bool) -> None:
    assert leads_to(url, 8765) is is_ours


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://127.0.0.1:8765/h", 8765),
        ("http://localhost:9000", 9000),
        ("http://[::1]:1/", 1),
        ("http://127.0.0.1/h", 80),
        ("https://127.0.0.1:8765/h", None),
        ("http://user@127.0.0.1:8765/h", None),
        ("http://hooks.example.com:8765/h", None),
        ("http://127.0.0.1:x/", None),
    ],
)
def test_which_port_of_this_computer_a_target_is(url: str, port: int | None) -> None:
    assert port_here(url) == port


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://user:word@hooks.example.com/h", "https://…@hooks.example.com/h"),
        ("https://a@b@c.example.com:8443/h?x=@y", "https://…@c.example.com:8443/h?x=@y"),
        ("https://hooks.example.com/@h", "https://hooks.example.com/@h"),
        ("https://hooks.example.com?mail=me@example.com", "https://hooks.example.com?mail=me@example.com"),
        ("no address", "no address"),
    ],
)
def test_whoever_logs_in_is_not_shown(url: str, seen: str) -> None:
    assert shown(url) == seen

"""I-01 to I-12 for answers: every call of the client over bodies that are not what they should be."""

from __future__ import annotations

import json

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError
from app.domain.money import CENT
from app.venues.http import BODY_LIMIT
from tests.venues.inputs.kit import AWAY, GAME, GOOD, LOGIN, METHODS, floor, markets_body, open_floor, outcome, packed
from tests.venues.samples import changed, document

PLACED = {"place"}  # an answer to an order that cannot be read leaves it unknown

NOT_AN_ANSWER = {
    "empty": b"",
    "whitespace": b" \r\n\t ",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "nought": b"0",
    "true": b"true",
}


def unreadable(name: str) -> type[Exception]:
    return METHODS[name].trouble


def markets() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = document("markets")["data"]["19458"]
    return rows


@pytest.mark.parametrize("name", METHODS)
async def test_a_good_answer_is_read_without_a_fault(name: str) -> None:
    async with floor() as one:
        assert not isinstance(await outcome(one, name), Exception)
        assert one.words == ""


@pytest.mark.parametrize("body", NOT_AN_ANSWER.values(), ids=NOT_AN_ANSWER)
@pytest.mark.parametrize("name", METHODS)
async def test_i01_an_answer_of_another_kind_is_one_counted_error(name: str, body: bytes) -> None:
    async with floor() as one:
        one.bodies[METHODS[name].path] = body
        assert isinstance(await outcome(one, name), unreadable(name))
        assert len(one.faults) == 1
        assert one.desk.session.faults == 1
        assert any(notice.words.startswith("Feed: ") for notice in one.desk.notices.lines)


@pytest.mark.parametrize("name", METHODS)
async def test_i02_an_answer_cut_at_any_byte_is_one_counted_error_each_time(name: str) -> None:
    body = GOOD[METHODS[name].path].rstrip()
    async with floor(is_straight=True) as one:
        for end in range(len(body)):
            one.bodies[METHODS[name].path] = body[:end]
            told = await outcome(one, name)
            assert isinstance(told, unreadable(name)), f"cut at {end}: {body[:end]!r}"
            assert len(one.news) == end + 1, f"cut at {end}"


@pytest.mark.parametrize("name", METHODS)
async def test_i03_a_byte_order_mark_is_stripped_once(name: str) -> None:
    path = METHODS[name].path
    async with floor() as one:
        plain = await outcome(one, name)
        one.bodies[path] = b"\xef\xbb\xbf" + GOOD[path]
        assert stripped(await outcome(one, name)) == stripped(plain)
        assert one.faults == []
        one.bodies[path] = b"\xef\xbb\xbf" * 2 + GOOD[path]
        assert isinstance(await outcome(one, name), unreadable(name))
        assert len(one.faults) == 1


def stripped(told: object) -> str:
    """What was read, without the time at which it was asked for; a ladder has no equality of its own."""
    rungs = getattr(told, "rungs", None)
    return str(rungs) if rungs is not None else str(told).partition("asked_at")[0]


ODD_TEXT = {"latin-1": b"\xe9", "surrogate": b"\\ud800"}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("kind", ["utf-16", "utf-16-le", "utf-32", "latin-1", "surrogate"])
async def test_i04_text_that_is_no_utf8_is_an_error_and_no_crash(name: str, kind: str) -> None:
    body = GOOD[METHODS[name].path].decode()
    name_of_it = b'"data"' if '"data"' in body else b'"key"'
    spoilt = {mark: body.encode().replace(name_of_it, b'"' + odd + name_of_it[1:], 1) for mark, odd in ODD_TEXT.items()}
    async with floor() as one:
        one.bodies[METHODS[name].path] = spoilt.get(kind) or body.encode(kind)
        assert isinstance(await outcome(one, name), unreadable(name))
        assert len(one.faults) == 1


async def test_i04_a_name_that_is_no_text_costs_its_own_row_only() -> None:
    body = GOOD["mm/get_tournaments"].replace(b"Harbor League", b"Harbor \xe9")
    async with floor(mm__get_tournaments=body) as one:
        assert [row.id for row in await one.client.tournaments()] == [1600000176, 233]
        assert len(one.faults) == 1


async def test_i04_half_a_character_in_a_name_is_no_json_and_costs_the_answer() -> None:
    body = GOOD["mm/get_tournaments"].replace(b"Harbor League", b"Harbor \\ud800")
    async with floor(mm__get_tournaments=body) as one:
        assert isinstance(await outcome(one, "tournaments"), UnreadableError)
        assert len(one.faults) == 1


LITERALS = [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b'"NaN"', b'"sNaN"', b'"Infinity"', b'"1e999"']
BALANCES = ("balance", "matched_order_balance", "unmatched_order_balance")


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("field", BALANCES)
async def test_i05_a_balance_that_is_no_number_is_refused(field: str, literal: bytes) -> None:
    good = json.loads(GOOD["v4/mm/get_balance"])
    good["data"][field] = "@@"
    async with floor(v4__mm__get_balance=packed(good).replace(b'"@@"', literal)) as one:
        with pytest.raises(UnreadableError):
            await one.desk.account.read()
        assert one.desk.account.balance is None
        assert len(one.faults) == 1


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("field", ["price", "value", "quantity"])
async def test_i05_a_level_that_is_no_number_is_refused_and_said(field: str, literal: bytes) -> None:
    rows = markets()
    rows[0]["selections"][0][0][field] = "@@"  # type: ignore[index]
    async with open_floor() as one:
        before = one.offers()
        one.bodies["v4/mm/get_markets"] = markets_body(rows).replace(b'"@@"', literal)
        told = await outcome(one, "markets")
        assert len(one.faults) == 1
        if not isinstance(told, Exception):
            one.hear([told])  # type: ignore[list-item]
            assert one.offers() < before
            assert not any(offer.odds.american == 146 for offer in one.levels())


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("field", ["price", "quantity", "filled_quantity"])
async def test_i05_an_order_never_has_a_price_or_an_amount_that_is_no_number(field: str, literal: bytes) -> None:
    body = changed("history", ("data", "orders", 0, field), literal).replace(b'"next_cursor": "abc"', b'"next_cursor": ""')
    async with floor(v4__mm__get_order_history=body) as one:
        told = await outcome(one, "history")
        if isinstance(told, Exception):
            assert len(one.faults) == 1
            return
        reports = told.reports  # type: ignore[attr-defined]
        assert "9f1c0a5e-0002" in {report.venue_order_id for report in reports}
        for report in reports:
            figures = [report.quantity, report.filled, report.original]
            assert all(figure is None or figure == figure.quantize(CENT) for figure in figures)


@pytest.mark.parametrize("literal", [b"NaN", b"1e999", b'"NaN"', b"100.5", b"1.0", b"null", b"true"])
async def test_i05_a_ladder_with_something_that_is_no_price_is_refused(literal: bytes) -> None:
    body = packed({"data": ["@@", *range(100, 200)]}).replace(b'"@@"', literal)
    async with floor(v4__mm__get_price_ladder=body) as one:
        assert isinstance(await outcome(one, "ladder"), UnreadableError)
        assert len(one.faults) == 1


def doubled(body: bytes, key: str, other: str) -> bytes:
    """The first `key` of a body once more, with another value behind it."""
    at = body.index(f'"{key}"'.encode())
    end = min(place for place in (body.find(b",", at), body.find(b"}", at)) if place > 0)
    return body[:end] + f', "{key}": {other}'.encode() + body[end:]


DOUBLED = [
    ("markets", "price", "-146"),
    ("markets", "value", "900"),
    ("markets", "strike_id", f'"{AWAY}"'),
    ("markets", "id", "220"),
    ("multiple markets", "price", "-146"),
    ("multiple markets", "strike_id", f'"{AWAY}"'),
    ("events", "event_id", "19459"),
    ("tournaments", "id", "32"),
    ("history", "order_id", '"9f1c0a5e-0009"'),
    ("history", "external_id", '"ov-2"'),
    ("history", "price", "-146"),
    ("history", "quantity", "30"),
    ("history", "strike_id", f'"{AWAY}"'),
]


@pytest.mark.parametrize(("name", "key", "other"), DOUBLED, ids=[f"{name}-{key}" for name, key, _ in DOUBLED])
async def test_i06_a_price_or_an_id_that_is_told_twice_is_said_and_its_row_left_out(name: str, key: str, other: str) -> None:
    path = METHODS[name].path
    async with floor() as one:
        plain = str(await outcome(one, name))
        one.bodies[path] = doubled(GOOD[path], key, other)
        told = str(await outcome(one, name))
        assert f"{key} is told twice" in one.words
        assert len(one.faults) == 1
        assert other.strip('"') not in told or other.strip('"') in plain


async def test_i06_a_name_that_is_told_twice_is_nobodys_trouble() -> None:
    async with floor() as one:
        one.bodies["v4/mm/get_markets"] = doubled(GOOD["v4/mm/get_markets"], "display_name", '"Pilots"')
        await one.client.markets(GAME)
        assert one.faults == []


async def test_i06_a_name_that_reads_like_a_field_is_only_a_name() -> None:
    rows = markets()
    rows[0]["name"] = "price"
    async with open_floor(v4__mm__get_markets=markets_body(rows)) as one, open_floor() as plain:
        assert {offer[:4] for offer in one.offers()} == {offer[:4] for offer in plain.offers()}
        assert one.faults == []


IDS = [
    ("tournaments", ("id",), "tournament"),
    ("events", ("event_id",), "event"),
    ("events", ("tournament_id",), "event"),
    ("markets", ("id",), "market"),
    ("history", ("sport_event_id",), "order"),
    ("history", ("market_id",), "order"),
]
NO_ID = {
    "thirty digits": b"9" * 30,
    "four thousand digits": b"9" * 4500,
    "2^64": b"18446744073709551616",
    "float": b"1.5",
    "whole float": b"19458.0",
    "exponent": b"1e4",
    "true": b"true",
    "text true": b'"true"',
    "text float": b'"19458.0"',
    "list": b"[19458]",
    "dict": b'{"id": 19458}',
    "null": b"null",
    "negative": b"-5",
}


def with_id(name: str, key: str, literal: bytes) -> bytes:
    """The good answer with the first id of its kind replaced."""
    body = GOOD[METHODS[name].path]
    at = body.index(f'"{key}": '.encode()) + len(key) + 4
    end = min(place for place in (body.find(b",", at), body.find(b"}", at)) if place > 0)
    return body[:at] + literal + body[end:]


def rows_of(told: object) -> list[object]:
    for name in ("groups", "reports"):
        if hasattr(told, name):
            return list(getattr(told, name))
    assert isinstance(told, list)
    return told


@pytest.mark.parametrize("literal", NO_ID.values(), ids=NO_ID)
@pytest.mark.parametrize(("name", "key"), [(name, key[0]) for name, key, _ in IDS], ids=[f"{name}-{key[0]}" for name, key, _ in IDS])
async def test_i08_i10_an_id_that_is_no_whole_number_costs_its_row_and_is_said(name: str, key: str, literal: bytes) -> None:
    path = METHODS[name].path
    async with floor() as one:
        plain = rows_of(await outcome(one, name))
        one.bodies[path] = with_id(name, key, literal)
        told = await outcome(one, name)
        assert len(one.faults) == 1
        assert not isinstance(told, Exception), told
        assert [str(row) for row in rows_of(told)] == [str(row) for row in plain[1:]]


EXACT = {"2^31": 2**31, "2^53+1": 2**53 + 1, "2^63-1": 2**63 - 1}


@pytest.mark.parametrize("value", EXACT.values(), ids=EXACT)
async def test_i09_a_large_id_is_kept_to_its_last_digit(value: int) -> None:
    async with floor(mm__get_sport_events=with_id("events", "event_id", str(value).encode())) as one:
        await one.read_all(value)
        assert value in one.desk.catalogue.events
        assert {offer.market.event_id for offer in one.offers(value)} == {value}
        assert one.faults == []


@pytest.mark.parametrize("value", [2**63, 2**64, 10**30, -1])
async def test_i09_an_id_beyond_all_sense_is_refused(value: int) -> None:
    async with floor(mm__get_sport_events=with_id("events", "event_id", str(value).encode())) as one:
        assert [event.id for event in await one.client.events(31)] == [9007199254740993123]
        assert len(one.faults) == 1


@pytest.mark.parametrize("literal", [b'"146"', b"146.0", b"1.46e2"])
async def test_i10_a_price_in_another_form_is_the_same_price_or_none(literal: bytes) -> None:
    body = GOOD["v4/mm/get_markets"].replace(b'"price": 146', b'"price": ' + literal)
    async with open_floor(v4__mm__get_markets=body) as one, open_floor() as plain:
        assert one.offers() <= plain.offers()
        assert len(one.levels()) == len(plain.levels()) or one.faults


@pytest.mark.parametrize("literal", [b'"19458"', b'"219"'])
async def test_i10_an_id_as_text_is_that_id_or_costs_its_row(literal: bytes) -> None:
    key, name = ("event_id", "events") if literal == b'"19458"' else ("id", "markets")
    async with floor() as one:
        plain = [str(row) for row in rows_of(await outcome(one, name))]
        one.bodies[METHODS[name].path] = with_id(name, key, literal)
        told = [str(row) for row in rows_of(await outcome(one, name))]
        assert told == plain or (told == plain[1:] and len(one.faults) == 1)


# I-12: errors that are not what they should be


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("error", ["invalid_price", {}, None, 7, ["x"]])
async def test_i12_a_200_with_an_error_in_it_is_no_answer(name: str, error: object) -> None:
    async with floor() as one:
        one.bodies[METHODS[name].path] = packed({"error": error, "message": "no"})
        assert isinstance(await outcome(one, name), unreadable(name))
        assert len(one.faults) == 1


ERRORS = {
    "page": (b"<html><body>Bad request</body></html>", "The venue refused (400)", ""),
    "empty": (b"", "The venue refused (400)", ""),
    "error of another kind": (b'{"error":{}}', "The venue refused (400)", ""),
    "null message": (b'{"error":"invalid_price","message":null}', "invalid_price", "invalid_price"),
    "no message": (b'{"error":"invalid_price"}', "invalid_price", "invalid_price"),
    "number": (b'{"error":17,"message":"no"}', "no", ""),
    "list": (b"[1]", "The venue refused (400)", ""),
    "unknown code": (b'{"error":"unheard_of","message":""}', "unheard_of", "unheard_of"),
    "ten thousand characters": (packed({"error": "x" * 10_000}), "…", "…"),  # a word that is cut might be a secret: all of it goes
    "latin-1": (b'{"error":"\xe9"}', "The venue refused (400)", ""),
    "deep": (b'{"error":' + b"[" * 100_000, "The venue refused (400)", ""),
}


@pytest.mark.parametrize("name", ["place", "balance", "cancel", "markets"])
@pytest.mark.parametrize(("body", "words", "code"), ERRORS.values(), ids=ERRORS)
async def test_i12_a_400_of_whatever_shape_is_a_refusal_with_words(name: str, body: bytes, words: str, code: str) -> None:
    async with floor() as one:
        one.bodies[METHODS[name].path] = (400, body)
        told = await outcome(one, name)
        assert isinstance(told, RefusedError)
        assert str(told) == words
        assert told.code[:300] == code[:300]


@pytest.mark.parametrize("body", [body for body, _, _ in ERRORS.values()], ids=ERRORS)
async def test_i12_a_500_of_whatever_shape_leaves_an_order_unknown(body: bytes) -> None:
    async with floor(v4__mm__submit_order=(500, body)) as one:
        assert isinstance(await outcome(one, "place"), UnknownError)


# I-35: what a login may answer

LOGINS = {
    "no token": {"access_token": None},
    "empty": {"access_token": ""},
    "newline": {"access_token": "a\r\nX-Evil: 1"},
    "tab": {"access_token": "a\tb"},
    "NUL": {"access_token": "a\x00b"},
    "not ASCII": {"access_token": "tök"},
    "100 kB": {"access_token": "x" * 100_000},
    "number": {"access_token": 17},
}


@pytest.mark.parametrize("change", LOGINS.values(), ids=LOGINS)
async def test_i35_a_token_that_cannot_be_one_is_refused_and_no_order_leaves(change: dict[str, object]) -> None:
    async with floor(auth__login=packed({"data": LOGIN | change})) as one:
        assert isinstance(await outcome(one, "place"), NotSentError)
        assert [request.url.path for request in one.asked] == ["/partner/auth/login"]
        assert len(one.faults) == 1
        assert "x" * 100 not in one.words + one.faults[0].sample


async def test_i35_a_login_without_any_token_field_is_refused() -> None:
    async with floor(auth__login=packed({"data": {"access_expire_time": 1_788_001_200}})) as one:
        assert isinstance(await outcome(one, "place"), NotSentError)
        assert len(one.faults) == 1


@pytest.mark.parametrize("expiry", [0, -1, 1, 1_000_000_000, 1e300, 10**30])
async def test_i35_an_expiry_that_makes_no_sense_is_a_short_life_and_no_login_loop(expiry: float) -> None:
    async with floor(auth__login=packed({"data": LOGIN | {"access_expire_time": expiry}})) as one:
        for _ in range(5):
            await one.client.balance()
        assert len([request for request in one.asked if request.url.path.endswith("auth/login")]) == 1


def test_the_limit_of_an_answer_is_32_mb() -> None:
    assert BODY_LIMIT == 32 * 1024 * 1024

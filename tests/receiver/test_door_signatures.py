"""Whose a delivery is, and what is said of one that nobody here signed."""

from __future__ import annotations

import hmac

import msgspec
import pytest

from app.domain.receiving import Plan, Route
from app.domain.secret import Secret
from app.domain.signature import signed
from app.domain.webhook import Verdict
from tests.receiver.kit import NOT_HERE, ODDS, OTHER, PATH, ROUTE, SECRET, Gate, body_of


async def test_no_signature_is_401_and_two_are_400() -> None:
    gate = Gate()

    assert (await gate.ask([], [body_of()])).status == 401
    assert (await gate.deliver(None, ("X-Rankacy-Signature", signed(body_of(), SECRET)))).status == 400
    assert [taken.delivery.verdict for taken in gate.shelf.taken] == [Verdict.NONE, Verdict.BAD]
    assert (gate.counts.unsigned, gate.counts.bad) == (1, 1)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (signed(body_of(), SECRET).upper().replace("SHA256", "sha256"), "upper case"),
        (signed(body_of(), SECRET) + " ", "spaces"),
        (signed(body_of(), SECRET).removeprefix("sha256="), "sha256= is missing"),
        (signed(body_of(), OTHER), "subscription 19, which is received at /elsewhere"),
        ("sha1=" + "0" * 40, "does not begin with sha256="),
        (signed(b"", SECRET), "other bytes"),
        (signed(body_of(), SECRET) + ", " + signed(body_of(), SECRET), "other bytes"),
        ("sha256=", "other bytes"),
        ("sha256=é\xff", "other bytes"),
    ],
)
async def test_a_wrong_signature_is_401_with_its_mistake(header: str, words: str) -> None:
    gate = Gate()

    answer = await gate.ask([("X-Rankacy-Signature", header)], [body_of()])

    assert answer.status == 401
    assert words in answer.body.decode()
    assert words in gate.last.reason
    assert gate.counts.bad == 1


async def test_the_mistake_of_a_large_body_is_not_looked_for() -> None:
    gate = Gate()
    body = b"x" * 20_000

    answer = await gate.ask([("X-Rankacy-Signature", signed(body, OTHER))], [body])

    assert b"other bytes" in answer.body


async def test_a_signature_is_of_its_own_event() -> None:
    gate = Gate()
    body = body_of()

    answer = await gate.ask([("X-Rankacy-Event", "MATCH_FINISHED"), ("X-Rankacy-Signature", signed(body, SECRET))], [body])

    assert answer.status == 401
    assert "signed as subscription 18" in gate.last.reason


async def test_a_delivery_whose_secret_is_not_here_is_unchecked_and_neither_bad_nor_heard() -> None:
    gate = Gate(Plan(0, (ROUTE, NOT_HERE)))

    answer = await gate.deliver(secret=OTHER, target="/away")

    assert (answer.status, answer.body) == (401, b"the secret of subscription 4 is not here\n")
    assert (gate.last.verdict, gate.last.subscription_id, gate.last.path) == (Verdict.UNCHECKED, 4, "/away")
    assert (gate.counts.unchecked, gate.counts.bad, gate.counts.received) == (1, 0, 1)
    assert gate.write().signals == ()


async def test_nobody_signs_with_a_secret_that_is_not_here_by_leaving_it_empty() -> None:
    gate = Gate(Plan(0, (NOT_HERE,)))
    header = "sha256=" + hmac.new(b"", body_of(), "sha256").hexdigest()

    answer = await gate.ask([("X-Rankacy-Event", ODDS), ("X-Rankacy-Signature", header)], [body_of()], target="/away")

    assert (answer.status, gate.last.verdict) == (401, Verdict.UNCHECKED)


@pytest.mark.parametrize(
    ("event", "header", "verdict"),
    [
        (ODDS, signed(body_of(), Secret("nobodys")), Verdict.UNCHECKED),
        (None, signed(body_of(), Secret("nobodys")), Verdict.UNCHECKED),
        ("MATCH_CREATED", signed(body_of(), Secret("nobodys")), Verdict.BAD),
        (ODDS, signed(body_of(), OTHER), Verdict.VALID),
        (ODDS, signed(body_of(), SECRET), Verdict.BAD),
        (ODDS, "sha256=" + "A" * 64, Verdict.BAD),
        (ODDS, "md5=" + "0" * 64, Verdict.BAD),
        (ODDS, None, Verdict.NONE),
    ],
)
async def test_unchecked_is_only_what_a_secret_that_is_not_here_may_have_signed(
    event: str | None, header: str | None, verdict: Verdict
) -> None:
    gate = Gate(Plan(0, (ROUTE, NOT_HERE, Route("/away", 5, ODDS, OTHER))))
    headers = [("X-Rankacy-Event", event), ("X-Rankacy-Signature", header)]

    await gate.ask([(name, value) for name, value in headers if value is not None], [body_of()], target="/away")

    assert gate.last.verdict is verdict


async def test_of_several_whose_secrets_are_not_here_all_are_named_and_it_is_nobodys() -> None:
    gate = Gate(Plan(0, (NOT_HERE, Route("/away", 5, ODDS, Secret()))))

    await gate.deliver(target="/away")

    assert (gate.last.subscription_id, gate.last.reason) == (None, "the secrets of subscriptions 4, 5 are not here")


@pytest.mark.parametrize(
    ("headers", "whose"),
    [
        ([("X-Rankacy-Event", ODDS), ("X-Rankacy-Signature", "sha256=" + "0" * 64)], 18),
        ([("X-Rankacy-Event", ODDS)], 18),
        ([("X-Rankacy-Event", ODDS), ("X-Rankacy-Signature", "a"), ("X-Rankacy-Signature", "b")], 18),
        ([("X-Rankacy-Event", "MATCH_STARTED"), ("X-Rankacy-Signature", signed(body_of(), SECRET))], 18),
        ([("X-Rankacy-Event", "MATCH_STARTED"), ("X-Rankacy-Signature", "sha256=" + "0" * 64)], None),
        ([("X-Rankacy-Event", "MATCH_FINISHED"), ("X-Rankacy-Signature", "sha256=" + "0" * 64)], None),
        ([("X-Rankacy-Signature", "sha256=" + "0" * 64)], None),
    ],
)
async def test_a_bad_one_counts_at_the_one_subscription_that_its_path_and_header_name(
    headers: list[tuple[str, str]], whose: int | None
) -> None:
    twice = [Route(PATH, number, "MATCH_STARTED", OTHER) for number in (20, 21)]
    gate = Gate(Plan(0, (ROUTE, *twice, Route("/other", 22, "MATCH_FINISHED", OTHER))))

    await gate.ask(headers, [body_of()])

    assert gate.last.verdict in {Verdict.BAD, Verdict.NONE}
    assert gate.last.subscription_id == whose


async def test_several_subscriptions_share_a_path() -> None:
    gate = Gate(Plan(0, (ROUTE, Route(PATH, 20, "MATCH_STARTED", OTHER))))
    body = msgspec.json.encode({"match_id": 5})

    await gate.ask([("X-Rankacy-Event", "MATCH_STARTED"), ("X-Rankacy-Signature", signed(body, OTHER))], [body])

    assert (gate.last.verdict, gate.last.subscription_id, gate.last.event) == (Verdict.VALID, 20, "MATCH_STARTED")


async def test_an_event_that_nobody_names_is_the_subscriptions() -> None:
    gate = Gate()
    body = b'{"match_id":5}'

    await gate.ask([("X-Rankacy-Signature", signed(body, SECRET))], [body])

    assert (gate.last.event, gate.last.match_id) == (ODDS, 5)

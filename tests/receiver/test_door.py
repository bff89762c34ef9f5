"""Who is let in, and what each is answered: the application without a socket."""

from __future__ import annotations

import hmac
from urllib.parse import unquote

import msgspec
import pytest

from app.domain.receiving import BODY_LIMIT, Plan, Route
from app.domain.secret import Secret
from app.domain.signature import signed
from app.domain.webhook import Verdict
from app.receiver.door import BAD_RATE, KEPT
from tests.receiver.kit import ELSEWHERE, ODDS, OTHER, PATH, PLAN, ROUTE, SECRET, Gate, body_of


async def test_a_genuine_delivery_is_answered_204_and_kept_as_it_came() -> None:
    gate = Gate()

    answer = await gate.deliver(body_of(7))

    assert (answer.status, answer.body) == (204, b"")
    assert (gate.last.verdict, gate.last.event, gate.last.match_id, gate.last.subscription_id) == (Verdict.VALID, ODDS, 7, 18)
    assert (gate.last.answer, gate.last.size, gate.last.path) == (204, len(body_of(7)), PATH)
    assert gate.shelf.taken[-1].letter.body == body_of(7)
    assert ("x-rankacy-event", ODDS) in gate.shelf.taken[-1].letter.headers


async def test_nothing_is_written_before_the_answer() -> None:
    gate = Gate()
    order: list[str] = []

    gate.shelf.noted = lambda: order.append("put")
    body = body_of()
    headers = [(b"host", b"localhost:8765"), (b"x-rankacy-signature", signed(body, SECRET).encode())]
    scope = {"type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b"", "headers": headers}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    async def send(message: object) -> None:
        order.append("sent")

    await gate.door(scope, receive, send)

    assert order == ["sent", "sent", "put"]


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "BREW"])
async def test_only_a_post_is_taken(method: str) -> None:
    gate = Gate()

    answer = await gate.ask(method=method)

    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert (gate.last.verdict, gate.last.answer) == (Verdict.REFUSED, 405)
    assert gate.counts.refused == gate.counts.received == 1


@pytest.mark.parametrize(
    "host", ["evil.example:8765", "127.0.0.1", "127.0.0.1:80", "localhost.:8765", "", None, "127.0.0.1:8765.evil.example"]
)
async def test_a_host_that_is_not_ours_is_refused(host: str | None) -> None:
    gate = Gate()

    assert (await gate.ask(host=host)).status == 421
    assert gate.counts.refused == 1


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "LOCALHOST:8765", "[::1]:8765", "hooks.example.com", "HOOKS.example.com:443"])
async def test_this_computers_names_and_the_tunnels_are_ours(host: str) -> None:
    gate = Gate(Plan(0, (ROUTE,), ("Hooks.Example.com",)))
    body = body_of()

    assert (await gate.ask([("X-Rankacy-Signature", signed(body, SECRET))], [body], host=host)).status == 204


async def test_headers_that_are_too_long_together_are_refused_and_not_kept() -> None:
    gate = Gate()

    assert (await gate.deliver(None, *((f"X-{number}", "x" * 100) for number in range(200)))).status == 431
    assert gate.shelf.taken[-1].letter.headers == ()


async def test_two_hosts_are_none() -> None:
    gate = Gate()

    assert (await gate.ask([("host", "127.0.0.1:8765")])).status == 421


@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Site", "Sec-Fetch-Dest"])
async def test_a_web_page_is_refused_though_its_signature_be_valid(header: str) -> None:
    gate = Gate()

    assert (await gate.deliver(None, (header, "null"))).status == 403
    assert gate.counts.valid == 0


async def test_a_delivery_sent_by_nodes_own_fetch_is_taken() -> None:
    gate = Gate()

    assert (await gate.deliver(None, ("Sec-Fetch-Mode", "cors"), ("User-Agent", "node"))).status == 204


@pytest.mark.parametrize(
    "target", ["/", "/hook/", "//hook", "/HOOK", "/hook%3Fx", "/hook%23x", "/ho%0Aok", "http://127.0.0.1:8765/hook", "[x", "*"]
)
async def test_another_path_is_another(target: str) -> None:
    gate = Gate()

    assert (await gate.ask(target=target, path=unquote(target))).status == 404
    assert gate.last.path == target


async def test_a_path_with_signs_in_it_is_found_however_it_is_spelled() -> None:
    gate = Gate(Plan(0, (Route("/caf%C3%A9 1", 18, ODDS, SECRET),)))
    body = body_of()

    answer = await gate.ask([("X-Rankacy-Signature", signed(body, SECRET))], [body], target="/caf%c3%a9%201", path="/café 1")

    assert answer.status == 204
    assert gate.last.path == "/caf%c3%a9%201"


@pytest.mark.parametrize("length", [str(BODY_LIMIT + 1), "9" * 30, "-1", "1e3", "²"])
async def test_a_length_that_is_too_much_or_none_is_refused_before_its_body_is_read(length: str) -> None:
    gate = Gate()

    answer = await gate.ask([("Content-Length", length)], [b"x"], is_broken_off=True)

    assert answer.status == 413


async def test_a_body_that_grows_too_long_is_refused_while_it_is_read() -> None:
    gate = Gate()

    answer = await gate.ask([], [b"x" * 1024] * 1000, is_broken_off=True)

    assert answer.status == 413


async def test_a_body_of_just_the_limit_is_read() -> None:
    gate = Gate()
    body = b" " * (BODY_LIMIT - len(body_of())) + body_of()

    assert (await gate.deliver(body, ("Content-Length", str(len(body))))).status == 204
    assert gate.last.size == BODY_LIMIT
    assert (len(gate.shelf.taken[-1].letter.body), gate.shelf.taken[-1].letter.full_size) == (KEPT, BODY_LIMIT)


async def test_two_ways_of_telling_a_length_are_one_too_many() -> None:
    gate = Gate()

    answer = await gate.deliver(None, ("Content-Length", "5"), ("Transfer-Encoding", "chunked"))

    assert (answer.status, answer.headers["connection"]) == (400, "close")


async def test_one_that_breaks_off_is_counted() -> None:
    gate = Gate()

    answer = await gate.ask([], [b"{"], is_broken_off=True)

    assert answer.status == 0
    assert gate.counts.refused == gate.counts.received == 1
    assert gate.last.answer is None


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


NOT_HERE = Route("/away", 4, ODDS, Secret())


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


async def test_a_flood_of_unchecked_ones_is_limited_as_bad_ones_are() -> None:
    gate = Gate(Plan(0, (NOT_HERE,)))

    answers = [(await gate.deliver(body_of(number), target="/away")).status for number in range(30)]

    assert answers == [401] * round(BAD_RATE) + [429] * 10
    assert (gate.counts.unchecked, gate.counts.limited) == (30, 10)


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


async def test_a_plan_that_comes_later_holds_from_then_on() -> None:
    gate = Gate()

    gate.door.use(Plan(0, (ELSEWHERE,)))

    assert (await gate.deliver()).status == 404


# How many a second


async def test_what_comes_too_fast_is_429_and_heard_all_the_same() -> None:
    gate = Gate(Plan(0, (ROUTE,), rate=3))

    answers = [await gate.deliver(body_of(number)) for number in range(5)]

    assert [answer.status for answer in answers] == [204, 204, 204, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert (gate.counts.valid, gate.counts.limited) == (5, 2)
    assert len(gate.shelf.taken) == 3
    assert [signal.match_id for signal in gate.intake.tidings().signals] == [3, 4]
    assert sorted(signal.match_id or 0 for signal in gate.write().signals) == [0, 1, 2]


async def test_a_second_later_there_is_room_again() -> None:
    gate = Gate(Plan(0, (ROUTE,), rate=3))
    for number in range(4):
        await gate.deliver(body_of(number))

    gate.clock.at += 0.34

    assert [(await gate.deliver(body_of(number))).status for number in (8, 9)] == [204, 429]


async def test_a_new_plan_of_the_same_rate_opens_no_new_second() -> None:
    gate = Gate(Plan(0, (ROUTE,), rate=1))
    await gate.deliver(body_of(1))

    gate.door.use(Plan(0, (ROUTE, ELSEWHERE), rate=1))

    assert (await gate.deliver(body_of(2))).status == 429


async def test_bad_ones_take_no_room_of_good_ones_and_are_all_counted() -> None:
    gate = Gate()
    many = int(BAD_RATE) + 30

    answers = [(await gate.ask([("X-Rankacy-Signature", "sha256=0")], [b"x"])).status for _ in range(many)]

    assert answers == [401] * int(BAD_RATE) + [429] * 30
    assert (gate.counts.received, gate.counts.bad, gate.counts.limited) == (many, many, 30)
    assert len(gate.shelf.taken) == int(BAD_RATE)
    assert (await gate.deliver()).status == 204


async def test_refused_ones_beyond_what_is_written_are_answered_and_told_all_the_same() -> None:
    gate = Gate()
    many = int(BAD_RATE) + 5

    answers = {(await gate.ask(target="/nowhere")).status for _ in range(many)}

    assert answers == {404}
    assert gate.counts.refused == gate.counts.received == many
    assert gate.told == many


async def test_what_never_became_a_request_is_counted_too() -> None:
    gate = Gate()

    for _ in range(int(BAD_RATE) + 1):
        gate.door.refuse_early(400, "It is not HTTP as it should be.")

    assert gate.counts.refused == int(BAD_RATE) + 1
    assert (gate.last.answer, gate.last.verdict, gate.last.path) == (400, Verdict.REFUSED, "")


async def test_the_counts_add_up() -> None:
    gate = Gate(Plan(0, PLAN.routes, rate=2))
    for number in (1, 1, 2, 3):
        await gate.deliver(body_of(number))
    for _ in range(40):
        await gate.ask([("X-Rankacy-Signature", "sha256=0")], [b"x"])
        await gate.ask([], [b"x"])
        await gate.ask(method="GET")

    counts = gate.counts
    assert counts.received == 124
    assert counts.received == counts.valid + counts.duplicates + counts.bad + counts.unsigned + counts.refused
    assert (counts.valid, counts.duplicates, counts.bad, counts.unsigned, counts.refused) == (3, 1, 40, 40, 40)

"""Who is let in, and what each is answered: the application without a socket."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from app.domain.receiving import BODY_LIMIT, Plan, Route
from app.domain.signature import signed
from app.domain.webhook import Verdict
from app.receiver.door import KEPT
from tests.receiver.kit import ELSEWHERE, ODDS, PATH, ROUTE, SECRET, Gate, body_of


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


async def test_a_plan_that_comes_later_holds_from_then_on() -> None:
    gate = Gate()

    gate.door.use(Plan(0, (ELSEWHERE,)))

    assert (await gate.deliver()).status == 404

"""The table of outcomes of one send, row by row: the real client of the venue and the real `Trading`, a network made of memory."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import msgspec
import pytest

from app.domain.environment import Environment
from app.domain.order import Cancel, OrderState, Outcome
from app.domain.record import Acknowledged, CancelEnded, CancelSent, Ended, Entry, Intended, Remarked, Reported, Resent
from app.domain.secret import Secret
from app.services.cancels import CANCEL_AGAIN
from app.venues.hosts import practice
from app.venues.http import Http
from app.venues.limits import Budget
from app.venues.prophetx.venue import Keys, ProphetX
from app.venues.record import PAGES
from tests.services.fakes import HOME, KEY, Clock, Desk, draft, money, report, settle, turn

Answer = Callable[[httpx.Request], Awaitable[httpx.Response]]
Kinds = tuple[type[Entry], ...]

SUBMIT, BATCH = "submit_order", "submit_multiple_orders"
CANCEL, ORDER, HISTORY = "cancel_order", "get_order", "get_order_history"
DEADLINE = 0.05  # real seconds, for the rows in which nothing comes
ENDED: Kinds = (Intended, Ended)
PLACED: Kinds = (Intended, Reported, Acknowledged)
SWITCHED_OFF: Kinds = (Intended, Remarked, Ended)

# What the venue says


def row(ref: str = "ov-1", **change: object) -> dict[str, object]:
    """An order of ours as the venue writes it."""
    told: dict[str, object] = {
        "order_id": f"v-{ref}",
        "external_id": ref,
        "sport_event_id": KEY.event_id,
        "market_id": KEY.market_id,
        "strike": 0,
        "strike_id": HOME,
        "price": 150,
        "quantity": 10,
        "filled_quantity": 0,
        "matching_status": "unmatched",
        "status": "inactive",
        "winning_status": "tbd",
    }
    return told | change


def answer(status: int, body: object = b"", **fields: str) -> Answer:
    """An answer of any status; a body that is not bytes is JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {name.replace("_", "-"): value for name, value in fields.items()}

    async def give(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=content, headers=headers)

    return give


def placed(**change: object) -> Answer:
    """A good answer with the order that was asked for in it, changed."""

    async def give(request: httpx.Request) -> httpx.Response:
        ref = json.loads(request.content)["external_id"]
        return httpx.Response(200, json={"data": {"success": True, "order": row(ref, **change)}})

    return give


def refused(status: int, code: str, **fields: str) -> Answer:
    return answer(status, {"error": code, "message": f"the venue says {code}"}, **fields)


def raises(problem: Exception, cause: Exception | None = None) -> Answer:
    """The wire breaks in the way that httpx tells by this exception."""

    async def fail(_request: httpx.Request) -> httpx.Response:
        raise problem from cause

    return fail


def breaks_off(problem: Exception) -> Answer:
    """Half an answer, then nothing."""

    async def half() -> AsyncIterator[bytes]:
        yield b'{"data":{"succ'
        raise problem

    async def give(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=half())

    return give


async def silence(_request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError("nobody ends the silence")


async def dripping(_request: httpx.Request) -> httpx.Response:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)

    return httpx.Response(200, content=drops())


class Network(httpx.AsyncBaseTransport):
    """The venue's host in memory: it logs in whoever asks, and answers each path by a list, its last answer again and again.

    `wire` holds the last part of each request's path; `written` what stood in the journal when an order came by.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {
            "login": [answer(200, {"data": {"access_token": "token", "access_expire_time": 1e10, "refresh_token": "r"}})],
            "refresh": [answer(200, {"data": {"access_token": "token-2", "access_expire_time": 1e10}})],
            HISTORY: [answer(200, {"data": {"orders": [], "next_cursor": ""}})],
        }
        self.wire: list[str] = []
        self.orders: list[dict[str, object]] = []
        self.written: list[Kinds] = []
        self.queries: list[dict[str, str]] = []
        self.entries: list[Entry] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        what = next(part for part in reversed(request.url.path.split("/")) if not part.startswith("v-"))
        self.wire.append(what)
        if what == SUBMIT:
            self.orders.append(json.loads(request.content))
            self.written.append(tuple(type(entry) for entry in self.entries))
        if what == HISTORY:
            self.queries.append(dict(request.url.params))
        return await self._next(what)(request)

    def _next(self, what: str) -> Answer:
        answers = self.answers[what]
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Line(msgspec.Struct, frozen=True):
    """One line of the table: what came back, and what has to become of it."""

    answers: tuple[Answer, ...]
    state: OrderState
    posts: int = 1
    kinds: Kinds = ENDED
    is_on: bool = True


def one(given: Answer, state: OrderState, kinds: Kinds = ENDED, *, is_on: bool = True) -> Line:
    return Line((given,), state, kinds=kinds, is_on=is_on)


def distrust() -> Answer:
    problem = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")
    return raises(httpx.ConnectError("handshake failed"), problem)


NOT_SENT, UNKNOWN, REJECTED, ACCEPTED = OrderState.NOT_SENT, OrderState.UNKNOWN, OrderState.REJECTED, OrderState.ACCEPTED

TABLE: dict[str, Line] = {
    # nothing left
    "ConnectError": one(raises(httpx.ConnectError("refused")), NOT_SENT),
    "ConnectTimeout": one(raises(httpx.ConnectTimeout("")), NOT_SENT),
    "PoolTimeout": one(raises(httpx.PoolTimeout("")), NOT_SENT),
    "LocalProtocolError": one(raises(httpx.LocalProtocolError("bad header")), NOT_SENT),
    "UnsupportedProtocol": one(raises(httpx.UnsupportedProtocol("ftp")), NOT_SENT),
    "InvalidURL": one(raises(httpx.InvalidURL("port")), NOT_SENT),
    "ProxyError": one(raises(httpx.ProxyError("407 who are you")), NOT_SENT),  # a proxy's no to the CONNECT before everything
    "a certificate that proves nothing": one(distrust(), NOT_SENT, SWITCHED_OFF, is_on=False),
    # perhaps
    "WriteError": one(raises(httpx.WriteError("reset")), UNKNOWN),
    "WriteTimeout": one(raises(httpx.WriteTimeout("")), UNKNOWN),
    "ReadError": one(raises(httpx.ReadError("reset")), UNKNOWN),
    "ReadError in the body": one(breaks_off(httpx.ReadError("reset")), UNKNOWN),
    "ReadTimeout": one(raises(httpx.ReadTimeout("")), UNKNOWN),
    "RemoteProtocolError": one(raises(httpx.RemoteProtocolError("garbage")), UNKNOWN),
    "RemoteProtocolError in the body": one(breaks_off(httpx.RemoteProtocolError("half a body")), UNKNOWN),
    "DecodingError": one(breaks_off(httpx.DecodingError("no gzip")), UNKNOWN),
    "the deadline in silence": one(silence, UNKNOWN),
    "the deadline while it drips": one(dripping, UNKNOWN),
    # answered with an order
    "200 with the order": one(placed(), ACCEPTED, PLACED),
    "201 with the order": one(answer(201, {"data": {"success": True, "order": row()}}), ACCEPTED, PLACED),
    "200 with the order, open at once": one(placed(status="open"), OrderState.OPEN, PLACED),
    "200 with the order under `id`": one(placed(order_id="", id="v-ov-1"), ACCEPTED, PLACED),
    "200 without the word success": one(answer(200, {"data": {"order": row()}}), ACCEPTED, PLACED),
    "200 with an order id and no status yet": one(placed(status=""), ACCEPTED, PLACED),
    # answered, but with no order of ours
    "200 empty": one(answer(200), UNKNOWN),
    "204": one(answer(204), UNKNOWN),
    "200 with a page": one(answer(200, b"<html>maintenance</html>"), UNKNOWN),
    "200 with null": one(answer(200, b"null"), UNKNOWN),
    "200 cut short": one(answer(200, b'{"data":{"success":true,"order":{"order_id":"v-'), UNKNOWN),
    "200 with bytes that are no text": one(answer(200, b"\xff\xfe\x00"), UNKNOWN),
    "200 nested too deep": one(answer(200, b"[" * 100_000), UNKNOWN),
    "200 with another reference": one(placed(external_id="ov-2"), UNKNOWN),
    "200 without a reference": one(placed(external_id=""), UNKNOWN),
    "200 without an order id": one(placed(order_id=""), UNKNOWN),
    "200 without an order": one(answer(200, {"data": {"success": True}}), UNKNOWN),
    "200 with success false": one(answer(200, {"data": {"success": False, "order": row()}}), UNKNOWN),
    "200 with an error in it": one(refused(200, "invalid_price"), UNKNOWN),
    # the venue said no
    "400 invalid_price": one(refused(400, "invalid_price"), REJECTED),
    "400 invalid_quantity": one(refused(400, "invalid_quantity"), REJECTED),
    "400 event_not_available": one(refused(400, "event_not_available"), REJECTED),
    "403 insufficient_amount": one(refused(403, "insufficient_amount"), REJECTED),
    "403 err_order_placement_disabled": one(refused(403, "err_order_placement_disabled"), REJECTED, SWITCHED_OFF, is_on=False),
    "404": one(refused(404, "wallet_not_found"), REJECTED),
    "422": one(refused(422, "whatever"), REJECTED),
    # it holds one under our reference already
    "400 order_external_id_existed": one(refused(400, "order_external_id_existed"), UNKNOWN),
    "400 order_ref_id_existed": one(refused(400, "order_ref_id_existed"), UNKNOWN),
    # not accepted, may go again
    "401 and then the order": Line((refused(401, "unauthorized"), placed()), ACCEPTED, posts=2, kinds=PLACED),
    "401 twice": Line((refused(401, "unauthorized"),), NOT_SENT, posts=2),
    "401 and then nothing": Line((refused(401, "unauthorized"), raises(httpx.ReadTimeout(""))), UNKNOWN, posts=2),
    "401 and then a refusal": Line((refused(401, "unauthorized"), refused(400, "invalid_price")), REJECTED, posts=2),
    "429": one(refused(429, "rate_limit_reached"), NOT_SENT),
    "429 too_many_delayed_requests": one(refused(429, "too_many_delayed_requests", Retry_After="3"), NOT_SENT),
    # not to be trusted with another
    "301": one(answer(301, Location="https://elsewhere.example/"), UNKNOWN, SWITCHED_OFF, is_on=False),
    "307": one(answer(307, Location="https://elsewhere.example/"), UNKNOWN, SWITCHED_OFF, is_on=False),
    "308": one(answer(308), UNKNOWN, SWITCHED_OFF, is_on=False),
    # perhaps, whatever it says
    "408": one(refused(408, "timeout"), UNKNOWN),
    "418": one(answer(418, b"teapot"), UNKNOWN),
    "500": one(answer(500, b"<html>oops</html>"), UNKNOWN),
    "500 order_balance_check_timeout": one(refused(500, "order_balance_check_timeout"), UNKNOWN),
    "500 order_unable_to_place": one(refused(500, "order_unable_to_place"), UNKNOWN),
    "500 unknown_error": one(refused(500, "unknown_error"), UNKNOWN),
    "500 opened_retry": one(refused(500, "opened_retry"), UNKNOWN),
    "502": one(answer(502, b"<html>bad gateway</html>"), UNKNOWN),
    "503": one(refused(503, "reporting_not_available"), UNKNOWN),
    "504": one(answer(504), UNKNOWN),
    # answers that the table knows for a cancel only: an order that is being placed exists
    "409 to an order": one(refused(409, "order_is_placing"), UNKNOWN),
    "425 to an order": one(refused(425, "order_opened_retry"), UNKNOWN),
}

# The desk on that network


class Floor:
    """A desk whose venue is the real client on a network of memory."""

    def __init__(self) -> None:
        self.network = Network()
        self.clock = Clock()
        self.venue = ProphetX(clock=self.clock.monotonic, wall=lambda: self.clock.now().timestamp(), connect=self._connect)
        self.desk = Desk(self.venue, self.clock)
        self.venue.budget = Budget(self.clock.monotonic, self.desk.sleep)
        self.network.entries = self.desk.journal.entries

    def _connect(self, url: str) -> Http:
        return Http(url, deadline=DEADLINE, transport=self.network)

    @property
    def state(self) -> OrderState:
        return self.desk.blotter.orders["ov-1"].state

    def frame(self) -> None:
        """The window takes what has changed, as it does with every frame."""
        self.desk.blotter.take_dirty()

    async def placed(self) -> str:
        """An order on the book; its reference."""
        self.network.answers[SUBMIT] = [placed(status="open")]
        order = await self.desk.trading.place(draft())
        self.frame()
        return order.ref


@asynccontextmanager
async def opened() -> AsyncIterator[Floor]:
    floor = Floor()
    await floor.venue.point(practice("http://127.0.0.1:1/partner"), Keys(Environment.PRACTICE, Secret("access"), Secret("secret")))
    floor.desk.ready()
    try:
        yield floor
    finally:
        await floor.desk.tasks.stop()
        await floor.venue.close()


def kinds(floor: Floor) -> Kinds:
    return tuple(type(entry) for entry in floor.desk.journal.entries)


# Placing


@pytest.mark.parametrize("line", TABLE.values(), ids=TABLE.keys())
async def test_each_line_of_the_table_ends_as_it_says(line: Line) -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = list(line.answers)
        order = await floor.desk.trading.place(draft())
    assert order.state is line.state
    assert floor.desk.blotter.orders["ov-1"] == order
    assert kinds(floor) == line.kinds
    assert floor.network.wire.count(SUBMIT) == len(floor.network.orders) == line.posts
    assert {sent["external_id"] for sent in floor.network.orders} == {"ov-1"}
    assert floor.network.written == [(Intended,)] * line.posts, "the intent is written down before its first byte leaves"
    assert floor.desk.controls.is_on is line.is_on
    assert floor.desk.failures == []


def lines(*states: OrderState) -> pytest.MarkDecorator:
    """Every line of the table that ends in one of these states."""
    found = {name: line for name, line in TABLE.items() if line.state in states}
    return pytest.mark.parametrize("line", found.values(), ids=found.keys())


@lines(UNKNOWN)
async def test_an_unknown_outcome_counts_in_full_and_keeps_its_words(line: Line) -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = list(line.answers)
        order = await floor.desk.trading.place(draft())
    assert order.at_risk == order.stake
    assert order.reason
    assert [unknown.ref for unknown in floor.desk.blotter.unknown()] == ["ov-1"]


@lines(NOT_SENT, REJECTED)
async def test_what_was_not_accepted_is_no_exposure_and_says_why(line: Line) -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = list(line.answers)
        order = await floor.desk.trading.place(draft())
    assert order.at_risk == 0
    assert order.reason
    assert floor.desk.blotter.live() == []


async def test_giving_up_in_mid_send_is_unknown() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [silence]
        placing = asyncio.create_task(floor.desk.trading.place(draft()))
        await settle(lambda: floor.network.orders)
        placing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await placing
    assert floor.state is UNKNOWN
    assert kinds(floor) == ENDED


async def test_a_mistake_of_our_own_in_mid_send_is_unknown_too() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [raises(RuntimeError("the pool was closed"))]
        with pytest.raises(RuntimeError):
            await floor.desk.trading.place(draft())
    assert floor.state is UNKNOWN
    assert kinds(floor) == ENDED


async def test_a_login_that_the_venue_refuses_is_no_refusal_of_the_order() -> None:
    async with opened() as floor:
        floor.network.answers["login"] = [refused(403, "session_num_exceed")]
        order = await floor.desk.trading.place(draft())
    assert floor.network.orders == []
    assert order.state is NOT_SENT, "no byte of the order reached the venue: it may be sent again"


async def test_a_login_refused_in_mid_order_leaves_it_not_sent() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [refused(401, "unauthorized")]
        floor.network.answers["refresh"] = [refused(401, "unauthorized")]
        await floor.venue.tokens.bearer()
        floor.network.answers["login"] = [refused(403, "session_num_exceed")]
        order = await floor.desk.trading.place(draft())
    assert order.state is NOT_SENT
    assert len(floor.network.orders) == 1


@pytest.mark.parametrize("name", ["login", "refresh"])
async def test_a_session_that_ends_unclear_leaves_the_order_not_sent(name: str) -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [refused(401, "unauthorized"), placed()]
        floor.network.answers[name] = [raises(httpx.ReadTimeout(""))]
        order = await floor.desk.trading.place(draft())
    assert order.state is NOT_SENT
    assert len(floor.network.orders) == (0 if name == "login" else 1)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 1), ("-5", 1), ("1000000000", 60), ("nan", 1), ("soon", 1), ("", 1), ("Wed, 21 Oct 2099 07:28:00 GMT", 60)],
)
async def test_a_429_asks_for_a_pause_that_no_order_breaks_and_nothing_goes_by_itself(header: str, seconds: int) -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [refused(429, "rate_limit_reached", Retry_After=header)]
        await floor.desk.trading.place(draft())
        objection = floor.desk.trading.objection(draft(151))
        assert objection is not None
        assert (objection.code, objection.words) == ("WAIT", f"The venue asked for a pause: {seconds} s more")
        floor.clock.move(seconds)
        assert floor.desk.trading.objection(draft(151)) is None
        await turn()
    assert len(floor.network.orders) == 1


async def test_placing_that_the_venue_has_disabled_denies_the_next_order_here() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [refused(403, "err_order_placement_disabled")]
        await floor.desk.trading.place(draft())
        objection = floor.desk.trading.objection(draft(151))
    assert objection is not None
    assert objection.code == "OFF"


async def test_a_push_before_the_answer_stands_above_a_broken_wire() -> None:
    async with opened() as floor:

        async def after_the_push(_request: httpx.Request) -> httpx.Response:
            floor.desk.blotter.apply(report("ov-1", "open", order_id="v-ov-1"))
            raise httpx.ReadError("reset")

        floor.network.answers[SUBMIT] = [after_the_push]
        order = await floor.desk.trading.place(draft())
    assert order.state is OrderState.OPEN
    assert order.outcome is Outcome.SENT


async def test_an_answer_with_another_order_under_our_reference_is_alarmed_counted_and_not_said_to_be_placed() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [placed(strike_id="another", quantity=500, original_quantity=500)]
        order = await floor.desk.trading.place(draft())
    assert (order.state, order.venue_order_id) == (UNKNOWN, "")
    assert order.reason == "the venue holds an order under this reference that is not as it was sent: it is on something else"
    (theirs,) = [one for one in floor.desk.blotter.orders.values() if one.is_elsewhere]
    assert (theirs.at_risk, "our reference ov-1" in theirs.alarm) == (money(500), True)
    assert not any(words.startswith("Placed") for words in floor.desk.words)


async def test_a_push_of_another_order_under_our_reference_before_the_answer_does_not_leave_ours_on_its_way_for_ever() -> None:
    async with opened() as floor:

        async def after_the_push(request: httpx.Request) -> httpx.Response:
            floor.desk.blotter.apply(report("ov-1", "open", order_id="v-ov-1", selection_id="another"))
            return await placed(strike_id="another")(request)

        floor.network.answers[SUBMIT] = [after_the_push]
        order = await floor.desk.trading.place(draft())
    assert order.state is UNKNOWN
    assert not any(words.startswith("Placed") for words in floor.desk.words)


# Batches


def batch_answer(**rows: list[dict[str, object]]) -> Answer:
    return answer(200, {"data": rows})


def failed(index: int, ref: str, error: str = "invalid_price") -> dict[str, object]:
    return {"index": index, "request": {"external_id": ref}, "error": error, "message": f"the venue says {error}"}


@pytest.mark.parametrize(
    ("given", "states"),
    [
        (batch_answer(succeed_orders=[row("ov-1"), row("ov-2", price=151)]), [ACCEPTED, ACCEPTED]),
        (batch_answer(succeed_orders=[row("ov-1")], failed_orders=[failed(1, "ov-2")]), [ACCEPTED, REJECTED]),
        (batch_answer(succeed_orders=[row("ov-2", price=151)], failed_orders=[failed(0, "ov-1")]), [REJECTED, ACCEPTED]),
        (batch_answer(succeed_orders=[row("ov-1")], failed_orders=[failed(0, "ov-2")]), [ACCEPTED, UNKNOWN]),
        (batch_answer(succeed_orders=[row("ov-1")], failed_orders=[failed(1, "ov-9")]), [ACCEPTED, UNKNOWN]),
        (batch_answer(failed_orders=[failed(0, "ov-1"), failed(1, "ov-2", "order_external_id_existed")]), [REJECTED, UNKNOWN]),
        (batch_answer(failed_orders=[failed(0, "ov-1", "internal_error"), failed(1, "ov-2")]), [UNKNOWN, REJECTED]),
        (batch_answer(failed_orders=[failed(0, "ov-1", "wager_unable_place"), failed(1, "ov-2", "order_is_placing")]), [UNKNOWN] * 2),
        (batch_answer(failed_orders=[failed(0, "ov-1", "unknown_error"), failed(1, "ov-2", "opened_retry")]), [UNKNOWN] * 2),
        (batch_answer(failed_orders=[failed(0, "ov-1", "order_balance_check_timeout")]), [UNKNOWN] * 2),
        (batch_answer(succeed_orders=[row("ov-1", order_id="")]), [UNKNOWN, UNKNOWN]),
        (batch_answer(succeed_orders=[row("ov-1")]), [ACCEPTED, UNKNOWN]),
        (batch_answer(), [UNKNOWN, UNKNOWN]),
        (answer(200), [UNKNOWN, UNKNOWN]),
        (silence, [UNKNOWN, UNKNOWN]),
        (raises(httpx.ReadError("reset")), [UNKNOWN, UNKNOWN]),
        (answer(503), [UNKNOWN, UNKNOWN]),
        (raises(httpx.ConnectError("down")), [NOT_SENT, NOT_SENT]),
        (refused(429, "rate_limit_reached"), [NOT_SENT, NOT_SENT]),
        (refused(400, "order_limit_exceeded"), [REJECTED, REJECTED]),
        (refused(409, "order_is_placing"), [UNKNOWN, UNKNOWN]),
    ],
)
async def test_each_order_of_a_batch_has_its_own_outcome(given: Answer, states: list[OrderState]) -> None:
    async with opened() as floor:
        floor.network.answers[BATCH] = [given]
        await floor.desk.trading.place_many([draft(150), draft(151)])
    assert [order.state for order in floor.desk.blotter.orders.values()] == states
    assert kinds(floor)[:2] == (Intended, Intended)
    assert floor.network.wire.count(BATCH) == 1
    assert floor.network.wire.count(SUBMIT) == 0


async def test_a_batch_that_hangs_is_so_many_unknown_orders_and_each_is_resolved_by_itself() -> None:
    async with opened() as floor:
        floor.network.answers[BATCH] = [silence]
        await floor.desk.trading.place_many([draft(100 + number) for number in range(40, 60)])
        assert len(floor.desk.blotter.unknown()) == 20
        shown = [row(f"ov-{number}", price=139 + number, status="open") for number in range(1, 20)]
        floor.network.answers[HISTORY] = [answer(200, {"data": {"orders": shown, "next_cursor": ""}})]
        floor.clock.move(2)
        await floor.desk.search.look_at_due()
    assert [order.ref for order in floor.desk.blotter.unknown()] == ["ov-20"]
    assert floor.network.wire.count(BATCH) == 1


# A person sends it again


async def test_a_resend_of_an_unknown_order_has_the_same_reference_and_is_written_down_first() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [raises(httpx.ReadTimeout("")), placed()]
        await floor.desk.trading.place(draft())
        floor.clock.move(3)
        order = await floor.desk.trading.place_again("ov-1")
    assert order.state is ACCEPTED
    assert [sent["external_id"] for sent in floor.network.orders] == ["ov-1", "ov-1"]
    assert floor.network.written[1][-1] is Resent
    assert floor.network.orders[0] == floor.network.orders[1]


async def test_an_existing_reference_proves_the_earlier_attempt_and_the_order_is_fetched_and_adopted() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [raises(httpx.ReadTimeout("")), refused(400, "order_external_id_existed")]
        await floor.desk.trading.place(draft())
        floor.clock.move(3)
        order = await floor.desk.trading.place_again("ov-1")
        assert order.state is UNKNOWN, "it exists: it is neither refused nor known yet"
        floor.frame()
        floor.desk.search.track()
        floor.network.answers[HISTORY] = [answer(200, {"data": {"orders": [row(status="open")], "next_cursor": ""}})]
        floor.clock.move(2)
        await floor.desk.search.look_at_due()
    assert floor.state is OrderState.OPEN
    assert list(floor.desk.blotter.orders) == ["ov-1"]


async def test_a_foreign_order_under_our_first_reference_is_alarmed_and_not_adopted() -> None:
    async with opened() as floor:
        floor.network.answers[SUBMIT] = [refused(400, "order_external_id_existed")]
        await floor.desk.trading.place(draft())
        floor.frame()
        floor.desk.search.track()
        theirs = row(status="open", strike_id="another", quantity=500, order_id="v-theirs")
        floor.network.answers[HISTORY] = [answer(200, {"data": {"orders": [theirs], "next_cursor": ""}})]
        floor.clock.move(2)
        await floor.desk.search.look_at_due()
    ours, foreign = floor.desk.blotter.orders.values()
    assert (ours.ref, ours.venue_order_id, ours.state) == ("ov-1", "", UNKNOWN), "it may be ours, written otherwise"
    assert (foreign.venue_order_id, foreign.is_elsewhere, foreign.at_risk) == ("v-theirs", True, money(500))
    assert "our reference ov-1" in foreign.alarm


# Looking for an unknown one


async def look_a_minute_later(floor: Floor) -> int:
    """How many not-founds count after one look at what the venue's history holds."""
    floor.network.answers[SUBMIT] = [raises(httpx.ReadTimeout(""))]
    await floor.desk.trading.place(draft())
    floor.frame()
    floor.desk.search.track()
    floor.clock.move(61)
    await floor.desk.search.look_at_due()
    assert floor.state is UNKNOWN
    return floor.desk.blotter.orders["ov-1"].not_seen


async def test_an_empty_history_counts() -> None:
    async with opened() as floor:
        assert await look_a_minute_later(floor) == 1


async def test_a_history_with_our_order_in_a_row_that_cannot_be_read_does_not_count_as_not_found() -> None:
    async with opened() as floor:
        floor.network.answers[HISTORY] = [answer(200, {"data": {"orders": [row(status=None)], "next_cursor": ""}})]
        assert await look_a_minute_later(floor) == 0, "it may be the very order that is looked for"


async def test_a_history_that_was_not_read_to_its_end_does_not_count_as_not_found() -> None:
    async with opened() as floor:
        pages = [answer(200, {"data": {"orders": [], "next_cursor": f"page-{number}"}}) for number in range(PAGES + 1)]
        floor.network.answers[HISTORY] = pages
        assert await look_a_minute_later(floor) == 0, "it may stand on a page that was not read"


@pytest.mark.parametrize(("synced", "counted"), [(59, 0), (61, 1)])
async def test_the_venues_word_on_how_far_it_kept_up_decides(synced: int, counted: int) -> None:
    async with opened() as floor:
        until = (floor.clock.now() + timedelta(seconds=synced)).isoformat()
        floor.network.answers[HISTORY] = [answer(200, {"data": {"orders": [], "next_cursor": ""}, "last_synced_at": until})]
        assert await look_a_minute_later(floor) == counted


# Cancelling


@pytest.mark.parametrize(("status", "code"), [(409, "order_is_placing"), (425, "order_opened_retry"), (500, "opened_retry")])
async def test_a_cancel_that_comes_too_early_goes_again_after_a_moment(status: int, code: str) -> None:
    async with opened() as floor:
        ref = await floor.placed()
        again = refused(status, code)
        floor.network.answers[CANCEL] = [again, again, answer(200, {"data": {"success": True, "order": row(ref, status="canceled")}})]
        await floor.desk.trading.cancel(ref)
    assert floor.state is OrderState.CANCELLED
    assert floor.network.wire.count(CANCEL) == 3
    assert [nap for nap in floor.desk.naps if nap >= CANCEL_AGAIN] == floor.desk.naps
    assert len(floor.desk.naps) == 2


@pytest.mark.parametrize(
    "given",
    [
        raises(httpx.ReadError("reset")),
        raises(httpx.ReadTimeout("")),
        raises(httpx.WriteError("reset")),
        breaks_off(httpx.RemoteProtocolError("half")),
        silence,
        answer(502),
        answer(408),
        answer(200, b"<html></html>"),
        answer(302),
    ],
)
async def test_a_cancel_without_a_clear_answer_is_unclear_and_never_shown_as_done(given: Answer) -> None:
    async with opened() as floor:
        ref = await floor.placed()
        floor.network.answers[CANCEL] = [given]
        await floor.desk.trading.cancel(ref)
    assert (floor.state, floor.desk.blotter.orders[ref].cancel) == (OrderState.OPEN, Cancel.UNKNOWN)
    assert floor.network.wire.count(CANCEL) == 1
    assert kinds(floor)[-2:] == (CancelSent, CancelEnded)
    assert not any("Cancelled what was left" in words for words in floor.desk.words)


@pytest.mark.parametrize("given", [raises(httpx.ConnectError("down")), refused(429, "rate_limit_reached"), refused(401, "unauthorized")])
async def test_a_cancel_that_did_not_leave_can_be_pressed_again(given: Answer) -> None:
    async with opened() as floor:
        ref = await floor.placed()
        floor.network.answers[CANCEL] = [given]
        await floor.desk.trading.cancel(ref)
    order = floor.desk.blotter.orders[ref]
    assert (order.state, order.cancel, order.is_cancellable) == (OrderState.OPEN, Cancel.NONE, True)
    assert "was not sent" in floor.desk.words[-1]


@pytest.mark.parametrize(("status", "code"), [(400, "order_already_filled"), (404, "no_cancellable_orders")])
async def test_a_cancel_that_crosses_a_fill_is_a_filled_order_and_no_trouble(status: int, code: str) -> None:
    async with opened() as floor:
        ref = await floor.placed()
        floor.network.answers[CANCEL] = [refused(status, code)]
        filled = row(ref, status="open", filled_quantity=10, matching_status="fully_matched")
        floor.network.answers[ORDER] = [answer(200, {"data": filled})]
        await floor.desk.trading.cancel(ref)
    assert floor.state is OrderState.FILLED


@pytest.mark.parametrize("problem", [refused(429, "rate_limit_reached"), raises(httpx.ConnectError("down")), refused(404, "not_found")])
async def test_a_cancel_that_was_taken_stays_unclear_when_the_order_cannot_be_read_after_it(problem: Answer) -> None:
    async with opened() as floor:
        ref = await floor.placed()
        floor.network.answers[CANCEL] = [answer(200, {"data": {"success": True}})]
        floor.network.answers[ORDER] = [problem]
        await floor.desk.trading.cancel(ref)
    assert floor.desk.blotter.orders[ref].cancel is Cancel.UNKNOWN, "the venue took the cancel: it was neither unsent nor refused"
    assert not any("was not sent" in words for words in floor.desk.words)


async def test_a_cancel_that_was_taken_and_left_the_order_standing_is_not_said_to_be_done() -> None:
    async with opened() as floor:
        ref = await floor.placed()
        floor.network.answers[CANCEL] = [answer(200, {"data": {"success": True}})]
        floor.network.answers[ORDER] = [answer(200, {"data": row(ref, status="open")})]
        await floor.desk.trading.cancel(ref)
    assert floor.state is OrderState.OPEN
    assert not any("Cancelled what was left" in words for words in floor.desk.words)


async def test_an_order_that_the_venue_gave_no_reference_is_cancelled_under_none() -> None:
    async with opened() as floor:
        floor.desk.blotter.apply(msgspec.structs.replace(report("ov-1", "open", order_id="v-ov-1"), ref="", venue_order_id="v-web"))
        seen: list[dict[str, object]] = []

        async def cancelled(request: httpx.Request) -> httpx.Response:
            seen.append(json.loads(request.content))
            return httpx.Response(200, json={"data": {"success": True, "order": row("", order_id="v-web", status="canceled")}})

        floor.network.answers[CANCEL] = [cancelled]
        (theirs,) = floor.desk.blotter.live()
        await floor.desk.trading.cancel(theirs.ref)
    assert seen[0]["order_id"] == "v-web"
    assert not seen[0].get("external_id"), "a reference that the venue does not have is refused there as not matching"


async def test_a_foreign_order_under_our_reference_is_cancelled_under_the_reference_it_has() -> None:
    async with opened() as floor:
        ref = await floor.placed()
        told = report("ov-1", "open", order_id="v-ov-1")
        floor.desk.blotter.apply(msgspec.structs.replace(told, venue_order_id="v-theirs", selection_id="another"))
        seen: list[dict[str, object]] = []

        async def cancelled(request: httpx.Request) -> httpx.Response:
            seen.append(json.loads(request.content))
            return httpx.Response(200, json={"data": {"success": True}})

        floor.network.answers[CANCEL] = [cancelled]
        floor.network.answers[ORDER] = [answer(200, {"data": row(ref, order_id="v-theirs", strike_id="another", status="canceled")})]
        (theirs,) = [order for order in floor.desk.blotter.live() if order.is_elsewhere]
        await floor.desk.trading.cancel(theirs.ref)
    assert seen == [{"external_id": ref, "order_id": "v-theirs"}]

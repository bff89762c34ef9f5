"""The proof run of a B2B account: every row, every failure with its words and its remedy, and nothing secret in any of it."""

from __future__ import annotations

import asyncio
import json
import ssl

import httpx
import pytest

from app.domain.environment import Environment
from app.domain.profile import TokenShape
from app.domain.proof import ProofRow, ProofState
from app.domain.secret import Secret
from app.venues.hosts import partner
from app.venues.http import Http
from app.venues.omnibus.proof import ROWS, prove
from app.venues.omnibus.signing import Keys
from tests.venues.omnibus.desk import ADDRESS, BALANCE, ISSUER, KEY_ID, Desk, keys, saying
from tests.venues.proofs import SHORT, Stream, ended, rows_of, texts

BALANCE_PATH = "/api/v1/balance"


async def proven(desk: Desk, with_keys: Keys | None = None, stream: Stream | None = None) -> dict[str, ProofRow]:
    told = await rows_of(prove(ADDRESS, with_keys or keys(), connect=desk.connect, dial=(stream or Stream()).dial, patience=SHORT))
    _hides(desk, with_keys or keys(), told)
    return ended(told)


def _hides(desk: Desk, with_keys: Keys, told: list[ProofRow]) -> None:
    shown = texts(told)
    for token in desk.tokens:
        assert token not in shown
        assert token.rpartition(".")[2] not in shown
    assert not any(line in shown for line in with_keys.private.reveal().splitlines() if len(line) > 20)


async def test_a_good_account_has_every_row_ticked_with_its_time() -> None:
    desk, stream = Desk(), Stream()
    rows = await proven(desk, stream=stream)
    assert tuple(rows) == ROWS
    assert all(row.state is ProofState.GOOD and row.seconds is not None and row.words and not row.remedy for row in rows.values())
    assert rows["Balance"].words == "9,000.50 dollars, of which 100.00 matched and 230.00 unmatched"
    assert "a sign of health" in rows["Stream"].words
    assert stream.is_closed
    assert desk.closed == 2  # the one that asked for the time, and the account's own


async def test_the_first_request_carries_no_credential() -> None:
    desk = Desk()
    await proven(desk)
    assert "Authorization" not in desk.asked[0].headers


async def test_the_token_is_shown_masked_with_its_header_and_claims() -> None:
    rows = await proven(Desk(), keys(key_id=KEY_ID))
    details = rows["Token"].details
    assert f'"kid": "{KEY_ID}"' in details
    assert f'"iss": "{ISSUER}"' in details
    assert "…" in details.splitlines()[0]
    assert len(details.splitlines()[0]) == 13


async def test_a_key_that_was_not_registered_here_is_said_with_its_environment() -> None:
    rows = await proven(Desk(), keys(number=1))
    account = rows["Account"]
    assert (account.state, account.words) == (ProofState.FAILED, "Prophet does not know this key yet in PRACTICE")
    assert "Check the issuer id" in account.remedy
    assert "401" in account.details
    assert [rows[title].state for title in ("Balance", "Stream")] == [ProofState.SKIPPED] * 2
    assert "Account did not work" in rows["Stream"].words


@pytest.mark.parametrize(("ahead", "words"), [(45, "45 s behind the venue's"), (-7200, "7,200 s ahead of the venue's")])
async def test_a_clock_that_is_wrong_ends_the_run_before_a_token_is_sent(ahead: int, words: str) -> None:
    desk = Desk()
    desk.ahead = ahead + 0.01
    rows = await proven(desk)
    assert rows["Clock"].state is ProofState.FAILED
    assert words.split(" s ")[1] in rows["Clock"].words
    assert "set it by network time" in rows["Clock"].words
    assert [rows[title].state for title in ("Token", "Signature", "Account")] == [ProofState.GOOD, ProofState.GOOD, ProofState.SKIPPED]
    assert not desk.tokens


async def test_a_clock_within_the_bounds_dates_the_token_by_the_venues() -> None:
    desk = Desk()
    desk.ahead, desk.leeway = 25, 3
    rows = await proven(desk)
    assert {row.state for row in rows.values()} == {ProofState.GOOD}


async def test_a_venue_that_does_not_tell_the_time_is_tried_all_the_same() -> None:
    desk = Desk()
    desk.is_dated = False
    rows = await proven(desk)
    assert "does not say what time it is" in rows["Clock"].words
    assert rows["Stream"].state is ProofState.GOOD


@pytest.mark.parametrize(
    ("status", "words", "remedy"),
    [
        (400, "refuses the token's shape", "Advanced"),
        (403, "does not let it in", "Ask Prophet"),
        (404, "does not know this API's addresses", "letter by letter"),
        (418, "The venue refuses (418)", "Ask the venue"),
        (429, "asks for a pause", "Wait 1 s"),
        (500, "trouble of its own (500)", "some minutes"),
        (503, "trouble of its own (503)", "some minutes"),
        (307, "sends on to another address", "letter by letter"),
    ],
)
async def test_each_answer_has_its_words_and_its_remedy(status: int, words: str, remedy: str) -> None:
    desk = Desk()
    desk.instead[BALANCE_PATH] = saying(status)
    account = (await proven(desk))["Account"]
    assert account.state is ProofState.FAILED
    assert words in account.words
    assert remedy in account.remedy


async def test_a_balance_that_cannot_be_read_is_the_balances_failure_and_not_the_accounts() -> None:
    desk = Desk()
    desk.instead[BALANCE_PATH] = saying(200, {**BALANCE, "balance": None})
    rows = await proven(desk)
    assert rows["Account"].state is ProofState.GOOD
    assert rows["Balance"].state is ProofState.FAILED
    assert "is not this API's" in rows["Balance"].words


async def test_without_an_issuer_no_token_is_sent() -> None:
    desk = Desk()
    rows = await proven(desk, keys(issuer=""))
    assert "no issuer id yet" in rows["Token"].words
    assert not desk.tokens


async def test_a_key_that_cannot_sign_is_said_and_not_quoted() -> None:
    rows = await proven(Desk(), Keys(Environment.PRACTICE, Secret("a-canary-that-is-no-key"), ISSUER))
    assert "no private key that can sign" in rows["Token"].words
    assert "canary" not in texts(rows.values())


async def test_another_shape_of_the_token_is_used_and_refused_by_a_venue_that_wants_the_default() -> None:
    rows = await proven(Desk(), keys(TokenShape(hash_claim="body_hash")))
    assert rows["Signature"].state is ProofState.GOOD
    assert rows["Account"].state is ProofState.FAILED


# The stream


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        (Stream("open"), "No connection to the stream at 127.0.0.1"),
        (Stream("pusher:signin"), "did not sign this account in"),
        (Stream(says=None), "nothing that can be read came in 0.05 s"),
        (Stream(says=b'{"change_type":"of no kind"}'), "nothing that can be read came in 0.05 s"),
    ],
    ids=["no greeting", "no sign-in", "silent", "unreadable"],
)
async def test_a_stream_that_does_not_speak_is_said(stream: Stream, words: str) -> None:
    rows = await proven(Desk(), stream=stream)
    assert rows["Balance"].state is ProofState.GOOD
    assert words in rows["Stream"].words
    assert rows["Stream"].remedy
    assert stream.is_closed


async def test_a_stream_that_ends_is_said_at_once() -> None:
    class Ending(Stream):
        def _sent(self) -> None:
            if self.sockets[-1].sent[-1][0] == "subscribe":
                self.sockets[-1].say("pusher:error", {"code": 4009, "message": "not now"})

    rows = await proven(Desk(), stream=Ending())
    assert "The stream ended: not now (4009)" in rows["Stream"].words


async def test_a_stream_that_grants_nothing_is_said() -> None:
    desk = Desk()
    desk.instead["/api/v1/websocket/register"] = saying(200, {"data": {"authorized_channel": []}})
    assert "grants no channel" in (await proven(desk))["Stream"].words


# Nobody there


async def refused_by(problem: Exception) -> ProofRow:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise problem

    run = prove(ADDRESS, keys(), connect=lambda url: Http(url, transport=httpx.MockTransport(answer)), dial=Stream().dial)
    return ended(await rows_of(run))["Clock"]


def caused(cause: Exception) -> httpx.ConnectError:
    problem = httpx.ConnectError("no")
    problem.__cause__ = cause
    return problem


@pytest.mark.parametrize(
    ("problem", "words", "remedy"),
    [
        (httpx.ConnectTimeout("late"), "did not answer in time", "network"),
        (httpx.ReadTimeout("late"), "did not answer in time", "network"),
        (caused(ConnectionRefusedError(111, "refused")), "takes no connection", "firewall"),
        (caused(ssl.SSLCertVerificationError("bad certificate")), "cannot prove who it is", "letter by letter"),
        (caused(ssl.SSLError("wrong version number")), "does not speak https", "letter by letter"),
    ],
    ids=["connecting", "reading", "refused", "certificate", "no TLS"],
)
async def test_nobody_there_has_its_words(problem: Exception, words: str, remedy: str) -> None:
    row = await refused_by(problem)
    assert words in row.words
    assert remedy in row.remedy


async def test_a_name_that_nobody_has_is_said() -> None:
    address = partner(Environment.SANDBOX, "no-such-host.invalid")
    other = Keys(Environment.SANDBOX, keys().private, ISSUER)
    rows = ended(await rows_of(prove(address, other, dial=Stream().dial)))
    assert "There is no host of this name" in rows["Clock"].words


# Ended from outside


async def test_closing_the_run_closes_what_it_opened() -> None:
    desk, stream = Desk(), Stream(says=None)
    run = prove(ADDRESS, keys(), connect=desk.connect, dial=stream.dial)
    async for row in run:
        if row.title == "Balance" and row.is_over:
            break
    await run.aclose()
    assert desk.closed == 2


async def test_cancelling_in_the_middle_of_a_row_closes_client_and_socket() -> None:
    desk, stream = Desk(), Stream(says=None)
    task = asyncio.ensure_future(rows_of(prove(ADDRESS, keys(), connect=desk.connect, dial=stream.dial)))
    await asyncio.wait_for(stream.subscribed.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.is_closed
    assert desk.closed == 2


async def test_what_is_asked_is_only_read() -> None:
    desk = Desk()
    await proven(desk)
    posts = [request for request in desk.asked if request.method != "GET"]
    assert [request.url.path for request in posts] == ["/api/v1/websocket/register"]
    assert json.loads(posts[0].content)["subscriptions"] == []

"""The access token: fetched once however many wait, renewed ahead of its expiry, never by a login loop."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.errors import NotSentError, RefusedError, UnknownError, UnreadableError, VenueError
from app.venues.auth import AHEAD, COOL_DOWN, FALLBACK_LIFE, LAST, PAUSE, STREAM_AHEAD, Token, Tokens, expiry
from tests.venues.fakes import HandClock

NOW = 1_788_000_000.0
LIFE = 1200.0


class Desk:
    """The venue's login and refresh, counted; each answer takes a turn of the loop."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.calls: list[str] = []
        self.troubles: dict[str, VenueError] = {}
        self.wall_ahead = 0.0
        self.tokens = Tokens(self._login, self._refresh, lambda: clock() + self.wall_ahead, clock)

    async def _login(self) -> Token:
        return await self._answer("login", refresh=f"r{len(self.calls) + 1}")

    async def _refresh(self, refresh_token: str) -> Token:
        assert refresh_token
        return await self._answer("refresh", refresh="")

    async def _answer(self, what: str, refresh: str) -> Token:
        self.calls.append(what)
        number = len(self.calls)
        await asyncio.sleep(0)
        if what in self.troubles:
            raise self.troubles[what]
        return Token(f"token-{number}", self.clock() + self.wall_ahead + LIFE, refresh)


@pytest.fixture
def desk() -> Desk:
    return Desk(HandClock(NOW))


async def test_many_callers_share_one_login(desk: Desk) -> None:
    bearers = await asyncio.gather(*(desk.tokens.bearer() for _ in range(20)))
    assert set(bearers) == {"token-1"}
    assert desk.calls == ["login"]


async def test_a_good_token_is_handed_out_without_asking(desk: Desk) -> None:
    await desk.tokens.bearer()
    desk.clock.now += LIFE - AHEAD - 1
    assert await desk.tokens.bearer() == "token-1"
    assert desk.tokens.expires_at == NOW + LIFE


async def test_a_token_is_refreshed_ahead_of_its_expiry_by_one_request(desk: Desk) -> None:
    await desk.tokens.bearer()
    desk.clock.now += LIFE - AHEAD
    bearers = await asyncio.gather(*(desk.tokens.bearer() for _ in range(20)))
    assert set(bearers) == {"token-2"}
    assert desk.calls == ["login", "refresh"]


async def test_the_refresh_token_is_kept_when_the_answer_brings_none(desk: Desk) -> None:
    await desk.tokens.bearer()
    for _ in range(3):
        desk.clock.now += LIFE
        await desk.tokens.bearer()
    assert desk.calls == ["login", "refresh", "refresh", "refresh"]


async def test_a_refused_token_is_renewed_once_for_all_who_held_it(desk: Desk) -> None:
    held = await desk.tokens.bearer()
    assert set(await asyncio.gather(*(desk.tokens.renew(held) for _ in range(20)))) == {"token-2"}
    assert desk.calls == ["login", "refresh"]


async def test_a_refusal_of_an_older_token_asks_for_nothing(desk: Desk) -> None:
    held = await desk.tokens.bearer()
    await desk.tokens.renew(held)
    assert await desk.tokens.renew(held) == "token-2"
    assert desk.calls == ["login", "refresh"]


@pytest.mark.parametrize("trouble", [RefusedError("no"), NotSentError("expired", status=401)])
async def test_a_refused_refresh_logs_in_again(desk: Desk, trouble: VenueError) -> None:
    await desk.tokens.bearer()
    desk.troubles["refresh"] = trouble
    desk.clock.now += LIFE
    assert await desk.tokens.bearer() == "token-3"
    assert desk.calls == ["login", "refresh", "login"]


async def test_a_refresh_of_unknown_outcome_passes_through_without_a_login(desk: Desk) -> None:
    await desk.tokens.bearer()
    desk.troubles["refresh"] = UnknownError("No answer within 5 s")
    desk.clock.now += LIFE
    with pytest.raises(UnknownError):
        await desk.tokens.bearer()
    assert desk.calls == ["login", "refresh"]


async def test_keys_that_the_venue_does_not_know_are_not_tried_again_at_once(desk: Desk) -> None:
    """No session was used up by it, so it is not counted; a cancel may try once more."""
    desk.troubles["login"] = NotSentError("Unauthorized", status=401)
    for _ in range(5):
        with pytest.raises(NotSentError, match="does not know these keys") as caught:
            await desk.tokens.bearer()
        assert caught.value.status == 401
    assert desk.calls == ["login"]
    with pytest.raises(NotSentError):
        await desk.tokens.bearer(is_urgent=True)
    assert desk.calls == ["login", "login"]
    desk.clock.now += 301
    del desk.troubles["login"]
    assert await desk.tokens.bearer() == "token-3"


async def test_a_fourth_login_within_an_hour_is_not_tried(desk: Desk) -> None:
    desk.troubles["login"] = RefusedError("Wrong keys", status=400)
    for _ in range(3):
        with pytest.raises(RefusedError):
            await desk.tokens.bearer()
    with pytest.raises(NotSentError, match="3 logins within an hour"):
        await desk.tokens.bearer()
    assert desk.calls == ["login"] * 3


# All sessions used


ALL_USED = RefusedError("Too many sessions", code="session_num_exceed", status=403)


async def cooling(desk: Desk) -> None:
    """Logged in where no session is free."""
    desk.troubles["login"] = ALL_USED
    with pytest.raises(NotSentError, match="All 20 sessions of the account are in use at the venue: no login for 10 minutes") as told:
        await desk.tokens.bearer()
    assert (told.value.status, told.value.code) == (403, "session_num_exceed")


async def test_with_all_sessions_used_nothing_logs_in_for_ten_minutes(desk: Desk) -> None:
    await cooling(desk)
    desk.clock.now += COOL_DOWN - 61
    assert desk.tokens.cool_down_left == 61
    with pytest.raises(NotSentError, match="no login for another 2 minutes"):
        await desk.tokens.bearer()
    desk.clock.now += 31
    with pytest.raises(NotSentError, match="no login for another 1 minute"):
        await desk.tokens.bearer()
    assert desk.calls == ["login"]
    desk.clock.now += 30
    desk.troubles.clear()
    assert await desk.tokens.bearer() == "token-2"
    assert desk.tokens.cool_down_left == 0


async def test_a_cancel_may_log_in_once_while_all_sessions_are_used(desk: Desk) -> None:
    await cooling(desk)
    for _ in range(5):
        with pytest.raises(NotSentError):
            await desk.tokens.bearer(is_urgent=True)
    assert desk.calls == ["login", "login"]


async def test_each_time_all_sessions_are_used_a_cancel_may_try_again(desk: Desk) -> None:
    await cooling(desk)
    desk.clock.now += COOL_DOWN
    with pytest.raises(NotSentError):
        await desk.tokens.bearer()
    with pytest.raises(NotSentError):
        await desk.tokens.bearer(is_urgent=True)
    assert desk.calls == ["login"] * 3


async def test_a_cancels_login_that_never_reached_the_venue_leaves_it_another(desk: Desk) -> None:
    await cooling(desk)
    desk.troubles["login"] = NotSentError("The venue cannot be reached")
    for _ in range(3):
        with pytest.raises(NotSentError, match="cannot be reached"):
            await desk.tokens.bearer(is_urgent=True)
    desk.troubles.clear()
    assert await desk.tokens.bearer(is_urgent=True) == "token-5"


@pytest.mark.parametrize("hours", [-8, 8])
async def test_a_clock_that_is_set_neither_lengthens_nor_ends_the_wait_for_a_login(desk: Desk, hours: float) -> None:
    await cooling(desk)
    desk.wall_ahead = hours * 3600
    assert desk.tokens.cool_down_left == COOL_DOWN
    assert desk.tokens.logins_today == 1
    desk.clock.now += COOL_DOWN
    desk.troubles.clear()
    assert await desk.tokens.bearer() == "token-2"


async def test_a_clock_that_is_set_forgets_no_login(desk: Desk) -> None:
    desk.troubles["login"] = RefusedError("Wrong keys", status=400)
    for _ in range(3):
        with pytest.raises(RefusedError):
            await desk.tokens.bearer()
    desk.wall_ahead = 7200
    with pytest.raises(NotSentError, match="3 logins within an hour"):
        await desk.tokens.bearer()


async def test_logins_are_counted_for_a_day(desk: Desk) -> None:
    assert desk.tokens.logins_today == 0
    await desk.tokens.bearer()
    desk.clock.now += 86_399
    assert desk.tokens.logins_today == 1
    desk.clock.now += 1
    assert desk.tokens.logins_today == 0


# Where no new token can be had


async def test_a_token_that_cannot_be_renewed_serves_until_its_end(desk: Desk) -> None:
    await desk.tokens.bearer()
    desk.troubles["refresh"] = UnknownError("No answer within 5 s")
    desk.clock.now += LIFE - AHEAD
    assert await desk.tokens.bearer() == "token-1"
    desk.clock.now += AHEAD - LAST
    with pytest.raises(UnknownError):
        await desk.tokens.bearer()


async def test_while_it_still_serves_its_renewal_is_not_tried_at_every_request(desk: Desk) -> None:
    await desk.tokens.bearer()
    desk.troubles["refresh"] = UnknownError("No answer within 5 s")
    desk.clock.now += LIFE - AHEAD
    for _ in range(20):
        await desk.tokens.bearer()
    assert desk.calls == ["login", "refresh"]
    desk.clock.now += PAUSE
    await desk.tokens.bearer()
    assert desk.calls == ["login", "refresh", "refresh"]


BUSY = NotSentError("Too many requests", status=429, retry_after=30.0)


async def test_where_the_venue_asks_to_wait_the_old_token_serves_and_nobody_logs_in(desk: Desk) -> None:
    await desk.tokens.bearer()
    desk.troubles["refresh"] = BUSY
    desk.clock.now += LIFE - AHEAD
    for _ in range(5):
        assert await desk.tokens.bearer() == "token-1"
        assert await desk.tokens.bearer(is_urgent=True) == "token-1"
        desk.clock.now += 5
    assert desk.calls == ["login", "refresh"]
    desk.troubles.clear()
    desk.clock.now += 5
    assert await desk.tokens.bearer() == "token-3"


async def test_after_the_old_tokens_end_a_pause_is_waited_for_by_all_but_cancels(desk: Desk) -> None:
    await desk.tokens.bearer()
    desk.troubles["refresh"] = BUSY
    desk.clock.now += LIFE
    for _ in range(3):
        with pytest.raises(NotSentError, match="no new session for another 30 s") as told:
            await desk.tokens.bearer()
        assert (told.value.status, told.value.retry_after) == (429, 30.0)
    assert desk.calls == ["login", "refresh"]
    assert await desk.tokens.bearer(is_urgent=True) == "token-4"
    assert desk.calls == ["login", "refresh", "refresh", "login"]


async def test_a_socket_is_registered_with_a_token_that_has_a_life_before_it(desk: Desk) -> None:
    await desk.tokens.renew_ahead()
    desk.clock.now += LIFE - STREAM_AHEAD - 1
    await desk.tokens.renew_ahead()
    assert desk.calls == ["login"]
    desk.clock.now += 1
    await desk.tokens.renew_ahead()
    assert desk.calls == ["login", "refresh"]


@pytest.mark.parametrize("trouble", [UnknownError("(500)", status=500), UnknownError("(503)", status=503), UnreadableError("no token")])
async def test_a_refresh_that_is_answered_without_a_token_is_one_login(desk: Desk, trouble: VenueError) -> None:
    await desk.tokens.bearer()
    desk.troubles["refresh"] = trouble
    desk.clock.now += LIFE
    assert await desk.tokens.bearer() == "token-3"
    assert desk.calls == ["login", "refresh", "login"]


async def test_logins_are_tried_again_after_an_hour(desk: Desk) -> None:
    desk.troubles["login"] = RefusedError("Too many sessions")
    for _ in range(3):
        with pytest.raises(RefusedError):
            await desk.tokens.bearer()
    desk.troubles.clear()
    desk.clock.now += 3600
    assert await desk.tokens.bearer() == "token-4"


async def test_logins_that_never_reached_the_venue_are_not_counted(desk: Desk) -> None:
    desk.troubles["login"] = NotSentError("The venue cannot be reached")
    for _ in range(10):
        with pytest.raises(NotSentError, match="cannot be reached"):
            await desk.tokens.bearer()
    desk.troubles.clear()
    assert await desk.tokens.bearer() == "token-11"


async def test_one_failed_caller_does_not_lock_the_others_out(desk: Desk) -> None:
    desk.troubles["login"] = RefusedError("no")
    first = asyncio.create_task(desk.tokens.bearer())
    second = asyncio.create_task(desk.tokens.bearer())
    with pytest.raises(RefusedError):
        await first
    with pytest.raises(RefusedError):
        await second
    desk.troubles.clear()
    assert await desk.tokens.bearer() == "token-3"


async def test_a_caller_that_gives_up_leaves_the_door_open(desk: Desk) -> None:
    first = asyncio.create_task(desk.tokens.bearer())
    await asyncio.sleep(0)
    first.cancel()
    assert await desk.tokens.bearer() == "token-2"


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        (NOW + 1200, NOW + 1200),
        ((NOW + 1200) * 1e3, NOW + 1200),
        ((NOW + 1200) * 1e6, NOW + 1200),
        (int(NOW + 1200) * 10**9, NOW + 1200),
        (1200, NOW + 1200),
        (259200, NOW + 259200),
    ],
)
def test_an_expiry_is_read_in_seconds_milli_micro_nanoseconds_or_as_a_span(stated: float, read: float) -> None:
    assert expiry(stated, NOW) == pytest.approx(read)


@pytest.mark.parametrize("stated", [0, -5, NOW, NOW - 1, NOW + 41 * 86400, 1e30, 10**400, -(10**400), float("inf"), float("nan")])
def test_an_expiry_that_makes_no_sense_is_ten_minutes(stated: float) -> None:
    assert expiry(stated, NOW) == NOW + FALLBACK_LIFE


def test_a_token_does_not_print_itself() -> None:
    assert "secret" not in repr(Token("secret-a", NOW, "secret-r"))
    assert "secret" not in f"{Token('secret-a', NOW, 'secret-r')}"

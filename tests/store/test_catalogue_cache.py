"""What was listed, from one start to the next: whatever lies there the program starts, and nothing of it can be traded on."""

from __future__ import annotations

import gzip
import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.market import Competitor, Event, Listing, MarketKey, Sport, Tournament
from app.services.catalogue import OLD, Catalogue, Loading
from app.services.keeping import AFTER, Keeper
from app.store import catalogue_cache
from app.store.catalogue_cache import CatalogueCache
from tests.services.fakes import NOON, Clock, Desk, book, event, seeded, settle, tournament, turn

KEPT = "events.catalogue.bad-20260912T120000Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.catalogue"


@pytest.fixture
def cache(path: Path) -> CatalogueCache:
    return CatalogueCache(path, lambda: NOON)


def listing(*events: Event) -> Listing:
    return Listing(
        NOON, (tournament(31), Tournament(32, "Zürich <b>", Sport(1, "Soccer"), "Europe")), events or (event(), event(2, start=None))
    )


def test_what_was_kept_is_read_again(cache: CatalogueCache) -> None:
    told = listing(msgspec.structs.replace(event(), competitors=(Competitor(5, "Harbor Pilots", "home", "HAR"),)))
    assert cache.save(told) == ""
    read = cache.load()
    assert (read.value, read.words) == (told, "")


def test_nothing_kept_is_no_trouble(cache: CatalogueCache) -> None:
    assert (cache.load().value, cache.load().words) == (None, "")


def test_a_second_keeping_replaces_the_first_as_a_whole(cache: CatalogueCache, path: Path) -> None:
    cache.save(listing())
    cache.save(listing(event(7)))
    read = cache.load().value
    assert read is not None
    assert [one.id for one in read.events] == [7]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name != "posix", reason="POSIX's rights")
def test_the_file_is_for_this_user_only(cache: CatalogueCache, path: Path) -> None:
    cache.save(listing())
    assert path.stat().st_mode & 0o777 == 0o600


def packed(value: object) -> bytes:
    return gzip.compress(msgspec.msgpack.encode(value))


BAD = {
    "empty": (b"", "Input data was truncated"),
    "no gzip": (b"[1, 2, 3]", "cannot be unpacked"),
    "cut short": (packed({"version": 1, "at": NOON})[:-9], "cannot be unpacked"),
    "no list": (packed([1, 2]), "Expected `object`"),
    "another version": (packed({"version": 2, "at": NOON}), "its version is 2, this program knows 1"),
    "no version": (packed({"at": NOON}), "version"),
    "no time": (packed({"version": 1, "tournaments": [], "events": []}), "at"),
    "a time of no zone": (packed({"version": 1, "at": "2026-09-12T12:00:00"}), "does not say when"),
    "another type": (packed({"version": 1, "at": NOON, "events": [{"id": "x"}]}), "id"),
}


@pytest.mark.parametrize(("content", "words"), list(BAD.values()), ids=list(BAD))
def test_a_file_that_cannot_be_used_is_put_aside_and_said(cache: CatalogueCache, path: Path, content: bytes, words: str) -> None:
    path.write_bytes(content)
    read = cache.load()
    assert read.value is None
    assert words in read.words
    assert read.words.endswith(f"so it is read anew. The old file is kept as {KEPT}.")
    assert (path.parent / KEPT).read_bytes() == content
    assert not path.exists()


def test_a_file_that_unpacks_without_end_is_not_unpacked(cache: CatalogueCache, path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(catalogue_cache.LIMIT + 1)))
    assert "it unpacks to more than 32 MB" in cache.load().words


def test_a_file_that_is_too_large_is_not_opened(cache: CatalogueCache, path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(catalogue_cache.LIMIT + 1)
    assert "it is larger than 32 MB" in cache.load().words


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX's pipes")
def test_a_pipe_is_not_waited_for(cache: CatalogueCache, path: Path) -> None:
    os.mkfifo(path)
    assert "it is not a plain file" in cache.load().words


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_stop_the_start(cache: CatalogueCache, path: Path, content: bytes) -> None:
    for one in (content, gzip.compress(content)):
        path.write_bytes(one)
        read = cache.load()
        assert read.value is None
        assert read.words


def test_a_list_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    words = CatalogueCache(tmp_path / "nowhere" / "events.catalogue").save(listing())
    assert words.startswith("The list of events could not be kept (No such file or directory)")


def test_a_list_that_is_too_large_is_not_written(cache: CatalogueCache, path: Path) -> None:
    words = cache.save(listing(msgspec.structs.replace(event(), name="x" * catalogue_cache.LIMIT)))
    assert "too large to be kept (33 MB)" in words
    assert not path.exists()


# What is shown of it


def restored(*events: Event) -> Desk:
    desk = Desk()
    desk.catalogue.restore(listing(*events), NOON)
    return desk


def test_a_kept_list_is_shown_at_once_and_holds_nothing_that_could_be_traded_on() -> None:
    catalogue = restored().catalogue
    assert (catalogue.as_of, list(catalogue.tournaments), set(catalogue.events)) == (NOON, [31, 32], {19458, 2})
    assert set(catalogue.loading.values()) == {Loading.NOT_READ}
    assert (catalogue.groups, len(catalogue.shelf), catalogue.selection_count) == ({}, 0, 0)
    assert catalogue.market(MarketKey(19458, 219, Decimal(0))) is None


@pytest.mark.parametrize(
    ("status", "ago", "is_shown"),
    [
        ("not_started", timedelta(0), True),
        ("live", OLD * 2, True),
        ("ended", timedelta(0), False),
        ("not_started", OLD + timedelta(seconds=1), False),
        ("not_started", -OLD, True),
    ],
)
def test_what_has_ended_since_is_left_out(status: str, ago: timedelta, is_shown: bool) -> None:
    assert (19458 in restored(event(status=status, start=NOON - ago)).catalogue.events) is is_shown


async def test_what_is_read_again_is_no_longer_old_and_what_is_gone_disappears() -> None:
    desk = restored(event(), event(2), event(9, tournament_id=32))
    catalogue = desk.catalogue
    desk.venue.listed = [tournament(31)]
    await catalogue.read_tournaments()
    assert (list(catalogue.tournaments), set(catalogue.events), catalogue.as_of) == ([31], {19458, 2}, NOON)
    await catalogue.read_events(31)
    assert (set(catalogue.events), catalogue.as_of) == ({19458}, None)


async def test_an_event_that_is_opened_from_a_kept_list_is_asked_for_first() -> None:
    desk = restored()
    desk.session.open_event(19458)
    await settle(lambda: desk.venue.asked("events"))
    assert desk.venue.asked("events") == [(31,)]
    await desk.tasks.stop()


async def test_a_tournament_that_was_never_kept_is_not_dropped_for_being_unlisted() -> None:
    desk = Desk()
    await desk.catalogue.read_tournaments()
    desk.venue.listed = []
    await desk.catalogue.read_tournaments()
    assert list(desk.catalogue.tournaments) == [31]


# When it is written


class Written:
    """Takes what is written; answers with `words`."""

    def __init__(self) -> None:
        self.listings: list[Listing] = []
        self.words = ""

    def write(self, told: Listing) -> str:
        self.listings.append(told)
        return self.words


async def keeping(desk: Desk, written: Written) -> Keeper:
    keeper = Keeper(desk.catalogue, written.write, desk.notices, now=desk.clock.now, sleep=desk.sleep)
    desk.tasks.start(keeper.run())
    await turn()
    return keeper


async def test_a_change_is_written_down_once_and_five_seconds_later() -> None:
    desk, written = Desk(), Written()
    await keeping(desk, written)
    assert written.listings == []
    await desk.catalogue.read_tournaments()
    await desk.catalogue.read_events(31)
    while not written.listings:
        await turn(1)
    assert desk.naps == [AFTER]
    assert written.listings == [Listing(NOON + timedelta(seconds=AFTER), (tournament(31),), (event(),))]
    await desk.tasks.stop()


async def test_at_the_end_it_is_written_if_it_changed_and_not_otherwise() -> None:
    desk, written = Desk(), Written()
    keeper = Keeper(desk.catalogue, written.write, desk.notices, now=desk.clock.now)
    await keeper.keep()
    await desk.catalogue.read_tournaments()
    await keeper.keep()
    await keeper.keep()
    assert len(written.listings) == 1


async def test_a_list_of_nothing_does_not_replace_the_one_that_is_there() -> None:
    desk, written = Desk(), Written()
    keeper = Keeper(desk.catalogue, written.write, desk.notices, now=desk.clock.now)
    desk.catalogue.changed()
    await keeper.keep()
    assert written.listings == []


async def test_what_could_not_be_written_is_said_once() -> None:
    desk, written = Desk(), Written()
    written.words = "The list of events could not be kept (No space left on device): the next start reads it anew."
    keeper = Keeper(desk.catalogue, written.write, desk.notices, now=desk.clock.now)
    for _ in range(3):
        await desk.catalogue.read_tournaments()
        await keeper.keep()
    assert desk.words == [written.words]


async def test_a_list_not_yet_read_again_keeps_its_age() -> None:
    clock = Clock()
    desk = restored(event(), event(9, tournament_id=32))
    desk.venue.listed = [tournament(31), tournament(32)]
    await desk.catalogue.read_tournaments()
    await desk.catalogue.read_events(31)
    assert desk.catalogue.listing(clock.now() + timedelta(hours=1)).at == NOON


def test_markets_and_prices_are_not_written_down() -> None:
    desk = Desk()
    desk.ready()
    catalogue: Catalogue = desk.catalogue
    catalogue.apply(seeded(1.0, book()))
    assert set(msgspec.to_builtins(catalogue.listing(NOON))) == {"at", "tournaments", "events", "version"}

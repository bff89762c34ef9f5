"""What is listed is written down when it changed, and not for everything else that changes in the catalogue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.events import EventChanged, TournamentChanged
from app.domain.market import Listing
from app.services.keeping import ANEW, Keeper
from tests.services.fakes import OTHER, Desk, book, event, seeded, tournament


class Disk:
    """Takes listings, or says what is wrong with it."""

    def __init__(self) -> None:
        self.kept: list[Listing] = []
        self.trouble = ""

    def write(self, listing: Listing) -> str:
        self.kept.append(listing)
        return self.trouble


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def keeper(desk: Desk, disk: Disk) -> Keeper:
    keeper = Keeper(desk.catalogue, disk.write, desk.notices, now=desk.clock.now, sleep=desk.sleep)
    desk.session.emit([TournamentChanged(tournament()), EventChanged(event())])
    return keeper


async def test_markets_that_are_put_by_write_nothing(desk: Desk, disk: Disk, keeper: Keeper) -> None:
    await keeper.keep()
    desk.catalogue.put_by(seeded(1.0, book()))
    await keeper.keep()
    assert len(disk.kept) == 1


async def test_an_event_that_is_new_or_changed_is_written(desk: Desk, disk: Disk, keeper: Keeper) -> None:
    await keeper.keep()
    desk.session.emit([EventChanged(event(OTHER))])
    await keeper.keep()
    desk.session.emit([EventChanged(event(OTHER, "live"))])
    await keeper.keep()
    assert [len(listing.events) for listing in disk.kept] == [1, 2, 2]


async def test_the_same_list_is_written_again_when_its_time_is_old(desk: Desk, disk: Disk, keeper: Keeper) -> None:
    await keeper.keep()
    desk.clock.move((ANEW - timedelta(seconds=1)).total_seconds())
    desk.catalogue.changed()
    await keeper.keep()
    assert len(disk.kept) == 1
    desk.clock.move(1)
    desk.catalogue.changed()
    await keeper.keep()
    assert [listing.at for listing in disk.kept] == [desk.clock.now() - ANEW, desk.clock.now()]


async def test_what_could_not_be_written_is_tried_again_and_said_once(desk: Desk, disk: Disk, keeper: Keeper) -> None:
    disk.trouble = "The disk is full"
    await keeper.keep()
    desk.catalogue.changed()
    await keeper.keep()
    assert (len(disk.kept), desk.words) == (2, ["The disk is full"])

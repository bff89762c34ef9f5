"""What a feed's terminal keeps from one start to the next: stars and alerts, each account its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from app.domain.cs2 import MatchStatus
from app.domain.feed_alert import FeedStatusAlert
from app.domain.lookout import LookoutState
from app.domain.profile import PRACTICE_FEED, Profile
from app.feed_terminal import FeedTerminal
from app.services.lookout_book import RESTARTED
from app.services.tasks import Tasks
from app.store.paths import folders
from tests.services.feed.kit import LIVE, OTHER, match


def terminal(home: Path, profile: Profile = PRACTICE_FEED) -> FeedTerminal:
    where = folders(home)
    where.make()
    return FeedTerminal(profile, where, tasks=Tasks(lambda problem: None))


async def test_starred_matches_are_there_at_the_next_start_of_the_same_account(tmp_path: Path) -> None:
    first = terminal(tmp_path)
    first.desk.session.toggle_star(LIVE)
    first.desk.session.toggle_star(OTHER)
    first.desk.session.toggle_star(OTHER)
    await first.close()
    for profile, stars in ((PRACTICE_FEED, {LIVE}), (msgspec.structs.replace(PRACTICE_FEED, name="another league", id="another"), set())):
        again = terminal(tmp_path, profile)
        assert again.desk.session.attention.stars == stars
        await again.close()


async def test_alerts_are_there_at_the_next_start_and_none_of_them_is_armed(tmp_path: Path) -> None:
    first = terminal(tmp_path)
    first.desk.session.matches.hear([match()])
    assert first.desk.alerts.add(FeedStatusAlert(LIVE, "Vertex – Nomads", MatchStatus.FINISHED)) == ""
    await first.close()
    again = terminal(tmp_path)
    [alert] = again.desk.alerts.all.values()
    assert (alert.state, alert.words) == (LookoutState.STOPPED, RESTARTED)
    again.desk.session.matches.hear([match(status="FINISHED", at=match().updated_at)])
    await asyncio.sleep(0)
    assert again.desk.alerts.all[alert.id].state is LookoutState.STOPPED
    await again.close()


async def test_a_file_of_alerts_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    first = terminal(tmp_path)
    first._alerts.write_text("{", "utf-8")
    await first.close()
    again = terminal(tmp_path)
    assert any(line.words.startswith("Alerts: feed-alerts-") and "cannot be used" in line.words for line in again.notices.lines)
    assert dict(again.desk.alerts.all) == {}
    await again.close()

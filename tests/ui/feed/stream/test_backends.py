"""Who plays the video, and why that one."""

from __future__ import annotations

import msgspec
import pytest

from app.ui.feed.stream.backends import Able, BackEnd, Choice, Consent, choose
from app.ui.feed.stream.director import BACK_END, CONSENT, Director
from app.ui.feed.stream.probe import ABSENT, DEAD, HAS, LACKS
from tests.ui.feed.stream.kit import OURS, PLAYS, STAGE, FakeProbe

SILENT = Able(is_able=False, why="Qt Multimedia cannot be loaded")


def test_the_official_player_is_preferred_where_codecs_allow_and_needs_no_notice() -> None:
    assert choose(HAS, PLAYS, Consent.UNASKED) == Choice(BackEnd.OFFICIAL, HAS.why)


def test_without_its_codecs_the_in_app_player_asks_once() -> None:
    assert choose(LACKS, PLAYS, Consent.UNASKED) == Choice(BackEnd.IN_APP, PLAYS.why, must_ask=True)
    assert choose(LACKS, PLAYS, Consent.ACCEPTED) == Choice(BackEnd.IN_APP, PLAYS.why)


def test_the_exchanges_own_stream_needs_no_notice() -> None:
    assert choose(LACKS, PLAYS, Consent.UNASKED, is_ours=True) == Choice(BackEnd.IN_APP, PLAYS.why)
    assert choose(LACKS, PLAYS, Consent.DECLINED, is_ours=True).back_end is BackEnd.IN_APP


def test_who_declined_gets_the_browser_and_is_not_asked_again() -> None:
    assert choose(LACKS, PLAYS, Consent.DECLINED) == Choice(BackEnd.BROWSER, "playing it inside was declined")


def test_who_declined_and_asks_for_the_in_app_player_is_asked_once_more() -> None:
    choice = choose(LACKS, PLAYS, Consent.DECLINED, wanted=BackEnd.IN_APP)
    assert (choice.back_end, choice.must_ask) == (BackEnd.IN_APP, True)


def test_what_a_person_wants_wins_where_it_can_play() -> None:
    assert choose(HAS, PLAYS, Consent.ACCEPTED, wanted=BackEnd.IN_APP).back_end is BackEnd.IN_APP
    assert choose(HAS, PLAYS, Consent.ACCEPTED, wanted=BackEnd.BROWSER) == Choice(BackEnd.BROWSER, "as you chose")
    assert choose(DEAD, PLAYS, Consent.ACCEPTED, wanted=BackEnd.OFFICIAL).back_end is BackEnd.IN_APP


def test_the_official_player_is_shown_without_its_codec_only_to_whoever_asks_for_it() -> None:
    assert choose(LACKS, PLAYS, Consent.ACCEPTED).back_end is BackEnd.IN_APP
    choice = choose(LACKS, PLAYS, Consent.ACCEPTED, wanted=BackEnd.OFFICIAL)
    assert choice == Choice(BackEnd.OFFICIAL, "as you chose, without the codec", lacks=LACKS.why)
    assert choose(HAS, PLAYS, Consent.ACCEPTED, wanted=BackEnd.OFFICIAL).lacks == ""


@pytest.mark.parametrize(("codec", "is_able"), [("", False), ("AV1", False), ("VP9", True)])
def test_an_engine_without_h264_can_play_a_page_that_offers_what_it_has(codec: str, is_able: bool) -> None:
    engine = msgspec.structs.replace(LACKS, codecs=("VP9",))
    assert engine.for_page(codec).is_able is is_able
    assert not LACKS.for_page(codec).is_able


def test_where_nothing_can_play_the_browser_is_left_with_the_reason() -> None:
    assert choose(ABSENT, SILENT, Consent.UNASKED) == Choice(BackEnd.BROWSER, SILENT.why)


def test_an_address_that_was_refused_is_never_embedded() -> None:
    for wanted in (None, *BackEnd):
        assert choose(HAS, PLAYS, Consent.ACCEPTED, refused="evil", wanted=wanted).back_end is BackEnd.BROWSER


class Kept(dict[str, str]):
    def recall(self, key: str) -> str:
        return self.get(key, "")


def director(kept: Kept, probe: FakeProbe) -> Director:
    return Director(probe, lambda: PLAYS, kept.recall, kept.__setitem__)


def test_nothing_is_probed_before_the_stream_is_looked_at() -> None:
    probe = FakeProbe()
    told = director(Kept(), probe)
    told.show_stage(STAGE)
    assert (probe.asked, told.choice) == (0, None)
    told.begin()
    assert probe.asked == 1


def test_while_the_probe_is_silent_nothing_is_chosen() -> None:
    probe = FakeProbe(None)
    told = director(Kept(), probe)
    told.show_stage(OURS)
    told.begin()
    assert told.choice is None
    probe.tell(LACKS)
    assert told.choice is not None
    assert told.choice.back_end is BackEnd.IN_APP


def test_who_wants_the_in_app_player_waits_for_no_probe() -> None:
    probe = FakeProbe(None)
    told = director(Kept({BACK_END: "in-app player"}), probe)
    told.show_stage(OURS)
    told.begin()
    assert probe.asked == 0
    assert told.choice is not None


@pytest.mark.parametrize(("is_accepted", "kept", "back_end"), [(True, "accepted", BackEnd.IN_APP), (False, "declined", BackEnd.BROWSER)])
def test_the_answer_to_the_notice_is_remembered(is_accepted: bool, kept: str, back_end: BackEnd) -> None:
    memory = Kept()
    told = director(memory, FakeProbe())
    told.show_stage(STAGE)
    told.begin()
    assert told.choice is not None
    assert told.choice.must_ask
    told.answer_notice(is_accepted=is_accepted)
    assert memory[CONSENT] == kept
    again = director(memory, FakeProbe())
    again.show_stage(STAGE)
    again.begin()
    assert again.choice is not None
    assert (again.choice.back_end, again.choice.must_ask) == (back_end, False)


def test_a_memory_of_another_version_is_no_answer() -> None:
    told = director(Kept({CONSENT: "perhaps", BACK_END: "vlc"}), FakeProbe())
    assert (told.consent, told.wanted) == (Consent.UNASKED, None)

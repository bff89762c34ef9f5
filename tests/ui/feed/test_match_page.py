"""The match page: where a match stands in words, the tiles as painted, and what is painted again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.cs2 import MatchDetail, Question, Round, Team
from app.ui.display import Display
from app.ui.feed import match_words as words
from app.ui.feed.market_face import NO_MARGIN, UNHEARD
from app.ui.feed.match_page import NOTHING_OPEN, MatchPage
from app.ui.feed.tile_places import is_row
from app.ui.feed.tiles import NO_ORDERS
from app.ui.formats import OddsFormat
from app.ui.models.feed_words import LATE
from app.ui.theme import Theme
from tests.ui.feed.match_kit import FOXES, OWLS, START, Feed, Quoted, Time, detail, match, quotes, round_of, snapshot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a pane on a screen that is none
LONG = (Team(71, "O" * 60), Team(72, "F" * 60))


class Bench(msgspec.Struct):
    page: MatchPage
    feed: Feed
    time: Time
    display: Display

    def show(self, width: int = 550, **changes: Any) -> None:
        self.page.resize(width, 400)
        self.page.show_match(match(**changes), None, quotes())

    def colour(self, market: int, tile: int, dx: int = -8, dy: int = 6) -> QColor:
        """Of a point at the upper right of a tile, where no text is."""
        image = self.page.tiles.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        rect = self.page.tiles.places[market].tiles[tile]
        return image.pixelColor(rect.right() + dx, rect.top() + dy)


@pytest.fixture
def bench(theme: Theme, qtbot: QtBot) -> Bench:
    theme.use("dark")
    feed, time, display = Feed(), Time(), Display(OddsFormat.DECIMAL)
    page = MatchPage(feed, display, theme, time.monotonic, time.now)
    qtbot.addWidget(page)
    page.resize(550, 400)
    page.show()
    return Bench(page, feed, time, display)


def moved(team_id: int, way: int, at: float) -> tuple[Quoted, Quoted, Quoted]:
    first, *rest = quotes()
    return (msgspec.structs.replace(first, moves={team_id: way}, moved_at={team_id: at}), rest[0], rest[1])


# Words


def test_without_a_match_the_page_says_where_to_choose_one(bench: Bench) -> None:
    assert bench.page.empty.text() == NOTHING_OPEN
    assert bench.page.empty.isVisible()
    bench.page.show_nothing("The feed knows no match 7.")
    assert bench.page.empty.text() == "The feed knows no match 7."


def test_the_head_says_round_status_swap_map_and_season(bench: Bench) -> None:
    bench.page.show_match(match(), detail(), quotes())
    assert bench.page.line.text == "Owls – Foxes · round 15 of 24 · LIVE · sides swapped at round 13 · de_anubis · Autumn cup"


def test_a_swap_just_made_has_a_colour() -> None:
    inks = [
        next(piece.ink for piece in words.facts(match(round_number=number), detail()) if "swapped" in piece.text) for number in (13, 14, 15)
    ]
    assert inks == ["state.warning", "state.warning", "text.dim"]


@pytest.mark.parametrize(
    ("rounds", "swap"),
    [
        ((), None),
        ((round_of(1), round_of(2)), None),
        ((round_of(1, is_first_half=True), Round(2), round_of(3)), 3),
        ((round_of(1, is_first_half=True), Round(2, 71, 71), round_of(3)), None),
    ],
)
def test_a_swap_is_told_only_where_both_rounds_tell_their_sides(rounds: tuple[Round, ...], swap: int | None) -> None:
    assert words.swapped_at(rounds) == swap


@pytest.mark.parametrize(("number", "text"), [(24, "round 24 of 24"), (25, "round 25"), (-1, "round -1"), (999, "round 999")])
def test_a_round_beyond_the_rules_is_told_without_their_count(number: int, text: str) -> None:
    assert words.round_words(number) == text


@pytest.mark.parametrize(
    ("score", "sentence"),
    [
        ((13, 9), "Settled: Owls won 13 : 9 (final)"),
        ((9, 13), "Settled: Foxes won 13 : 9 (final)"),
        ((12, 12), "Settled: draw 12 : 12"),
    ],
)
def test_a_finished_match_is_settled_in_words_and_its_markets_are_closed(bench: Bench, score: tuple[int, int], sentence: str) -> None:
    bench.show(status="FINISHED", score=score)
    assert bench.page.standing.text() == sentence
    assert [face.words for face in bench.page.faces()] == ["closed"] * 3
    assert bench.page.score.text == f"Owls {score[0]} : {score[1]} Foxes"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("FINISHED", "Finished, and its score is not told: nobody is said to have won."), ("LIVE", "The score is not told.")],
)
def test_a_score_that_is_not_told_is_no_score_and_no_result(bench: Bench, status: str, sentence: str) -> None:
    bench.show(status=status, score=None)
    assert bench.page.standing.text() == sentence
    assert bench.page.score.text.endswith(", score not told")
    assert bench.page.score.accessibleName().endswith(", score not told")
    assert "0" not in bench.page.score.toolTip()


def test_a_page_that_shows_nothing_any_more_keeps_nothing_of_the_match_in_its_tips_and_names(bench: Bench) -> None:
    bench.show(score=(8, 6), flaws=("Its score fell",))
    bench.page.show_nothing("Delayed")
    board = bench.page.score
    assert (board.toolTip(), board.accessibleName(), board.accessibleDescription()) == ("", "Score: not shown", "")
    assert (bench.page.tiles.words(), bench.page.tiles.accessibleDescription()) == ("", "")
    assert (bench.page.flaws.text(), bench.page.standing.text()) == ("", "")
    bench.show(score=(8, 6))
    assert "8 : 6" in board.toolTip()


def test_before_the_match_its_start_counts_down(bench: Bench) -> None:
    bench.show(status="PREGAME", starts_at=START + timedelta(minutes=12))
    assert bench.page.standing.text().endswith(" · in 12:00")
    assert bench.page.score.text == "Owls (T) against Foxes (CT)"
    bench.time.seconds += 61
    bench.page.tick()
    assert bench.page.standing.text().endswith(" · in 10:59")
    bench.time.seconds += 3600
    bench.page.tick()
    assert bench.page.standing.text().endswith(" · due")


def test_a_start_that_is_not_told_is_said_so(bench: Bench) -> None:
    bench.show(status="PREGAME", starts_at=None)
    assert bench.page.standing.text() == "The start is not told."


def test_an_unknown_status_is_shown_as_told_and_nothing_is_priced(bench: Bench) -> None:
    bench.show(status="PAUSED")
    assert bench.page.standing.text() == "Nothing is priced: the feed calls it PAUSED."
    assert words.status_ink(match(status="PAUSED")) == "text.faint"
    assert {face.words for face in bench.page.faces()} == {"not priced"}


def test_flaws_of_the_match_are_a_sentence_with_a_sign(bench: Bench) -> None:
    bench.show(flaws=("The score fell.",))
    assert bench.page.flaws.text() == "⚠ The score fell."
    assert bench.page.flaws.isVisible()
    bench.show()
    assert not bench.page.flaws.isVisible()


def test_a_name_that_turns_the_line_around_is_plain_text(bench: Bench) -> None:
    bench.show(teams=(Team(71, "\u202eslwO<b>\n"), Team(72, "\u200b")))
    assert words.title(match(teams=(Team(71, "\u202eslwO<b>\n"), Team(72, "\u200b")))) == "slwO<b> – Team 72"
    assert "slwO&lt;b&gt;" in bench.page.score.toolTip()


@pytest.mark.parametrize("width", [250, 380, 550, 900])
def test_names_of_sixty_characters_stay_within_the_pane(bench: Bench, width: int) -> None:
    bench.show(width, teams=LONG)
    bench.page.grab()
    assert bench.page.tiles.width() <= width
    assert all(rect.right() < width and rect.width() > 40 for place in bench.page.tiles.places for rect in place.tiles)


def test_the_detail_is_the_truth_unless_the_list_is_newer(bench: Bench) -> None:
    told = MatchDetail(match(score=(9, 6)))
    bench.page.show_match(match(), told, quotes())
    assert bench.page.score.text == "Owls (T) 9 : 6 Foxes (CT)"
    bench.page.show_match(match(updated_at=START + timedelta(seconds=1)), told, quotes())
    assert bench.page.score.text == "Owls (T) 8 : 6 Foxes (CT)"
    bench.page.show_match(match(), MatchDetail(match(id=8, score=(0, 0))), quotes())
    assert bench.page.score.text == "Owls (T) 8 : 6 Foxes (CT)"


# Tiles


def test_narrow_panes_stack_the_questions_and_wide_ones_put_them_side_by_side(bench: Bench) -> None:
    bench.show(550)
    assert len({place.whole.left() for place in bench.page.tiles.places}) == 1
    bench.show(900)
    assert len({place.whole.top() for place in bench.page.tiles.places}) == 1
    assert len({place.tiles[0].top() for place in bench.page.tiles.places}) == 1


def test_the_odds_format_reaches_the_tiles(bench: Bench) -> None:
    bench.show()
    assert "Owls · T 2.05, Draw 15.00, Foxes · CT 1.90" in bench.page.tiles.words()
    bench.display.use(OddsFormat.AMERICAN)
    assert "Owls · T +105, Draw +1400, Foxes · CT −111" in bench.page.tiles.accessibleDescription()


def test_what_did_not_change_is_not_painted_again(bench: Bench) -> None:
    bench.show()
    tiles = bench.page.tiles
    first, second, third = tiles.faces
    assert tiles.show_faces((first, second, third)) == []
    cheaper = msgspec.structs.replace(second.tiles[0], odds=snapshot().sides[0].odds)
    other = msgspec.structs.replace(second, tiles=(cheaper, second.tiles[1]))
    assert tiles.show_faces((first, other, third)) == [tiles.places[1].tiles[0]]


def test_an_age_that_went_on_paints_only_the_heads(bench: Bench) -> None:
    bench.show()
    tiles, faces = bench.page.tiles, bench.page.tiles.faces
    older = [msgspec.structs.replace(face, age="2.3 s") for face in faces]
    assert tiles.show_faces(older) == [place.head for place in tiles.places]


def test_a_flaw_makes_room_for_itself(bench: Bench) -> None:
    bench.show()
    before = bench.page.tiles.height()
    bench.page.show_match(match(), None, (Quoted(snapshot(flaws=("The margin is 1.7.",))), None, None))
    assert bench.page.tiles.height() > before
    assert "Warning: The margin is 1.7." in bench.page.tiles.words()


def test_a_move_glows_fades_over_600_ms_and_asks_for_frames_until_it_is_over(bench: Bench, qtbot: QtBot, theme: Theme) -> None:
    still = theme.colours["price.best"]
    with qtbot.waitSignal(bench.page.frame_wanted):
        bench.page.show_match(match(), None, moved(OWLS.id, +1, 1000.0))
    bright = bench.colour(0, 0)
    assert bright.green() > still.green() + 40
    bench.time.seconds += 0.4
    with qtbot.waitSignal(bench.page.frame_wanted):
        bench.page.on_frame()
    assert still.green() < bench.colour(0, 0).green() < bright.green()
    bench.time.seconds += 0.21
    with qtbot.assertNotEmitted(bench.page.frame_wanted):
        assert bench.page.tiles.on_frame() == [bench.page.tiles.places[0].tiles[0]]
        assert bench.page.tiles.on_frame() == []
    assert bench.colour(0, 0) == still


def test_an_arrow_goes_after_three_seconds(bench: Bench) -> None:
    bench.page.show_match(match(), None, moved(FOXES.id, -1, 1000.0))
    bench.time.seconds += 1
    with_arrow = bench.page.tiles.grab(bench.page.tiles.places[0].tiles[2]).toImage()
    assert bench.page.tiles.tick() == []
    bench.time.seconds += 2.1
    assert bench.page.tiles.tick() == [bench.page.tiles.places[0].tiles[2]]
    assert bench.page.tiles.grab(bench.page.tiles.places[0].tiles[2]).toImage() != with_arrow


def test_a_stale_move_neither_glows_nor_asks_for_frames(bench: Bench, qtbot: QtBot) -> None:
    bench.feed.stale = True
    with qtbot.assertNotEmitted(bench.page.frame_wanted):
        bench.page.show_match(match(), None, moved(OWLS.id, +1, 1000.0))


def test_stale_tiles_are_hatched_and_a_price_gone_is_grey(bench: Bench, theme: Theme) -> None:
    bench.feed.stale = True
    bench.show()
    painted = {bench.colour(0, 0, -8 - step, 6).name() for step in range(12)}
    assert painted == {theme.colours["price.stale"].name(), theme.colours["price.hatch"].name()}
    bench.feed.stale = False
    bench.page.show_match(match(), None, (Quoted(snapshot(is_available=False)), None, None))
    assert bench.colour(0, 0) == theme.colours["state.quiet_back"]


def test_tiles_inform_and_say_that_nothing_can_be_ordered(bench: Bench) -> None:
    bench.show()
    tiles = bench.page.tiles
    tip = tiles.tip_at(tiles.places[0].tiles[0].center())
    assert tip == f"MATCH · Owls · T: 2.05 decimal, +105 American, 48.8 % implied\n{NO_ORDERS}"
    assert tiles.tip_at(tiles.places[1].head.center()).startswith("ROUND 15 · overround")
    assert tiles.tip_at(QPoint(5, 5000)) == ""


def test_tiles_reached_by_the_keyboard_have_a_ring(bench: Bench, theme: Theme) -> None:
    bench.show()
    tiles = bench.page.tiles
    colours = []
    for reason in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason):
        tiles.clearFocus()
        tiles.setFocus(reason)
        colours.append(tiles.grab().toImage().pixelColor(0, 0))
    assert [colour == theme.colours["state.info"] for colour in colours] == [False, True]


def test_ctrl_c_copies_all_odds(bench: Bench) -> None:
    bench.show()
    QTest.keyClick(bench.page.tiles, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("ROUND 15 (overround")


def test_side_by_side_a_flaw_in_one_question_makes_room_in_all(bench: Bench) -> None:
    bench.show(900)
    before = bench.page.tiles.height()
    bench.page.show_match(match(), None, (Quoted(snapshot(flaws=("The margin is 1.7.",))), None, None))
    assert bench.page.tiles.height() > before
    assert len({place.tiles[0].top() for place in bench.page.tiles.places}) == 1
    assert all(place.flaw.bottom() < place.tiles[0].top() for place in bench.page.tiles.places)


@pytest.mark.parametrize(
    ("sentence", "brief"),
    [
        ("Settled: Owls won 13 : 8 (final)", "Settled: Owls won 13 : 8"),
        ("Settled: draw 12 : 12", "Settled: draw 12 : 12"),
        ("Starts 22 Nov 11:23:20 · in 20:55", "Starts in 20:55"),
        ("Starts 22 Nov 11:23:20 · due", "Due to start"),
        ("The start is not told.", "The start is not told."),
        ("", ""),
    ],
)
def test_how_a_match_stands_has_a_brief_form_that_loses_nothing_needed(sentence: str, brief: str) -> None:
    assert words.brief_standing(sentence) == brief


def test_where_height_lacks_the_last_questions_are_hidden_and_named_and_nothing_scrolls(bench: Bench) -> None:
    bench.show(220, teams=(Team(71, "Driftwood"), Team(72, "Cobalt Nine")))
    tiles, seen = bench.page.tiles, []
    for height in (700, 262, 200, 120):
        bench.page.resize(220, height)
        QGuiApplication.processEvents()
        seen.append([place.is_hidden for place in tiles.places])
        assert height < 200 or bench.page._scroll.verticalScrollBar().maximum() == 0, height
    assert seen == [[False] * 3, [False, False, True], [False, True, True], [False, True, True]]
    assert tiles.hidden_words == "No room for ROUND 15 and NEXT ROUND 16"
    assert tiles.tip_at(QPoint(20, tiles.height() - 4)) == f"{tiles.hidden_words}: make this pane higher to see it."
    assert "NEXT ROUND 16" in tiles.words(), "it can still be copied"
    assert not tiles.grab().isNull()
    bench.page.resize(220, 700)
    assert tiles.hidden_words == ""


@pytest.mark.parametrize("width", [200, 380, 760, 1600])
def test_tiles_of_a_question_share_its_width_and_never_overlap(bench: Bench, width: int) -> None:
    bench.show(width)
    for place in bench.page.tiles.places:
        assert place.tiles[-1].right() == place.whole.right()
        assert all(not one.intersects(other) for one in place.tiles for other in place.tiles if one is not other)


def test_where_a_name_does_not_fit_its_tile_the_tiles_stand_in_rows(bench: Bench) -> None:
    teams = (Team(71, "Driftwood"), Team(72, "Cobalt Nine"))
    bench.show(550, teams=teams)
    assert not any(is_row(tile) for place in bench.page.tiles.places for tile in place.tiles)
    bench.show(250, teams=teams)
    for place in bench.page.tiles.places:
        assert all(is_row(tile) and tile.width() == place.whole.width() for tile in place.tiles)
        assert all(above.bottom() < below.top() for above, below in pairwise(place.tiles))


def test_side_by_side_rows_of_all_questions_have_one_height(bench: Bench) -> None:
    bench.show(800, teams=(Team(71, "Driftwood"), Team(72, "Cobalt Nine")))
    assert len({place.whole.bottom() for place in bench.page.tiles.places}) == 1
    assert is_row(bench.page.tiles.places[1].tiles[0])


def test_prices_of_one_page_have_one_number_of_decimals_and_the_tip_tells_them_exactly(bench: Bench) -> None:
    told = (Quoted(snapshot()), Quoted(snapshot(Question.ROUND, "1.05", "11.8", number=15)), None)
    bench.page.show_match(match(), None, told)
    assert "Foxes · CT 1.05" in bench.page.tiles.words()
    bench.page.show_match(match(), None, (told[0], Quoted(snapshot(Question.ROUND, "1.055", "11.8", number=15)), None))
    assert "Owls · T 11.800, Foxes · CT 1.055" in bench.page.tiles.words()
    assert "Owls · T 2.050" in bench.page.tiles.words()
    assert ": 11.80 decimal" in bench.page.tiles.tip_at(bench.page.tiles.places[1].tiles[0].center())


def test_the_tip_says_that_no_margin_was_told(bench: Bench) -> None:
    bench.page.show_match(match(), None, (Quoted(snapshot(margin=None)), None, None))
    assert NO_MARGIN in bench.page.tiles.tip_at(bench.page.tiles.places[0].head.center())
    assert "margin" not in bench.page.tiles.words()


@pytest.mark.parametrize(("width", "is_stacked"), [(550, False), (250, False), (200, True)])
def test_names_stand_beside_the_score_while_they_fit_and_under_each_other_where_not(bench: Bench, width: int, is_stacked: bool) -> None:
    bench.show(width, teams=(Team(71, "Foxglove"), Team(72, "Kestrel")))
    assert bench.page.score.is_stacked is is_stacked
    bench.page.grab()


def test_in_a_narrow_pane_the_facts_are_brief_and_the_line_is_one(bench: Bench) -> None:
    bench.page.resize(250, 400)
    bench.page.show_match(match(), detail(), quotes())
    assert [text for text, _ink in bench.page.line.shown][:3] == ["R15 of 24", "LIVE", "swapped R13"]
    assert bench.page.line.height() == 26
    bench.page.resize(900, 400)
    assert [text for text, _ink in bench.page.line.shown][:3] == ["round 15 of 24", "LIVE", "sides swapped at round 13"]


@pytest.mark.parametrize(("height", "row"), [(274, 16), (334, 17), (420, 22)])
def test_where_height_lacks_the_questions_are_set_closer_and_no_row_is_cut(bench: Bench, height: int, row: int) -> None:
    bench.page.resize(212, height)
    teams = (Team(71, "Foxglove"), Team(72, "Kestrel"))
    bench.page.show_match(match(teams=teams), None, quotes())
    QGuiApplication.processEvents()
    assert is_row(bench.page.tiles.places[0].tiles[0])
    assert bench.page.tiles.places[0].tiles[0].height() == row
    assert bench.page._scroll.verticalScrollBar().maximum() == 0
    bench.page.resize(212, 420)
    QGuiApplication.processEvents()
    assert bench.page.tiles.places[0].tiles[0].height() == 22
    bench.page.grab()


def test_in_a_narrow_pane_a_fact_that_does_not_fit_is_left_out_and_not_cut(bench: Bench) -> None:
    bench.page.resize(200, 400)
    bench.page.show_match(match(), detail(), quotes())
    shown = [text for text, _ink in bench.page.line.shown]
    assert shown == ["R15 of 24", "LIVE", "swapped R13"]
    assert "de_anubis" in bench.page.line.toolTip()


def test_while_the_feed_is_not_heard_the_score_is_hatched_and_what_has_no_price_is_not_known(bench: Bench, theme: Theme) -> None:
    bench.page.show_match(match(), None, (quotes()[0], None, None))
    assert hatched(bench, theme) == 0
    bench.feed.is_late = True
    bench.page.tick()
    assert hatched(bench, theme) > 20
    assert bench.page.score.accessibleDescription() == LATE
    assert bench.page.faces()[1].words == UNHEARD
    bench.page.show_match(match(status="FINISHED"))
    assert hatched(bench, theme) == 0


def hatched(bench: Bench, theme: Theme) -> int:
    """Points of the score in the colour of the hatch."""
    picture = bench.page.score.grab().toImage()
    spots = [picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(6, 12)]
    return spots.count(theme.colours["price.hatch"].name())


# The past


def test_the_past_says_how_late_it_is_and_counts_ages_from_then(bench: Bench) -> None:
    told = tuple(msgspec.structs.replace(quote, heard_at=989.5) for quote in quotes())
    bench.page.show_match(match(), None, told, cut_off=991.0)
    assert "shown 9.0 s late" in bench.page.line.text
    assert bench.page.faces()[0].words.endswith(" · 1.5 s")


def test_a_move_of_the_past_glows_when_it_is_shown(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.page.frame_wanted):
        bench.page.show_match(match(), None, moved(OWLS.id, +1, 990.9), cut_off=991.0)


def test_ages_are_those_of_the_feed(bench: Bench) -> None:
    ask: Callable[[], str] = lambda: bench.page.faces()[0].words  # noqa: E731
    bench.show()
    bench.feed.aged = 42.0
    bench.page.tick()
    assert ask().endswith(" · 42 s")


def test_every_question_has_a_face_when_nothing_was_told(bench: Bench) -> None:
    bench.page.show_match(match())
    assert [face.title for face in bench.page.faces()] == ["MATCH", "ROUND 15", "NEXT ROUND 16"]
    assert len(bench.page.faces()) == len(Question)

"""What the program tells in words: once, in order, and not without end."""

from __future__ import annotations

from app.services.notices import KEPT, Notices, Tone
from tests.services.fakes import Clock


def test_a_line_is_kept_with_its_time_and_tone_and_announced() -> None:
    clock = Clock()
    notices = Notices(clock.now)
    calls: list[int] = []
    notices.changed.connect(lambda: calls.append(1))
    notices.say("The stream is connected", Tone.GOOD)
    (line,) = notices.lines
    assert (line.words, line.tone, line.at) == ("The stream is connected", Tone.GOOD, clock.now())
    assert calls == [1]


def test_a_repetition_within_a_minute_is_counted_not_listed() -> None:
    clock = Clock()
    notices = Notices(clock.now)
    for _ in range(3):
        notices.say("offline")
        clock.move(19)
    assert (len(notices.lines), notices.said) == (1, 3)
    clock.move(3)
    notices.say("offline")
    assert len(notices.lines) == 2


def test_another_line_between_makes_it_news_again() -> None:
    notices = Notices(Clock().now)
    for words in ("offline", "online", "offline"):
        notices.say(words)
    assert [line.words for line in notices.lines] == ["offline", "online", "offline"]


def test_the_oldest_lines_go() -> None:
    notices = Notices(Clock().now)
    for number in range(KEPT + 10):
        notices.say(str(number))
    assert len(notices.lines) == KEPT
    assert notices.lines[0].words == "10"


def test_what_must_not_be_shown_is_taken_out_of_the_words() -> None:
    notices = Notices(Clock().now, lambda words: words.replace("hush", "…"))
    notices.say("it said hush")
    assert notices.lines[0].words == "it said …"

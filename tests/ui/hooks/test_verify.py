"""The verifier's pane and the test sender: bytes stay the bytes they are, and which secret is meant is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.domain.secret import Secret
from app.domain.signature import signed
from app.domain.webhook import Letter, Verdict
from app.services.hooks.ports import Answer
from app.services.hooks.trials import Flaw
from app.ui.hooks.body_field import LARGEST, BodyKind
from app.ui.hooks.verify import BEGIN, LARGE, NO_SECRET
from tests.services.feed.kit import match
from tests.services.hooks.kit import delivery, secret_of
from tests.ui.hooks.kit import LOCAL, Page, answers, four

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BODY = b'{"event":"ODDS_UPDATED","match_id":42}'


def test_an_empty_page_says_what_to_give_and_a_missing_secret_is_asked_for(page: Page) -> None:
    page.begin()
    assert page.window.verify.words.text() == BEGIN
    page.window.verify.header.setText("sha256=")
    assert page.window.verify.words.text() == NO_SECRET


def test_the_first_stored_secret_is_chosen_and_a_good_signature_is_valid(page: Page) -> None:
    page.begin(*four())
    verify = page.window.verify
    assert verify.secrets.number == 17
    assert not verify.typed.isVisible()
    verify.body.show_bytes(BODY)
    verify.header.setText(signed(BODY, secret_of(17)))
    assert verify.words.text().startswith("Valid")
    verify.header.setText(signed(BODY, secret_of(17)).upper().replace("SHA256", "sha256"))
    assert "upper case" in verify.words.text()
    assert "×" in verify.checks.text()


def test_a_delivery_is_taken_over_with_its_bytes_its_header_and_its_secret(page: Page) -> None:
    page.begin(*four(), is_on=True)
    body = BODY + b"\r\n\xff"
    page.come(delivery(page.hooks.clock.now(), Verdict.BAD, event="MATCH_STARTED", subscription_id=None))
    page.hooks.shelf.letters[1] = Letter((("X-Rankacy-Signature", signed(body, secret_of(18))),), body, len(body))
    page.window.deliveries.table.selectRow(0)
    page.window.deliveries.chosen.verify.click()
    page.frame()
    verify = page.window.verify
    assert page.window.right.currentWidget() is verify
    assert verify.secrets.number == 18  # the one of its event: whose it is was not known
    assert verify.body.body == body
    assert verify.words.text().startswith("Valid")


def test_bytes_that_a_field_cannot_hold_are_kept_beside_it_and_cannot_be_edited_as_text(page: Page) -> None:
    page.begin()
    field = page.window.verify.body
    for body in (b"a\r\nb", b"\xff\xfe", "a\u202eb".encode(), b"a\x00b"):
        field.show_bytes(body)
        assert field.body == body
        assert field.text.isReadOnly()
        assert "\u202e" not in field.text.toPlainText()
        field.chips[BodyKind.HEX].click()
        assert field.body == body
        assert not field.text.isReadOnly()
        field.chips[BodyKind.TEXT].click()
        assert field.body == body
    field.clear()
    assert field.body == b""
    assert not field.text.isReadOnly()


def test_a_space_that_does_not_break_stays_what_was_typed(page: Page) -> None:
    page.begin()
    page.window.verify.body.text.insertPlainText("1\u00a0000")
    assert page.window.verify.body.body == "1\u00a0000".encode()


def test_what_is_no_hex_says_which_sign_is_wrong(page: Page) -> None:
    page.begin()
    field = page.window.verify.body
    field.chips[BodyKind.HEX].click()
    field.text.insertPlainText("7b x")
    assert page.window.verify.words.text() == "This is no hex: it holds 'x'."
    field.text.setPlainText("7b 2")
    assert "one figure only" in page.window.verify.words.text()


def test_a_file_is_taken_by_its_bytes_and_one_that_is_too_large_or_gone_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    page.begin(*four())
    field = page.window.verify.body
    (tmp_path / "body").write_bytes(BODY + b"\n")
    field.read_file(str(tmp_path / "body"))
    assert field.body == BODY + b"\n"
    field.read_file(str(tmp_path / "none"))
    assert "cannot be read" in page.window.verify.words.text()
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGEST + 1)
    field.read_file(str(tmp_path / "large"))
    assert "larger than 10 MB" in page.window.verify.words.text()


def test_a_large_body_is_judged_beside_the_loop_and_only_the_newest_judgement_is_shown(page: Page, qtbot: QtBot) -> None:
    page.begin(*four())
    verify = page.window.verify
    body = b"x" * (LARGE + 1)
    verify.header.setText(signed(body, secret_of(17)))
    verify.body.show_bytes(body + b"y")
    verify.body.show_bytes(body)
    assert verify.words.text() in {
        "65,537 bytes are being looked into…",
        "Valid: signed with the secret of subscription 17 (ODDS_UPDATED).",
    }

    def is_valid() -> bool:
        page.frame()
        return verify.words.text().startswith("Valid")

    qtbot.waitUntil(is_valid)
    verify.body.show_bytes(b"small")
    page.frame()
    assert not verify.words.text().startswith("Valid")


def test_the_code_that_is_shown_is_copied_whole(page: Page) -> None:
    page.begin()
    samples = page.window.verify.samples
    for place, language in enumerate(("Python", "Node", "Go", "PHP", "C#")):
        samples.tabs.setCurrentIndex(place)
        samples.copy.click()
        shown = samples.tabs.currentWidget()
        assert isinstance(shown, QPlainTextEdit)
        assert page.copies.text == shown.toPlainText() != ""
        assert page.window.foot.text() == f"The code for {language} was copied"


# The test sender


def test_the_secret_of_a_subscription_of_the_event_is_offered_and_another_is_warned_of(page: Page) -> None:
    page.begin(*four())
    trial = page.window.trial
    trial.events.setCurrentText("MATCH_FINISHED")
    assert trial.secrets.number == 19
    trial.secrets.choose(17)
    assert "MATCH_FINISHED" in trial.other.text()


@pytest.mark.parametrize("flaw", list(Flaw))
def test_every_flaw_is_sent_as_it_is_called(page: Page, flaw: Flaw) -> None:
    page.begin(*four())
    trial = page.window.trial
    trial.flaw.setCurrentText(str(flaw))
    trial.send.click()
    page.frame()
    expected = page.desk.trials.made("ODDS_UPDATED", 1, flaw, secret_of(17))
    assert [(headers, body) for _, headers, body in page.hooks.poster.sent] == [
        (expected.headers, expected.body) for _ in range(2 if flaw is Flaw.TWICE else 1)
    ]
    assert trial.said.text().startswith("204 in 1.5 ms")


def test_another_address_is_sent_to_and_one_that_is_not_here_is_refused_in_words(page: Page) -> None:
    page.begin(*four())
    trial = page.window.trial
    answers(page, status=401, words="no signature")
    trial.url.setText("http://127.0.0.1:9000/mine")
    trial.send.click()
    page.frame()
    assert page.hooks.poster.sent[-1][0] == "http://127.0.0.1:9000/mine"
    assert trial.said.text().startswith("401 in 1.5 ms: no signature")
    trial.url.setText("http://example.com")
    trial.send.click()
    page.frame()
    assert trial.said.text().startswith("Nothing was sent")
    assert "401" in trial.before.text()


def test_without_any_secret_nothing_is_sent(page: Page) -> None:
    page.begin()
    page.window.trial.send.click()
    page.frame()
    assert page.hooks.poster.sent == []
    assert "No secret is stored" in page.window.trial.said.text()
    page.hooks.poster.answer = Answer(204, 1.0)
    page.window.trial.typed.setText("typed")
    page.window.trial.send.click()
    page.frame()
    assert len(page.hooks.poster.sent) == 1


@pytest.mark.parametrize("pane", ["verify", "trial"])
def test_a_secret_that_was_pasted_leaves_the_clipboard_after_a_while_and_a_typed_one_asks_nothing(page: Page, pane: str) -> None:
    page.begin()
    field: QLineEdit = getattr(page.window, pane).typed
    QTest.keyClicks(field, "typed")
    field.backspace()
    assert page.copies.expiring == []
    field.insert("and pasted")
    assert page.copies.expiring == [Secret("typeand pasted")]
    for another in ("the same long!", "one sign longer"):
        field.selectAll()
        field.insert(another)
    assert page.copies.expiring[1:] == [Secret("the same long!"), Secret("one sign longer")]
    field.clear()
    assert len(page.copies.expiring) == 3


def test_another_event_offers_its_own_secret_also_after_one_was_chosen_by_hand(page: Page) -> None:
    page.begin(*four())
    trial = page.window.trial
    trial.secrets.choose(20)
    trial.secrets.box.activated.emit(trial.secrets.box.currentIndex())
    trial.events.setCurrentText("MATCH_STARTED")
    assert trial.secrets.number == 18
    page.frame()
    assert trial.secrets.number == 18


def test_a_typed_secret_is_sent_to_a_path_that_is_received_and_where_there_is_none_it_says_so(page: Page) -> None:
    page.begin(*four(), is_on=True)
    trial = page.window.trial
    trial.secrets.choose(None)
    assert trial.url.placeholderText() == LOCAL
    assert trial.other.text() == ""
    page.window.head.switch.click()
    page.frame()
    assert "404" in trial.other.text()


def test_no_more_than_five_answers_stay(page: Page) -> None:
    page.begin(*four())
    trial = page.window.trial
    for number in range(8):
        answers(page, status=200 + number)
        trial.send.click()
        page.frame()
    assert trial.said.text().startswith("207")
    assert [line[:3] for line in trial.before.text().splitlines()] == ["206", "205", "204", "203"]


def test_the_match_that_is_proposed_is_live_until_a_person_types_another(page: Page) -> None:
    page.begin(*four())
    trial = page.window.trial
    page.hooks.feed.session.matches.hear([match(162)])
    page.frame()
    assert trial.match.value() == 162
    trial.match.setValue(7)
    page.frame()
    assert trial.match.value() == 7

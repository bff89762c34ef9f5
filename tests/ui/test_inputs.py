"""What people type, paste and press: where each row is tested; here what is typed as a stake, and second thoughts about large ones.

| row  | what                                        | where it is tested                                                              |
|------|---------------------------------------------|---------------------------------------------------------------------------------|
| I-51 | texts as a stake                            | here                                                                            |
| I-52 | ten times the last stake, caps, balance     | here                                                                            |
| I-54 | the selection changes under an open ticket  | test_confirm.py, from `test_the_ticket_locks_when_its_ids_mean_something_else`  |
| I-55 | keys held, double clicks, touch, Space      | test_inputs_press.py                                                            |
| I-56 | hot keys with the focus elsewhere           | test_inputs_keys.py, the kill switch in test_inputs_kill.py                     |
| I-58 | pastes into every field                     | test_inputs_fields.py                                                           |
| I-59 | searches                                    | test_inputs_fields.py                                                           |
| I-60 | external user                               | no view yet, it comes with the partners' venue (issue 6); its cap is a rule     |
|      |                                             | already: test_rules.py, `test_an_external_user_has_a_cap_of_their_own`          |
| I-61 | prefix of our reference                     | there is no such setting: the program alone makes references, each once:        |
|      |                                             | store/journal/test_file.py, `test_a_reference_is_never_used_twice`              |
| I-62 | limits                                      | test_inputs_fields.py                                                           |
| I-63 | hosts                                       | wizard/test_inputs.py, `test_i63_…`; which may be spoken to: venues/test_hosts.py |
| I-64 | API keys                                    | wizard/test_inputs.py, `test_i64_…`; keys of another environment are never      |
|      |                                             | sent: venues/test_venue.py, `test_keys_of_another_environment_are_never_sent`   |
| I-65 | passphrases                                 | store/vault/test_passphrases.py, `test_i65_…`; weak, odd and unequal ones in    |
|      |                                             | the wizard: services/setup/test_draft.py and ui/wizard/test_window.py           |
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.ui.views.tick_box import SIDE
from app.ui.views.ticket import Stage, Ticket
from tests.ui.acts import enter, place, write
from tests.ui.kit import Desk
from tests.ui.test_limits import type_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

GRAMMAR = "A quantity is digits and one point: 10 or 10.50"
NOTHING = "A quantity must be more than nothing"
TOO_LONG = "This is too long: the field may have cut it. Type it again"
LEFT = Qt.MouseButton.LeftButton


def send_by_every_way(desk: Desk, ticket: Ticket) -> None:
    """Enter, a later Enter, and a click on Place."""
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    desk.time.seconds += 1
    QTest.keyClick(ticket.stake, Qt.Key.Key_Return)
    QTest.mouseClick(ticket.place, LEFT)


# I-51: texts as a stake


@pytest.mark.parametrize(
    ("text", "stake"),
    [("10", "10.00"), ("10.", "10.00"), ("10.5", "10.50"), (".5", "0.50"), (".05", "0.05"), (" 10 ", "10.00"), ("0010", "10.00")],
)
def test_i51_a_stake_in_the_grammar_is_shown_in_full_and_sent_to_the_cent(desk: Desk, text: str, stake: str) -> None:
    ticket = write(desk, "")
    enter(ticket.stake, text)
    assert ticket.stake.text() == text
    assert ticket.risk.text() == f"Risk {stake}"
    assert ticket.place.text() == f"Place {stake} at +150\non PRACTICE"
    QTest.mouseClick(ticket.place, LEFT)
    assert [str(draft.stake) for _, draft in desk.venue.placed] == [stake]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type a quantity"),
        (" ", "Type a quantity"),
        ("10,50", GRAMMAR),
        ("1.000,50", GRAMMAR),
        ("1,000", GRAMMAR),
        ("1 000", GRAMMAR),
        ("1\u00a0000", GRAMMAR),
        ("1'000", GRAMMAR),
        ("1_000", GRAMMAR),
        ("1e3", GRAMMAR),
        ("0x10", GRAMMAR),
        ("-5", GRAMMAR),
        ("\u22125", GRAMMAR),
        ("+5", GRAMMAR),
        ("0", NOTHING),
        ("0.00", NOTHING),
        ("0.001", GRAMMAR),
        ("10.005", GRAMMAR),
        (".", GRAMMAR),
        ("1.0.0", GRAMMAR),
        ("١٢", GRAMMAR),
        ("１２", GRAMMAR),
        ("१२", GRAMMAR),
        ("10€", GRAMMAR),
        ("$10", GRAMMAR),
        ("NaN", GRAMMAR),
        ("inf", GRAMMAR),
        ("9" * 400, TOO_LONG),
        (" " * 30 + "1000", TOO_LONG),  # the field cuts it to thirty blanks and a 10
        ("10\n", GRAMMAR),
        ("10\r\n", GRAMMAR),
        ("\n10", GRAMMAR),
        ("1\n0", GRAMMAR),
        ("10\t", GRAMMAR),
        ("10\u2028", GRAMMAR),
        ("1\u200b0", GRAMMAR),
        ("10\0", GRAMMAR),
        ("100000001", "The venue takes at most 100,000,000.00"),
    ],
)
def test_i51_any_other_text_is_refused_with_a_sentence_and_cannot_be_sent(desk: Desk, text: str, words: str) -> None:
    ticket = write(desk, "10")
    enter(ticket.stake, text)
    assert ticket.objection.isVisible()
    assert ticket.objection.text() == words
    assert (ticket.place.isEnabled(), ticket.place.text(), ticket.risk.text()) == (False, "Place order", "")
    send_by_every_way(desk, ticket)
    assert ticket.stage is Stage.DRAFT
    assert desk.venue.placed == []


@pytest.mark.parametrize("text", ["", "1٥0", "１５０", "150.5", "1,50", "1e3", "99", "-99", "+-150", " " * 29 + "+1500", "9" * 400])
def test_i51_odds_have_a_grammar_too(desk: Desk, text: str) -> None:
    ticket = write(desk, "10")
    enter(ticket.odds, text)
    assert ticket.objection.isVisible()
    assert not ticket.place.isEnabled()
    send_by_every_way(desk, ticket)
    assert desk.venue.placed == []


# I-52: ten times the last stake, above the cap, above the balance


def test_i52_ten_times_the_last_stake_needs_a_second_confirmation(desk: Desk) -> None:
    place(desk, "100")
    ticket = write(desk, "")
    enter(ticket.stake, "1000")
    assert ticket.objection.text() == "1,000.00 is 10 times the last quantity of 100.00"
    send_by_every_way(desk, ticket)
    assert len(desk.venue.placed) == 1
    QTest.mouseClick(ticket.insist, LEFT, pos=QPoint(SIDE // 2, ticket.insist.height() // 2))
    QTest.mouseClick(ticket.place, LEFT)
    assert [draft.stake for _, draft in desk.venue.placed] == [Decimal(100), Decimal(1000)]


@pytest.mark.parametrize(
    ("typed", "raised", "words"),
    [
        ("1000.01", (), "A quantity of 1,000.01 is above the limit of 1,000.00 an order"),
        ("2500.01", ("stake",), "2,500.01 would be at risk on this participant, above the limit of 2,500.00"),
        ("5000.01", ("stake", "selection"), "The worst result of this event would lose 5,000.01, above the limit of 5,000.00"),
        ("9900.01", ("stake", "selection", "event", "to_win"), "9,900.01 is more than the 9,900.00 that is free"),
        ("10000.01", ("stake", "selection", "event", "day"), "It would win 15,000.02, above the limit of 10,000.00 an order"),
    ],
)
def test_i52_a_stake_above_a_cap_or_the_balance_is_denied_without_a_tick(desk: Desk, typed: str, raised: Sequence[str], words: str) -> None:
    for field in raised:
        type_in(desk, field, "100000")
    ticket = write(desk, "")
    enter(ticket.stake, typed)
    assert ticket.objection.text() == words
    assert not ticket.insist.isVisible()
    send_by_every_way(desk, ticket)
    assert desk.venue.placed == []

"""The guards on the screen: how each stands, what a person may do, and the form that makes one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from app.domain.events import BookChanged, HealthBeat, OrderReported, StreamDown, StreamUp
from app.domain.guard import CancelBeforeStart, CancelMoved, Guard, KeepAtBest, LiquidityAlert, Place, PriceAlert
from app.domain.labels import Labels
from app.domain.lookout import BY_HAND, LookoutState
from app.domain.market import MarketKey
from app.domain.odds import from_american
from app.domain.offer import EVERYTHING
from app.domain.order import Order, OrderDraft, OrderReport
from app.domain.user import User
from app.ui.desk_view import DeskView
from app.ui.dialogs.new_guard import Kind
from app.ui.models.lookouts import Filter
from app.ui.views.guards import NONE_YET, GuardsView
from tests.ui.acts import place
from tests.ui.kit import AWAY, HOME, MONEYLINE, Desk, book

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # boxes on a screen that is none

LAKERS = "Los Angeles Lakers"
PLACE = Place(MONEYLINE, HOME, "Lakers at Warriors", "Moneyline", LAKERS)


@pytest.fixture
def view(desk: Desk, qtbot: QtBot) -> GuardsView:
    view = GuardsView(desk.desk, desk.display, desk.theme)
    qtbot.addWidget(view)
    view.resize(1280, 300)
    desk.session.emit([StreamUp(is_relief=True)])
    desk.session.is_streaming = True
    desk.desk.guards.book.changed.connect(view.refresh)
    view.show()
    return view


def wish(american: int = 150) -> OrderDraft:
    key, names = MONEYLINE, ("Lakers at Warriors", "Moneyline", LAKERS)
    return OrderDraft(key, HOME, from_american(american), Decimal(10), *names)


def quote(desk: Desk, best: int, key: MarketKey = MONEYLINE) -> None:
    desk.session.emit([HealthBeat(), BookChanged(book(key, best))])
    desk.tasks.settle()


def arm(view: GuardsView, kind: Kind, **typed: str) -> str:
    """Fill in the open form and press Arm; what it says where it stays."""
    box = view.box
    box.kind.setCurrentText(kind)
    for name, text in typed.items():
        field = getattr(box, name)
        field.selectAll()
        QTest.keyClicks(field, text)
    box.form.arm.click()
    return box.form.objection.text() if box.isVisible() else ""


def shown(view: GuardsView, column: int) -> list[str]:
    return [str(view.list.model.index(row, column).data()) for row in range(view.list.model.rowCount())]


def test_without_guards_the_pane_says_how_to_make_one(view: GuardsView) -> None:
    assert view.list.words.isVisible()
    assert view.list.words.text() == NONE_YET
    assert not view.table.isVisible()
    assert "only while this window" not in view.list.words.text()
    assert view.honesty.text().startswith("Guards run on this computer only, while this window is open and the stream is fresh.")


def test_the_form_begins_with_the_selection_and_its_price(view: GuardsView) -> None:
    view.new_for_selection(wish())
    box = view.box
    assert (box.kind.currentText(), box.market.currentText(), box.selection.currentText()) == ("Price alert", "Moneyline", LAKERS)
    assert box.odds.text() == "+150"
    assert "It is there already, so this would fire at once." in box.form.sentence.text()
    assert box.form.arm.isEnabled()


def test_an_armed_guard_stands_in_the_table_with_its_live_figure(desk: Desk, view: GuardsView) -> None:
    view.new_for_selection(wish())
    assert arm(view, Kind.PRICE, odds="+155") == ""
    assert not view.box.isVisible()
    [guard] = desk.desk.guards.all.values()
    assert isinstance(guard.plan, PriceAlert)
    assert (guard.plan.odds, guard.plan.is_longer) == (from_american(155), True)
    assert shown(view, 0) == ["Armed"]
    assert shown(view, 2) == [f"Lakers at Warriors · Moneyline · {LAKERS}"]
    assert shown(view, 3) == ["best odds +155 or longer"]
    quote(desk, 152)
    assert shown(view, 4) == ["+152"]
    quote(desk, 156)
    assert shown(view, 0) == ["Fired"]
    assert "+156, 55.00 to take" in shown(view, 5)[0]


def test_figures_that_are_none_are_refused_in_the_form(view: GuardsView) -> None:
    view.new_for_selection(wish())
    view.box.odds.selectAll()
    QTest.keyClicks(view.box.odds, "99")
    assert view.box.form.objection.text() == "✗ Odds are American: +150, -110 or ev"
    assert not view.box.form.arm.isEnabled()
    view.box.kind.setCurrentText(Kind.LIQUIDITY)
    assert view.box.form.objection.text() == "✗ Type the money to take, like 500"
    view.box.kind.setCurrentText(Kind.MOVED)
    view.box.steps.selectAll()
    QTest.keyClicks(view.box.steps, "x")
    assert view.box.form.objection.text() == "✗ Type the steps as a whole number, like 5"


def test_each_kind_asks_for_what_it_needs_alone(desk: Desk, view: GuardsView) -> None:
    view.new_for_selection(wish())
    box = view.box
    fields = {"market": box.market, "order": box.order, "stake": box.stake, "odds": box.odds, "way": box.way, "steps": box.steps}
    wanted = {
        Kind.PRICE: {"market", "odds", "way"},
        Kind.LIQUIDITY: {"market", "odds", "stake"},
        Kind.MOVED: {"market", "order", "steps"},
        Kind.START: set(),
        Kind.KEEP: {"market", "order", "odds"},
    }
    for kind, names in wanted.items():
        box.kind.setCurrentText(kind)
        assert {name for name, field in fields.items() if field.isVisible()} == names
        assert box.minutes.isVisible() is (kind is Kind.START)
        assert not box.user.isVisible()  # nobody trades for others here


def test_a_liquidity_alert_is_made_of_odds_and_money(desk: Desk, view: GuardsView) -> None:
    view.new_for_selection(wish())
    assert arm(view, Kind.LIQUIDITY, odds="+140", stake="1000") == ""
    [guard] = desk.desk.guards.all.values()
    assert isinstance(guard.plan, LiquidityAlert)
    assert shown(view, 3) == ["1,000.00 to take at +140 or longer"]
    assert shown(view, 4) == ["561.72"]


def test_an_order_that_waits_may_be_kept_at_best_or_cancelled_when_it_moves(desk: Desk, view: GuardsView) -> None:
    ref = place(desk, "10")
    order = desk.desk.blotter.orders[ref]
    view.new_for_order(order)
    assert view.box.kind.currentText() == Kind.KEEP
    assert view.box.order.currentData() == ref
    assert arm(view, Kind.KEEP, odds="+145") == ""
    view.new_for_order(order)
    assert arm(view, Kind.MOVED, steps="4") == ""
    keep, moved = (guard.plan for guard in desk.desk.guards.all.values())
    assert isinstance(keep, KeepAtBest)
    assert (keep.ref, keep.limit, keep.home) == (ref, from_american(145), from_american(150))
    assert isinstance(moved, CancelMoved)
    assert (moved.ref, moved.steps) == (ref, 4)


def test_without_an_order_nothing_can_be_kept(view: GuardsView) -> None:
    view.new_for_selection(wish())
    view.box.kind.setCurrentText(Kind.KEEP)
    assert view.box.form.objection.text() == "✗ No order of yours waits on this selection"
    assert not view.box.form.arm.isEnabled()


def test_an_event_is_guarded_before_its_start(desk: Desk, view: GuardsView) -> None:
    view.new_for_event(1002)
    assert view.box.kind.currentText() == Kind.START
    assert arm(view, Kind.START, minutes="10") == ""
    [guard] = desk.desk.guards.all.values()
    assert isinstance(guard.plan, CancelBeforeStart)
    assert (guard.plan.event_id, guard.plan.minutes) == (1002, 10)
    assert shown(view, 4) == ["in 30:00"]
    view.new_for_event(1002)
    assert "this would cancel at once" in arm(view, Kind.START, minutes="45")


def test_a_lost_stream_shows_all_as_stopped_and_one_button_arms_them(desk: Desk, view: GuardsView) -> None:
    for price in ("+160", "+170"):
        view.new_for_selection(wish())
        arm(view, Kind.PRICE, odds=price)
    desk.session.emit([StreamDown("the line broke")])
    assert shown(view, 0) == ["Stopped", "Stopped"]
    assert view.list.chips[Filter.STOPPED].text() == "Stopped 2"
    assert view.arm_all.geometry().right() < view.list.new.geometry().left()
    assert view.arm_all.isVisible()
    view.arm_all.click()
    assert view.list.said.text().startswith(
        f"Armed 0 of 2 stopped guards. Not armed: Price alert: Lakers at Warriors · Moneyline · {LAKERS} and 1 more: The stream"
    )
    desk.session.is_streaming = True
    view.arm_all.click()
    assert view.list.said.text() == "Armed 2 of 2 stopped guards"
    assert len(desk.desk.guards.active_ids) == 2


def test_chosen_ones_are_stopped_armed_and_removed(desk: Desk, view: GuardsView) -> None:
    view.new_for_selection(wish())
    arm(view, Kind.PRICE, odds="+160")
    assert not view.list.stop.isEnabled()
    view.table.selectRow(0)
    assert (view.list.arm.isEnabled(), view.list.stop.isEnabled(), view.list.remove.isEnabled()) == (False, True, True)
    view.list.stop.click()
    assert shown(view, 0) == ["Stopped"]
    assert (view.list.arm.isEnabled(), view.list.stop.isEnabled()) == (True, False)
    view.list.arm.click()
    assert shown(view, 0) == ["Armed"]
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    assert not desk.desk.guards.all
    assert view.list.words.isVisible()


def test_enter_opens_the_event_of_a_guard_and_tab_leaves_the_table(view: GuardsView) -> None:
    opened: list[object] = []
    view.event_wanted.connect(opened.append)
    view.new_for_selection(wish())
    arm(view, Kind.PRICE, odds="+160")
    view.table.selectRow(0)
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert opened == [1001]
    assert not view.table.tabKeyNavigation()


def test_the_chips_show_those_that_stand_so(desk: Desk, view: GuardsView) -> None:
    for price in ("+150", "+160"):
        view.new_for_selection(wish())
        arm(view, Kind.PRICE, odds=price)
    view.list.chips[Filter.FIRED].click()
    assert shown(view, 0) == ["Fired"]
    view.list.chips[Filter.EXPIRED].click()
    assert shown(view, 0) == []
    assert view.list.words.text() == "No guard stands so."


def test_the_button_takes_the_open_event_where_nothing_is_chosen(desk: Desk, view: GuardsView) -> None:
    view.list.new.click()
    assert view.box.isVisible()
    assert view.box.contest.text() == "Lakers at Warriors"
    assert view.box.market.count() > 1


def test_the_model_keeps_its_promises(desk: Desk, view: GuardsView) -> None:
    QAbstractItemModelTester(view.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for price in ("+150", "+160", "+170"):
        view.new_for_selection(wish())
        arm(view, Kind.PRICE, odds=price)
    quote(desk, 165)
    view.tick()
    assert [guard.state for guard in view.list.model.rows] == [LookoutState.ARMED, LookoutState.FIRED, LookoutState.FIRED]
    desk.desk.guards.remove([1, 2])
    assert view.list.model.rowCount() == 1


def test_the_table_goes_into_a_file_with_its_words(view: GuardsView) -> None:
    view.new_for_selection(wish())
    arm(view, Kind.PRICE, odds="+160")
    assert "Price alert" in view.list.model.to_csv()
    assert view.list.model.to_csv().splitlines()[0] == "State,Kind,What,Condition,Now,What happened,Looked"


def test_where_orders_are_for_users_those_with_orders_there_may_be_chosen(desk: Desk, view: GuardsView) -> None:
    desk.venue.offers = EVERYTHING
    told = OrderReport(
        "ov-9", "v-9", "open", "unmatched", odds=from_american(150), quantity=Decimal(10), event_id=1001, market_id=MONEYLINE.market_id,
        selection_id=HOME, user="cust-8841",
    )  # fmt: skip
    desk.session.emit([OrderReported(told)])
    view.new_for_selection(wish())
    view.box.kind.setCurrentText(Kind.MOVED)
    assert view.box.user.isVisible()
    assert [view.box.user.itemText(place) for place in range(view.box.user.count())] == ["All users", "cust-8841"]
    view.box.user.setCurrentIndex(1)
    assert arm(view, Kind.MOVED) == ""
    assert shown(view, 2) == [f"Lakers at Warriors · Moneyline · {LAKERS} · all orders of cust-8841"]
    view.new_for_selection(wish())
    view.box.kind.setCurrentText(Kind.MOVED)
    view.box.order.setCurrentIndex(1)
    assert not view.box.user.isVisible()  # an order is somebody's already


def customers(desk: Desk) -> list[Order]:
    """Three orders of two customers wait on one selection."""
    desk.venue.offers = EVERYTHING
    desk.desk.users.put([User("cust-8841", "Ann Lee")])
    for number, user in enumerate(("cust-8841", "cust-12", "cust-8841")):
        told = OrderReport(
            f"ov-{number}", f"v-{number}", "open", "unmatched", odds=from_american(150), quantity=Decimal(10), event_id=1001,
            market_id=MONEYLINE.market_id, selection_id=HOME, user=user,
        )  # fmt: skip
        desk.session.emit([OrderReported(told)])
    return desk.desk.blotter.of_market(MONEYLINE)


def test_a_kind_that_asks_for_no_order_does_not_lose_the_one_it_was_opened_for(desk: Desk, view: GuardsView) -> None:
    order = next(each for each in customers(desk) if each.draft.external_user == "cust-12")
    view.new_for_order(order)
    for _ in range(2):  # from Keep at best over Cancel before start
        QTest.keyClick(view.box.kind, Qt.Key.Key_Up)
    assert view.box.kind.currentText() == Kind.MOVED
    assert view.box.order.currentData() == order.ref
    assert view.box.form.sentence.text().endswith("It cancels this one order of cust-12.")
    assert arm(view, Kind.MOVED) == ""
    [guard] = desk.desk.guards.all.values()
    assert isinstance(guard.plan, CancelMoved)
    assert (guard.plan.ref, guard.plan.user) == (order.ref, "cust-12")


def test_a_form_about_an_order_means_its_user_where_all_orders_are_chosen(desk: Desk, view: GuardsView) -> None:
    view.new_for_order(next(each for each in customers(desk) if each.draft.external_user == "cust-8841"))
    view.box.kind.setCurrentText(Kind.MOVED)
    view.box.order.setCurrentIndex(0)
    assert view.box.user.currentText() == "Ann Lee (cust-8841)"
    assert view.box.form.sentence.text().endswith("by then: now 2 orders of Ann Lee (cust-8841).")
    view.box.user.setCurrentIndex(0)
    assert view.box.form.sentence.text().endswith("by then: now 3 orders of 2 users.")
    view.box.kind.setCurrentText(Kind.START)
    assert view.box.form.sentence.text().endswith("by then: now 3 orders of 2 users.")
    view.box.kind.setCurrentText(Kind.MOVED)
    assert view.box.order.currentText() == "All orders on it", "what a person chose stays too"


def test_orders_of_no_known_user_are_not_said_to_be_somebodys(desk: Desk, view: GuardsView) -> None:
    place(desk, "10")
    customers(desk)
    view.new_for_event(1001)
    assert view.box.form.sentence.text().endswith("by then: now 4 orders of 2 users or of nobody known.")


def test_no_other_order_takes_the_place_of_one_that_went_while_the_form_was_open(desk: Desk, view: GuardsView) -> None:
    order = customers(desk)[0]
    view.new_for_order(order)
    gone = OrderReport(order.ref, order.venue_order_id, "canceled", "unmatched", odds=order.odds, quantity=order.stake, event_id=1001,
                       market_id=MONEYLINE.market_id, selection_id=HOME, user=order.draft.external_user)  # fmt: skip
    desk.session.emit([OrderReported(gone)])
    view.box.kind.setCurrentText(Kind.MOVED)
    assert view.box.form.objection.text() == "✗ The order does not wait any more: choose what is to be cancelled"
    view.box.kind.setCurrentText(Kind.KEEP)
    assert view.box.form.objection.text() == "✗ The order does not wait any more"
    assert not view.box.form.arm.isEnabled()


def test_a_guard_of_a_customers_orders_shows_the_name(desk: Desk, view: GuardsView) -> None:
    view.new_for_order(next(each for each in customers(desk) if each.draft.external_user == "cust-8841"))
    assert arm(view, Kind.MOVED) == ""
    assert shown(view, 2)[0].endswith(" of Ann Lee (cust-8841)")


def test_the_words_are_those_of_the_account(desk: Desk, qtbot: QtBot) -> None:
    view = GuardsView(desk.desk, desk.display.worded(Labels("Price", "Quantity", "Participant")), desk.theme)
    qtbot.addWidget(view)
    desk.session.is_streaming = True
    view.new_for_selection(wish())
    assert view.box.words.text() == "Says so, once, as soon as the participant can be had at this."
    arm(view, Kind.PRICE, odds="+160")
    view.refresh()
    assert shown(view, 3) == ["best price +160 or longer"]


# What nobody may overlook


@pytest.fixture
def page(desk: Desk) -> DeskView:
    """The desk of the window, streaming, with one alert and one guard of an order."""
    desk.session.emit([StreamUp(is_relief=True)])
    desk.session.is_streaming = True
    ref = place(desk, "10")
    desk.desk.guards.add(PriceAlert(PLACE, from_american(160)))
    desk.desk.guards.add(CancelMoved(PLACE, 5, ref))
    desk.frame()
    return desk.window.views[0]


def tab(page: DeskView) -> str:
    return page.tabs.tabText(page.tabs.indexOf(page.guards))


def test_one_that_fired_is_said_over_the_grid_and_on_the_tab_until_the_page_is_opened(desk: Desk, page: DeskView) -> None:
    assert (tab(page), page.unseen.isVisible()) == ("Guards 2", False)
    quote(desk, 155)
    desk.frame()
    assert tab(page) == "Guards 1 · 1 fired"
    assert page.unseen.isVisible()
    assert "Cancel if it moves fired at " in page.unseen.words.text()
    assert "+150 to +155, 5 steps: 1 order off the book" in page.unseen.words.text()
    desk.notices.say("something else")
    desk.beat()
    desk.frame()
    assert page.unseen.isVisible(), "a later notice does not take it away"
    assert page.unseen.button.text() == "Open Guards"
    page.unseen.button.click()
    desk.frame()
    assert page.tabs.currentWidget() is page.guards
    assert (tab(page), page.unseen.isVisible()) == ("Guards 1", False)


def test_whoever_dismisses_it_has_seen_it(desk: Desk, page: DeskView) -> None:
    quote(desk, 155)
    desk.frame()
    page.unseen.other.click()
    desk.frame()
    assert (tab(page), page.unseen.isVisible()) == ("Guards 1", False)
    assert page.tabs.currentWidget() is not page.guards


def test_what_fires_in_an_account_that_is_not_at_hand_marks_its_chip(desk: Desk, page: DeskView) -> None:
    desk.connect_another("bookmaker")
    quote(desk, 155)
    desk.frame()
    first, second = desk.window.strip.chips
    assert (first.mark.words, second.mark.words) == ("1 fired", "")
    assert first.accessibleName().endswith(", 1 fired")
    assert "+150 to +155, 5 steps" in first.toolTip()
    desk.window.take_in_hand(page)
    desk.frame()
    assert page.unseen.isVisible()
    page.unseen.button.click()
    desk.frame()
    assert first.mark.words == ""


def test_a_chip_is_painted_with_its_mark_and_stopped_ones_make_it_red(desk: Desk, page: DeskView) -> None:
    desk.connect_another("bookmaker")
    chip = desk.window.strip.chips[0]
    before = chip.grab().toImage()
    quote(desk, 155)
    desk.session.emit([StreamDown("the line broke")])
    desk.frame()
    assert chip.mark.words == "1 fired · 1 stopped"
    assert chip.mark.use == "state.bad"
    assert "1 guard is stopped: prices were not fresh" in chip.toolTip()
    assert chip.grab().toImage() != before


def test_stopped_guards_and_the_orders_that_rest_unguarded_are_said(desk: Desk, page: DeskView) -> None:
    desk.session.emit([StreamDown("the line broke")])
    desk.frame()
    assert page.unseen.words.text() == "2 guards are stopped: prices were not fresh; 1 order rests unguarded"
    assert tab(page) == "Guards · 2 stopped"


def test_a_page_that_is_open_in_a_window_in_use_shows_it_already(desk: Desk, page: DeskView) -> None:
    page.tabs.setCurrentWidget(page.guards)
    desk.window.activateWindow()
    quote(desk, 155)
    desk.frame()
    desk.frame()
    assert desk.window.isActiveWindow()
    assert (tab(page), page.unseen.isVisible()) == ("Guards 1", False)


def test_the_first_picture_after_a_restart_says_that_the_guards_are_off(desk: Desk) -> None:
    armed = Guard(1, PriceAlert(PLACE, from_american(160)), desk.time.now(), LookoutState.ARMED)
    by_hand = Guard(2, PriceAlert(PLACE, from_american(170)), desk.time.now(), LookoutState.STOPPED, BY_HAND)
    another = desk.connect_another("bookmaker", guards=(armed, by_hand))
    page = another.view
    assert page.unseen.isVisible()
    assert page.unseen.words.text() == "1 guard is stopped: the program was restarted"
    assert tab(page) == "Guards · 1 stopped"
    assert desk.window.strip.chips[1].mark.words == "1 stopped"


# Armed again


def test_before_it_is_armed_again_a_person_says_from_which_price_it_counts(desk: Desk, page: DeskView) -> None:
    view = page.guards
    page.tabs.setCurrentWidget(view)
    desk.desk.guards.stop(2)
    quote(desk, 154)
    desk.frame()
    view.arm_all.click()
    assert view.again.isVisible()
    assert view.again.lines.text().endswith("price 5 steps longer than +150. Now +154, 4 steps against you.")
    assert not desk.desk.guards.all[2].is_active
    quote(desk, 156)
    view.tick()
    assert view.again.lines.text().endswith("Now +156, 6 steps against you. From +150 it cancels at once.")
    view.again.harmless.click()
    assert not desk.desk.guards.all[2].is_active
    view.arm_all.click()
    view.again.new.click()
    assert (desk.desk.guards.all[2].state, desk.desk.guards.all[2].base) == (LookoutState.ARMED, from_american(156))


def test_counted_from_the_old_price_it_cancels_at_once(desk: Desk, page: DeskView) -> None:
    view = page.guards
    page.tabs.setCurrentWidget(view)
    desk.desk.guards.stop(2)
    quote(desk, 156)
    view.list.refresh()
    view.table.selectRow(0)
    view.list.arm.click()
    view.again.old.click()
    desk.tasks.settle()
    assert desk.desk.guards.all[2].state is LookoutState.FIRED
    assert desk.desk.guards.all[2].words.startswith("+150 to +156, 6 steps")


def test_while_no_price_is_fresh_that_is_said(desk: Desk, page: DeskView) -> None:
    view = page.guards
    page.tabs.setCurrentWidget(view)
    desk.session.emit([StreamDown("the line broke"), StreamUp()])
    desk.session.is_streaming = True
    desk.frame()
    view.arm_all.click()
    assert view.again.lines.text().endswith("price 5 steps longer than +150. No fresh price is known now.")


def test_where_the_price_stands_as_it_did_nothing_is_asked(desk: Desk, page: DeskView) -> None:
    page.tabs.setCurrentWidget(page.guards)
    desk.desk.guards.stop(2)
    desk.frame()
    page.guards.arm_all.click()
    assert not page.guards.again.isVisible()
    assert desk.desk.guards.all[2].is_active


# The form and the table


def test_own_money_counts_in_neither_figure_of_the_form_and_that_is_said(desk: Desk, view: GuardsView) -> None:
    told = OrderReport(
        "ov-9", "v-9", "open", "unmatched", odds=from_american(-150), quantity=Decimal("82.50"), event_id=1001,
        market_id=MONEYLINE.market_id, selection_id=AWAY,
    )  # fmt: skip
    desk.session.emit([OrderReported(told)])  # takers of the Lakers are offered +150 by it, for 55: all that stands there
    view.new_for_selection(wish())
    assert view.box.odds.text() == "+146"
    assert "Now: +146, your own orders left out." in view.box.form.sentence.text()


def test_a_row_has_room_for_two_lines_and_its_reference_is_short(desk: Desk, view: GuardsView) -> None:
    ref = "0123456789abcdef0123456789abcdef"
    told = OrderReport(
        ref, "v-9", "open", "unmatched", odds=from_american(150), quantity=Decimal(10), event_id=1001, market_id=MONEYLINE.market_id,
        selection_id=HOME,
    )  # fmt: skip
    desk.session.emit([OrderReported(told)])
    desk.desk.guards.add(CancelMoved(PLACE, 5, ref))
    assert shown(view, 2) == [f"Lakers at Warriors · Moneyline · {LAKERS} · order 0123…bcdef"]
    assert view.table.wordWrap()
    assert view.table.rowHeight(0) >= 2 * view.table.fontMetrics().lineSpacing()


def test_a_file_has_the_minus_that_programs_read(desk: Desk, view: GuardsView) -> None:
    desk.desk.guards.add(PriceAlert(PLACE, from_american(-110), is_longer=False))
    assert shown(view, 3) == ["best odds −110 or shorter"]
    assert "best odds -110 or shorter" in view.list.model.to_csv()

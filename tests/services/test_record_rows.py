"""Orders of the record in files: figures that stay figures, times in two zones, nothing that is run."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta, timezone
from decimal import Decimal

import pytest

from app.domain.odds import from_american
from app.domain.sheet import MARK
from app.services.record_rows import TITLES, Form, RecordRow, head_of, lines_of
from tests.services.fakes import NOON, money

ROW = RecordRow(
    "90071992547409931", reference="ov-1", user="cust-8841", placed_at=NOON, event_id=1001, event="Lakers at Warriors", market_id=219,
    market="Spread", strike=Decimal("-3.5"), selection_id="a" * 32, selection="Lakers -3.5", odds=from_american(-110), stake=money(1234),
    filled=money("0.50"), average=from_american(150), rest=money("1233.50"), status="manually_settled", matching="partially_matched",
    result="loss", to_win=money("0.45"), realised=money("-0.50"),
)  # fmt: skip


def read(rows: list[RecordRow], form: Form = Form.CSV) -> list[dict[str, str]]:
    text = "".join([*head_of(form), *lines_of(rows, form)])
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_figures_are_plain_numbers_and_odds_keep_their_sign() -> None:
    (cells,) = read([ROW])
    assert (cells["Odds"], cells["Odds decimal"], cells["Strike"], cells["Avg decimal"]) == ("-110", "1.9091", "-3.5", "2.5")
    assert (cells["Stake"], cells["Filled"], cells["P&L"], cells["Rest"]) == ("1234.00", "0.50", "-0.50", "1233.50")
    assert (cells["Status"], cells["Matching"], cells["User"], cells["Order id"]) == (
        "manually_settled", "partially_matched", "cust-8841", "90071992547409931",
    )  # fmt: skip


def test_a_time_is_written_in_utc_and_in_this_computers_zone() -> None:
    east = ROW.__class__("1", placed_at=NOON.astimezone(timezone(timedelta(hours=5))))
    (cells,) = read([east])
    assert cells["Placed (UTC)"] == "2026-09-12 12:00:00"
    assert cells["Placed (local)"] == f"{NOON.astimezone():%Y-%m-%d %H:%M:%S}"
    assert (cells["Updated (UTC)"], cells["Updated (local)"]) == ("", "")


def test_what_nobody_told_is_an_empty_cell() -> None:
    (cells,) = read([RecordRow("1")])
    assert [cells[name] for name in ("Odds", "Odds decimal", "Avg decimal", "P&L", "Event", "Event id")] == [""] * 6


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+SUM(A1)", "\t=1", "\r=1"])
def test_no_name_of_the_venue_is_run(name: str) -> None:
    (cells,) = read([RecordRow("1", event=name, selection=name, user=name, reference=name, odds=from_american(150))])
    assert {cells[title][:1] for title in ("Event", "Selection", "User", "Reference")} == {"'"}
    assert cells["Odds"] == "+150"


def test_the_mark_stands_before_a_file_for_excel_only() -> None:
    assert head_of(Form.EXCEL)[0] == MARK
    assert not head_of(Form.CSV)[0].startswith(MARK)
    assert head_of(Form.JSON) == []


def test_another_accounts_words_stand_in_its_files() -> None:
    titles = dict(TITLES) | {"stake": "Quantity", "odds": "Price"}
    head = head_of(Form.CSV, titles)[0]
    assert ",Price,Price decimal,Quantity," in head


def test_a_line_of_json_is_one_object_with_nothing_rounded() -> None:
    (line,) = lines_of([ROW], Form.JSON)
    told = json.loads(line)
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    assert (told["odds"], told["decimal_odds"], told["stake"], told["strike"], told["realised"]) == (
        -110,
        "1.9091",
        "1234.00",
        "-3.5",
        "-0.50",
    )
    assert (told["placed_at"], told["updated_at"], told["external_user"]) == ("2026-09-12T12:00:00Z", None, "cust-8841")


def test_a_line_of_json_stays_one_line_whatever_a_name_holds() -> None:
    (line,) = lines_of([RecordRow("1", event='a\n"b"\u2028c')], Form.JSON)
    assert line.count("\n") == 1
    assert json.loads(line)["event"] == 'a\n"b"\u2028c'

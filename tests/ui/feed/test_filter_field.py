"""A field whose prompt fits: what is cut off in it tells nobody what may be typed."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.ui.feed.filter_field import FilterField

PROMPTS = ("Search teams, maps, seasons   /", "Search matches   /", "Search   /")

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # windows on a screen that is none


def test_the_prompt_says_as_much_as_there_is_room_for_and_is_never_cut(qtbot: QtBot) -> None:
    field = FilterField(PROMPTS, name="Search matches", tip="Teams, maps and <seasons>")
    qtbot.addWidget(field)
    field.show()
    seen = []
    for width in range(500, 40, -4):
        field.resize(width, 30)
        seen.append(field.placeholderText())
        room = width - field.fontMetrics().horizontalAdvance(field.placeholderText())
        assert room >= 6 or field.placeholderText() == PROMPTS[-1]
    assert list(dict.fromkeys(seen)) == list(PROMPTS)
    field.resize(500, 30)
    assert field.placeholderText() == PROMPTS[0]
    assert "<seasons>" not in field.toolTip(), "it is text and no markup"

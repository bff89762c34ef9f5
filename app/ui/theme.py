"""Colours and fonts: a TOML file of named colours, laid into a QPalette and one short style sheet."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

SIZE = 13  # pixels of the normal text


class Colours:
    """A theme's colours by use: `colours["price.best"]`. KeyError for a name no theme has."""

    def __init__(self, name: str, is_dark: bool, colours: dict[str, QColor]) -> None:
        self.name = name
        self.is_dark = is_dark
        self._colours = colours

    def __getitem__(self, use: str) -> QColor:
        return self._colours[use]

    def names(self) -> frozenset[str]:
        return frozenset(self._colours)

    def css(self, use: str) -> str:
        return self._colours[use].name()


def read(path: Path) -> Colours:
    """A theme file's colours; ValueError names a colour that is none."""
    told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    colours = {}
    for part, rows in told.items():
        if isinstance(rows, dict):
            for use, text in rows.items():
                colour = QColor(text)
                if not colour.isValid():
                    raise ValueError(f"{path.name}: {part}.{use} = {text!r} is no colour")
                colours[f"{part}.{use}"] = colour
    return Colours(told["name"], told["is_dark"], colours)


class Theme(QObject):
    """The theme in use, and the fonts. `changed` after another one was put on."""

    changed = Signal()

    def __init__(self, application: QApplication, resources: Path, name: str = "dark") -> None:
        super().__init__()
        self._application = application
        self._themes = {path.stem: read(path) for path in sorted((resources / "themes").glob("*.toml"))}
        self.colours = self._themes.get(name, self._themes["dark"])
        self._family = _load_fonts(resources / "fonts")
        self._signs = {name: (resources / "icons" / f"{name}.svg").as_posix() for name in ("down", "tick", "dot")}
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(self.font())
        self._put_on()

    def use(self, name: str) -> None:
        if name in self._themes and name != self.colours.name:
            self.colours = self._themes[name]
            self._put_on()
            self.changed.emit()

    def toggle(self) -> None:
        self.use("light" if self.colours.is_dark else "dark")

    def font(self, size: int = SIZE, *, bold: bool = False) -> QFont:
        """The program's font with figures of one width, `size` in pixels."""
        font = QFont(self._family)
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _put_on(self) -> None:
        self._application.setPalette(_palette(self.colours))
        self._application.setStyleSheet(_style_sheet(self.colours.css, self._signs))


def _load_fonts(folder: Path) -> str:
    """The bundled family's name; the system's own font where it cannot be loaded."""
    families = []
    for path in sorted(folder.glob("*.otf")):
        families += QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    return "Inter" if "Inter" in families else QApplication.font().family()


def _palette(colours: Colours) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: "surface.window",
        QPalette.ColorRole.Base: "surface.panel",
        QPalette.ColorRole.AlternateBase: "surface.raised",
        QPalette.ColorRole.Button: "surface.raised",
        QPalette.ColorRole.Text: "text.normal",
        QPalette.ColorRole.WindowText: "text.normal",
        QPalette.ColorRole.ButtonText: "text.normal",
        QPalette.ColorRole.BrightText: "text.strong",
        QPalette.ColorRole.PlaceholderText: "text.faint",
        QPalette.ColorRole.Highlight: "surface.selected",
        QPalette.ColorRole.HighlightedText: "text.strong",
        QPalette.ColorRole.ToolTipBase: "surface.raised",
        QPalette.ColorRole.ToolTipText: "text.normal",
        QPalette.ColorRole.Link: "state.info",
        QPalette.ColorRole.Mid: "surface.line",
        QPalette.ColorRole.Dark: "surface.line",
        QPalette.ColorRole.Light: "surface.raised",
    }
    palette = QPalette()
    for role, use in roles.items():
        palette.setColor(role, colours[use])
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, colours["text.dim"])
    return palette


def _style_sheet(css: Callable[[str], str], signs: Mapping[str, str]) -> str:
    """What a palette cannot say. No `::item` rules: they make tables paint at half the speed.

    `signs`: the files of the signs on what drops down or is chosen; a style sheet that frames such a part takes the style's own away.
    """
    line, raised, hover, field = css("surface.line"), css("surface.raised"), css("surface.hover"), css("surface.field")
    return f"""
    QToolTip {{ background: {raised}; color: {css("text.normal")}; border: 1px solid {line}; padding: 4px 6px; }}
    QMainWindow::separator {{ background: transparent; width: 6px; height: 6px; }}
    QDockWidget {{ font-weight: 600; }}
    QDockWidget::title {{ background: {raised}; padding: 6px 10px; border: 1px solid {line}; border-bottom: 0; }}
    QFrame#panel {{ background: {css("surface.panel")}; border: 1px solid {line}; }}
    QLineEdit {{ background: {field}; border: 1px solid {line}; border-radius: 4px; padding: 4px 8px;
        selection-background-color: {css("surface.selected")}; selection-color: {css("text.strong")}; }}
    QLineEdit:focus {{ border-color: {css("state.info")}; }}
    QDateTimeEdit {{ background: {field}; border: 1px solid {css("text.faint")}; border-radius: 4px; padding: 1px 2px; }}
    QDateTimeEdit::drop-down {{ border: 0; width: 18px; }}
    QDateTimeEdit::down-arrow {{ image: url("{signs["down"]}"); width: 10px; height: 10px; }}
    QDateTimeEdit:focus {{ border-color: {css("state.info")}; }}
    QPushButton, QToolButton {{ background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 4px 10px; }}
    QPushButton#small {{ padding: 3px 7px; }}
    QCheckBox, QRadioButton {{ spacing: 7px; }}
    QCheckBox::indicator, QRadioButton::indicator {{ width: 12px; height: 12px; border: 1px solid {css("text.dim")}; background: {field}; }}
    QCheckBox::indicator {{ border-radius: 3px; }}
    QRadioButton::indicator {{ border-radius: 7px; }}
    QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {css("state.info")}; }}
    QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {css("state.info")}; }}
    QCheckBox::indicator:checked {{ background: {css("state.tick")}; border-color: {css("state.tick")}; image: url("{signs["tick"]}"); }}
    QRadioButton::indicator:checked {{ background: {css("state.tick")}; border-color: {css("state.tick")}; image: url("{signs["dot"]}"); }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {line}; background: transparent; }}
    QCheckBox::indicator:checked:disabled, QRadioButton::indicator:checked:disabled {{ background: {css("text.faint")}; }}
    QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {css("state.info")}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {css("text.faint")}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QPushButton#chip {{ border-radius: 10px; padding: 2px 9px; color: {css("text.dim")}; }}
    QPushButton#chip:checked {{ background: {css("state.info_back")}; color: {css("text.strong")}; border-color: {css("state.info")}; }}
    QPushButton#primary {{ background: {css("state.info_back")}; color: {css("text.strong")}; border-color: {css("state.info")};
        font-weight: 600; }}
    QPushButton#primary:hover {{ background: {hover}; }}
    QPushButton#primary:disabled {{ background: {css("state.quiet_back")}; color: {css("text.faint")}; border-color: {line}; }}
    QPushButton#danger {{ background: {css("state.bad_back")}; color: {css("state.bad")}; border-color: {css("state.bad")};
        font-weight: 600; }}
    QPushButton#stop {{ background: {css("mode.production")}; color: {css("text.on_accent")}; border: 2px solid {css("mode.production")};
        font-weight: 700; padding: 4px 12px; }}
    QPushButton#stop:hover {{ border-color: {css("text.on_accent")}; }}
    QPushButton#danger:disabled {{ background: {css("state.quiet_back")}; color: {css("text.faint")}; border-color: {line}; }}
    QPushButton#danger:hover {{ background: {css("surface.hover")}; }}
    QPushButton#place {{ color: {css("text.on_accent")}; border: 0; font-weight: 600; padding: 9px; }}
    QPushButton#place:disabled {{ background: {css("state.quiet_back")}; color: {css("text.faint")}; }}
    QHeaderView {{ background: {css("surface.panel")}; border: 0; }}
    QHeaderView::section {{ background: {css("surface.panel")}; color: {css("text.dim")}; border: 0;
        border-bottom: 1px solid {line}; padding: 4px 10px 4px 3px; }}
    QTableView#odds QHeaderView::section {{ padding: 4px 6px; }}
    QTabWidget::pane {{ border: 0; }}
    QTabBar::tab {{ background: transparent; color: {css("text.dim")}; padding: 6px 14px; border: 0;
        border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {css("text.strong")}; border-bottom: 2px solid {css("state.info")}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {line}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QStatusBar {{ color: {css("text.dim")}; }}
    QStatusBar::item {{ border: 0; }}
    QMenu {{ background: {raised}; border: 1px solid {line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 22px; border-radius: 3px; }}
    QMenu::item:selected {{ background: {css("surface.selected")}; }}
    QMenu::item:disabled {{ color: {css("text.faint")}; }}
    QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
    """

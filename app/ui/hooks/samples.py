"""Code that verifies a signature, to copy: the very files that the tests run."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from app.store.paths import resources
from app.ui.hooks.pane import line_of
from app.ui.hooks.tools import HookTools
from app.ui.wizard.parts import Words, button, mono

WHAT: Final = "Code that verifies a signature"
SAMPLES: Final = (("Python", "verify.py"), ("Node", "verify.js"), ("Go", "verify.go"), ("PHP", "verify.php"), ("C#", "verify.cs"))


class CodeSamples(QWidget):
    """One tab a language."""

    def __init__(self, tools: HookTools) -> None:
        super().__init__()
        self._tools = tools
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Code that verifies")
        self.copy = button("Copy code")
        self.copy.setObjectName("chip")
        self.copy.setFont(tools.theme.font(11))
        for language, name in SAMPLES:
            self.tabs.addTab(_code((resources() / "webhooks" / name).read_text("utf-8"), language), language)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        head = line_of(Words(tools.theme, WHAT, use="text.dim", size=12), self.copy, margins=(0, 0, 0, 0))
        head.setStretch(0, 1)
        lines.addLayout(head)
        lines.addWidget(self.tabs, 1)
        self.copy.clicked.connect(self._copy)

    def _copy(self) -> None:
        text = self.tabs.currentWidget()
        assert isinstance(text, QPlainTextEdit)
        language = self.tabs.tabText(self.tabs.currentIndex())
        self._tools.clipboard.copy(text.toPlainText(), f"The code for {language}")
        self._tools.say(f"The code for {language} was copied")


def _code(text: str, language: str) -> QPlainTextEdit:
    shown = QPlainTextEdit(text)
    shown.setReadOnly(True)
    shown.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    shown.setFont(mono(11))
    shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    shown.setAccessibleName(f"Verifying in {language}")
    shown.setTabChangesFocus(True)
    shown.setMinimumHeight(150)
    return shown

"""The batch ticket: many orders from a table, each judged by itself, sent together by two presses, stopped and cancelled by one.

The first press on Place arms and shows what would be sent; a second one at least a beat later sends exactly that. Whatever changes it
disarms, and so does Esc.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit

from app.domain.environment import Environment
from app.domain.table_text import TableError
from app.services.batch_sending import Going
from app.services.desk import Desk
from app.ui.display import Display
from app.ui.dock_room import DockRoom
from app.ui.models.batch import BatchModel, result_words
from app.ui.theme import Theme
from app.ui.views import batch_words as words
from app.ui.views.batch_form import BatchForm
from app.ui.views.batch_table import BatchTable

BEAT: Final = 0.15  # seconds between arming and the earliest key that sends
CLICK_BEAT: Final = 0.5  # the same for clicks: a double click is one wish
SHOWN: Final = 12  # rows for which room is made
LONGEST: Final = 4096  # characters of a file's name
_PRESSING: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_OPTIONS: Final = QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ReadOnly

ReadFile = Callable[[Path], Awaitable[bytes]]


class BatchView(BatchForm):
    """Shows `desk.batch`; `tick` each second.

    `read_file` reads a plain file (TableError). `where` is the account or its environment, as the button names it. `event_wanted` has an
    event's id.
    """

    event_wanted = Signal(object)

    def __init__(
        self, desk: Desk, start: Callable[[Coroutine[Any, Any, Any]], object], environment: Environment, read_file: ReadFile,
        display: Display, theme: Theme, clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._desk = desk
        self._labels = display.labels
        self._batch = batch = desk.batch
        self._start = start
        self.where = str(environment)
        self._read_file = read_file
        self._clock = clock
        self._armed: tuple[Going, ...] = ()
        self._armed_at = 0.0
        self._told_row: int | None = None  # the id of the row whose sentence stands below the table
        self._room, self._had_room = DockRoom(self), 0  # rows for which room was made
        self.model = BatchModel(batch, desk.users.called, desk.blotter.cancel_refusal, display, theme)
        self.table = BatchTable(self.model, batch.may_edit, batch.may_go_again)
        super().__init__(self.table, environment, theme)
        self.setAcceptDrops(True)
        self.empty.setText(words.empty_words(display.labels, has_users=batch.has_users))
        self._connect(display)
        self.refresh()

    def _connect(self, display: Display) -> None:
        batch, table = self._batch, self.table
        table.paste_wanted.connect(self.paste)
        table.remove_wanted.connect(batch.remove)
        table.spread_wanted.connect(lambda row_id, count: self.say_added(batch.spread(row_id, count)))
        table.again_wanted.connect(batch.put_back)
        table.cancel_wanted.connect(lambda refs: self._start(self._desk.trading.cancel_many(refs)))
        table.event_wanted.connect(self.event_wanted)
        table.said.connect(self._desk.notices.say)
        self.paste_button.clicked.connect(self.paste)
        self.import_button.clicked.connect(self._ask_which)
        self.add_button.clicked.connect(self._add_empty)
        self.read_button.clicked.connect(batch.read_markets)
        self.remove_button.clicked.connect(lambda: batch.remove([line.row.id for line in table.chosen()]))
        self.clear_sent.clicked.connect(batch.clear_sent)
        self.copy_button.clicked.connect(table.copy_csv)
        self.save_button.clicked.connect(table.ask_where)
        self.insist.clicked.connect(lambda is_on: batch.insist(is_on=is_on))
        self.place.clicked.connect(lambda: self._pressed(CLICK_BEAT))
        self.place.installEventFilter(self)
        self.stop.clicked.connect(batch.sending.stop)
        self.cancel_these.clicked.connect(lambda: self._start(batch.cancel_all()))
        batch.changed.connect(self.refresh)
        display.changed.connect(self._redraw)
        self.theme.changed.connect(self.dress)
        table.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        table.selectionModel().currentRowChanged.connect(lambda index, *_: self._tell_row(index.row()))

    # Rows

    def paste(self) -> None:
        self.say_added(self._batch.add(QGuiApplication.clipboard().text()))

    def import_file(self, path: str) -> None:
        """Read a file a person chose, and put its rows below."""
        if path:
            self._start(self._import(Path(path)))

    async def _import(self, path: Path) -> None:
        try:
            content = await self._read_file(path)
        except TableError as problem:
            self.say_added(f"Nothing was added: {problem}")
        else:
            self.say_added(f"{path.name}: {self._batch.add(content)}")

    def _ask_which(self) -> None:
        dialog = QFileDialog(self, "Import rows", "", "Tables (*.csv *.tsv *.txt);;All files (*)")
        dialog.setOptions(_OPTIONS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        for field in dialog.findChildren(QLineEdit):
            field.setMaxLength(LONGEST)
        dialog.fileSelected.connect(self.import_file)
        dialog.show()

    def _add_empty(self) -> None:
        if not self._batch.add_empty():
            self.say_added("There is no room for another row")
            return
        self.table.setCurrentIndex(self.model.index(len(self.model.rows) - 1, 1))
        self.table.setFocus()
        self.table.edit(self.table.currentIndex())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A file is read, a text is taken as rows."""
        event.acceptProposedAction()
        if urls := event.mimeData().urls():
            if len(urls) > 1 or not urls[0].isLocalFile():
                self.say_added("Nothing was added: drop one file of this computer")
                return
            self.import_file(urls[0].toLocalFile())
            return
        self.say_added(self._batch.add(event.mimeData().text()))

    # Showing

    def tick(self) -> None:
        """A second went by: prices that were verified may be no longer."""
        self._batch.look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is sent by a press on what was armed before somebody looked elsewhere."""
        self._armed = ()
        if not event.spontaneous() and self._room.give_back():
            self._had_room = 0
        super().hideEvent(event)

    def refresh(self) -> None:
        """Show the batch as it stands."""
        if not self.isVisible():
            return  # it is shown when somebody looks
        self.model.refresh()
        batch, going = self._batch, self._batch.going()
        if going != self._armed:
            self._armed = ()
        self._tell_again()
        self._make_room()
        self.empty.setVisible(not self.model.rows)
        self.say(self.totals, words.totals_words(batch.totals) if batch.rows else "", "text.strong")
        self.say(self.money, words.money_words(batch.totals, self._labels) if batch.totals.good else "", "text.normal")
        self.say(self.users, words.users_words(batch.totals, self._desk.users.called), "text.dim")
        self._show_objections()
        self._show_card()
        self._show_buttons()

    def _show_objections(self) -> None:
        judged = [one for row_id, one in self._batch.judged.items() if row_id not in self._batch.refs and row_id not in self._batch.lost]
        told = Counter(one.objection for one in judged if one.objection)
        self.say(self.objections, words.objections_words(told), "state.warning")
        overruled = sum(one.may_confirm for one in judged)
        self.insist.setText(words.insist_words(overruled))
        is_asked = overruled > 0 or bool(self._batch.insisted)
        self.insist.setVisible(is_asked and not self._armed and not self._batch.sending.is_running)
        self.insist.setChecked(bool(self._batch.insisted) and not overruled)

    def _show_card(self) -> None:
        batch, armed = self._batch, self._armed
        going = batch.going()
        self.say(self.progress, words.sending_words(batch.sending), "text.normal")
        self.say(self.results, words.results_words(batch.counts()), "text.dim")
        self.card.setVisible(bool(armed))
        text = words.card_text(armed, batch.totals, self.where, self._desk.users.called, self._labels) if armed else ""
        self.card.setText(text)
        for label in (self.money, self.users, self.objections, self.progress, self.results):
            label.setVisible(bool(label.text()) and not armed)  # the card says it all then
        self.place.say("Sending…" if batch.sending.is_running else words.place_text(going, self.where, is_armed=bool(armed)))
        if not going and self.place.hasFocus():
            self.table.setFocus()  # else Qt hands it on to a button, and the next key with it
        self.place.setEnabled(bool(going))

    def _show_buttons(self) -> None:
        batch, chosen = self._batch, self.table.chosen()
        is_running = batch.sending.is_running
        self.stop.setVisible(is_running)
        self.stop.setEnabled(not batch.sending.is_stopping)
        self.cancel_these.setVisible(bool(batch.cancellable))
        self.cancel_these.setText(f"Cancel all of this batch ({batch.cancellable:,})")
        self.remove_button.setEnabled(bool(chosen))
        unread = sum(len(one.unread) for one in batch.judged.values())
        self.read_button.setVisible(bool(unread))
        self.clear_sent.setVisible(bool(batch.refs) and not is_running)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(bool(self.model.rows))

    def say_added(self, words: str) -> None:
        self._told_row = None
        super().say_added(words)

    def _tell_row(self, row: int) -> None:
        """The whole sentence of the row that is chosen, which the table may cut."""
        if 0 <= row < len(self.model.rows):
            self._told_row = self.model.rows[row].row.id
            self._tell_again()

    def _tell_again(self) -> None:
        """The sentence of that row as it stands now; none where the row is gone."""
        if self._told_row is None:
            return
        line = next((line for line in self.model.rows if line.row.id == self._told_row), None)
        if line is None:
            self.say_added("")
            return
        said, use = result_words(line)
        self.say(self.added, f"Row {line.number:,}: {said}", use)

    def _make_room(self) -> None:
        """Rows that came are shown, a dozen of them, at the cost of what lies above; it may be made smaller afterwards."""
        count = len(self.model.rows)
        if count > self._had_room:
            self._room.take(min(count, SHOWN) * self.table.verticalHeader().defaultSectionSize() - self.table.viewport().height())
        self._had_room = count

    def _redraw(self) -> None:
        for row in range(len(self.model.rows)):
            self.model.row_changed(row)

    # Sending

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.place and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """A key over the button: whether it was taken. One that is held down is one press."""
        if event.key() not in _PRESSING:
            return False
        if not event.isAutoRepeat():
            self._pressed(BEAT)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._armed:
            self._armed = ()
            self.refresh()
            return
        super().keyPressEvent(event)

    def _pressed(self, beat: float) -> None:
        """The first press arms, the next one sends, if a beat lies between them."""
        going = self._batch.going()
        if not going:
            return
        if not self._armed or self._armed != going:
            self._armed, self._armed_at = going, self._clock()
            self.refresh()
            return
        if self._clock() - self._armed_at >= beat:
            armed, self._armed = self._armed, ()
            self.table.setFocus()
            self._start(self._batch.send(armed))

"""Plays the league's video inside this program: a thin object around QMediaPlayer, a sink and the machine of `states`.

QtMultimedia is loaded when something is played for the first time; where it cannot be, `able` says so and nothing else breaks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, QUrl, Signal

from app.domain.cs2 import StreamPlace
from app.domain.errors import NotSentError, UnknownError, VenueError
from app.services.feed.video import Found, MissingPartError, Offline, PlaylistReader, StreamFinder
from app.services.ports import Monotonic
from app.ui.feed.stream.backends import Able
from app.ui.feed.stream.edge import Edge
from app.ui.feed.stream.quiet import hush_ffmpeg
from app.ui.feed.stream.states import AILING, MOVING, Act, Figures, Playback, PlayState, Trouble

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoFrame, QVideoSink

log = logging.getLogger(__name__)

WATCH: Final = 250  # ms between two looks at the machine
LOOKING: Final = 2.0  # seconds between two reads of the playlist
LOOKING_LATER: Final = 10.0  # the same at Twitch after the first minute of playing or of standing still
FIRST: Final = 60.0
AUTO: Final = "best"
FITTING: Final = 720  # lines: what "best" takes at most, for a pane never shows more

Start = Callable[[Coroutine[Any, Any, Any]], object]


def able() -> Able:
    """Whether QtMultimedia is there; that it can decode is seen when it plays."""
    try:
        import PySide6.QtMultimedia  # noqa: F401  (loading it is the probe)
    except ImportError as problem:
        return Able(is_able=False, why=f"Qt Multimedia cannot be loaded ({problem}); on Linux it needs libpulse0")
    return Able(is_able=True, why="H.264 by Qt Multimedia")


class LivePlayer(QObject):
    """`changed`: state, words or qualities are others; `frame_came`: `frame` is a new picture. Starts muted."""

    changed = Signal()
    frame_came = Signal()

    def __init__(self, finder: StreamFinder, start: Start, clock: Monotonic, reader: PlaylistReader | None = None) -> None:
        super().__init__()
        self._finder = finder
        self._start = start
        self._clock = clock
        self._reader = reader
        self.playback = Playback()
        self.place: StreamPlace | None = None
        self.qualities: tuple[tuple[str, str], ...] = ()
        self.wanted_quality = AUTO
        self.frame: QVideoFrame | None = None
        self.is_muted = True
        self.volume = 0.7
        self.audio_words = ""
        self._player: QMediaPlayer | None = None
        self._sink: QVideoSink | None = None
        self._audio: QAudioOutput | None = None
        self._edge = Edge()
        self._search = 0  # the number of the search whose answer counts
        self._is_looking_at_list = False
        self._looked_at = float("-inf")
        self._is_ours = False
        self._paced = (False, clock())  # whether it stood still at the last look, and since when that is so
        self._watch = QTimer(self, interval=WATCH)
        self._watch.timeout.connect(self._on_watch)

    @property
    def state(self) -> PlayState:
        return self.playback.state

    @property
    def words(self) -> str:
        return self.playback.words

    @property
    def quality(self) -> str:
        """The name of what plays."""
        return self._chosen()[0] if self.qualities else ""

    def figures(self) -> Figures:
        now = self._clock()
        return self.playback.figures(now, self._edge.ahead(now) if self.state in MOVING else None)

    def is_at(self, place: StreamPlace) -> bool:
        """Whether it plays this place, or tries to, or has given up on it; a refusal was the official player's."""
        return self.playback.is_wanted and self.place == place and self.state is not PlayState.PARENT_REFUSED

    def play(self, place: StreamPlace, *, is_ours: bool = False) -> None:
        """Find the stream of this place and play it at its live edge. `is_ours`: it is the practice exchange's, which is asked often."""
        self.place, self._is_ours = place, is_ours
        self._edge = Edge()
        self._paced = (False, self._clock())
        self.playback.start(self._clock(), is_ours=is_ours)
        self._watch.start()
        self._find()
        self.changed.emit()

    def pause(self, words: str = "") -> None:
        """Stop decoding and let the connection go; playing again starts at the live edge."""
        self._search += 1
        self._watch.stop()
        self._let_go()
        self.playback.stop(self._clock(), words)
        self.changed.emit()

    def close(self) -> None:
        """The last call: nothing is decoded or asked any more."""
        self.pause()
        self.frame = None
        if self._player is not None:
            self._player.setVideoSink(None)  # type: ignore[arg-type]  # Qt takes null, its stubs do not say so
            self._player.setAudioOutput(None)  # type: ignore[arg-type]  # Qt takes null, its stubs do not say so
        self._player = self._sink = self._audio = None

    def choose_quality(self, name: str) -> None:
        """A name of `qualities`, or AUTO."""
        if name == self.wanted_quality:
            return
        before, self.wanted_quality = self.quality, name
        self._edge.lost()
        if self.qualities and self.quality != before and self.playback.is_wanted:
            self.playback.start(self._clock(), is_ours=self._is_ours)
            self._open()
        self.changed.emit()

    def set_volume(self, volume: float) -> None:
        """0 to 1, as heard: the scale is cubic."""
        self.volume = min(max(volume, 0.0), 1.0)
        if self._audio is not None:
            self._audio.setVolume(self.volume**3)

    def set_muted(self, is_muted: bool) -> None:
        """The sound is decoded only while it is heard."""
        self.is_muted = is_muted
        self._attach_audio()
        self.changed.emit()

    def _find(self) -> None:
        self._search += 1
        if self.place is not None:
            self._start(self._search_for(self.place, self._search))

    async def _search_for(self, place: StreamPlace, number: int) -> None:
        answer = await self._asked(place)
        if number != self._search:
            return  # another search began, or it was paused
        self._take(answer, self._clock())
        if self.state not in MOVING and not self.playback.is_opening:
            self._let_go()
        self.changed.emit()

    async def _asked(self, place: StreamPlace) -> Found | Offline | VenueError | MissingPartError:
        try:
            return await self._finder.find(place)
        except (VenueError, MissingPartError) as problem:
            return problem

    def _take(self, answer: Found | Offline | VenueError | MissingPartError, now: float) -> None:
        match answer:
            case Found() if answer.qualities:
                self.qualities = answer.qualities
                self._open()
            case Found():
                self.playback.offline(now)
            case Offline():
                self.playback.offline(now, answer.words)
            case NotSentError() if not self._is_ours:
                self.playback.blocked(now, str(answer))
            case NotSentError() | UnknownError():
                self.playback.blocked(now, str(answer), PlayState.UNANSWERED)
            case _:
                self.playback.end(PlayState.FAILED, now, str(answer))

    def _open(self) -> None:
        """Give the address to the player; setting the same one again needs an empty one between."""
        told = able()
        if not told.is_able:
            self.playback.end(PlayState.NO_CODEC, self._clock(), told.why)
            return
        if self._player is None:
            self._build()
        assert self._player is not None
        self.playback.opened(self._clock())
        self._edge.restart(self._clock())
        self._player.stop()
        self._player.setSource(QUrl())
        self._player.setSource(QUrl(self._chosen()[1]))
        self._player.play()
        self._begin_look(self._clock())  # where the list is now is where the first picture will be

    def _chosen(self) -> tuple[str, str]:
        named = dict(self.qualities)
        if self.wanted_quality in named:
            return self.wanted_quality, named[self.wanted_quality]
        return next((each for each in self.qualities if _lines(each[0]) <= FITTING), self.qualities[-1])

    def _build(self) -> None:
        from PySide6.QtMultimedia import QMediaPlayer, QVideoSink

        self._player = QMediaPlayer(self)
        hush_ffmpeg()
        self._sink = QVideoSink(self)
        self._player.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._player.errorOccurred.connect(self._on_error)
        self._player.mediaStatusChanged.connect(self._on_status)
        self._attach_audio()

    def _attach_audio(self) -> None:
        if self._player is None:
            return
        if self.is_muted:
            self._player.setAudioOutput(None)  # type: ignore[arg-type]  # Qt takes null, its stubs do not say so
            self._audio, self.audio_words = None, ""
            return
        from PySide6.QtMultimedia import QAudioOutput, QMediaDevices

        if not QMediaDevices.audioOutputs():
            self.audio_words = "This computer has no audio device"
            return
        self._audio, self.audio_words = QAudioOutput(self), ""
        self._audio.setVolume(self.volume**3)
        self._player.setAudioOutput(self._audio)

    def _let_go(self) -> None:
        if self._player is not None:
            self._player.stop()
            self._player.setSource(QUrl())

    def _on_frame(self, frame: QVideoFrame) -> None:
        if not frame.isValid() or not self.playback.is_wanted:
            return
        before = self.state
        size = frame.size()
        now = self._clock()
        length = frame.endTime() - frame.startTime()
        self._edge.shown(frame.startTime() / 1e6, now)
        self.playback.told_ad(self._edge.is_ad(), now)
        self.playback.frame(now, stamp=frame.startTime(), length=length, size=(size.width(), size.height()))
        self.frame = frame
        self.frame_came.emit()
        if self.state is not before:
            self.changed.emit()

    def _on_error(self, error: QMediaPlayer.Error, words: str) -> None:
        from PySide6.QtMultimedia import QMediaPlayer

        kinds = {
            QMediaPlayer.Error.FormatError: Trouble.FORMAT,
            QMediaPlayer.Error.AccessDeniedError: Trouble.STALE,
        }
        log.info("the video player said %s", error)  # its words may hold an address with a token
        self.playback.trouble(kinds.get(error, Trouble.SOURCE), self._clock())
        self.changed.emit()

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        from PySide6.QtMultimedia import QMediaPlayer

        if status is QMediaPlayer.MediaStatus.EndOfMedia:
            self.playback.trouble(Trouble.ENDED, self._clock())
            self.changed.emit()

    def _on_watch(self) -> None:
        now = self._clock()
        before = (self.state, self.words)
        act = self.playback.tick(now, self._edge.quiet_for(now), is_at_seam=self._edge.is_at_seam())
        if act is Act.REOPEN:
            self._open()
        elif act is Act.FIND:
            self._find()
        else:
            self._look_soon(now)
        if (self.state, self.words) != before:
            self.changed.emit()

    def _look_soon(self, now: float) -> None:
        """Read the playlist now and then while something plays or has just stopped to."""
        if self.state in MOVING | AILING and now - self._looked_at >= self._pace(now):
            self._begin_look(now)

    def _pace(self, now: float) -> float:
        """Seconds between two looks. The moment in which the pictures stop is worth one."""
        is_still = self.state in AILING
        if is_still is not self._paced[0]:
            self._paced = (is_still, now)
        return LOOKING if self._is_ours or now - self._paced[1] < FIRST else LOOKING_LATER

    def _begin_look(self, now: float) -> None:
        if self._reader is not None and not self._is_looking_at_list and self.qualities:
            self._is_looking_at_list, self._looked_at = True, now
            self._start(self._look(self._reader, self._chosen()[1]))

    async def _look(self, reader: PlaylistReader, url: str) -> None:
        """What the playlist says of advertisements and of how much is published; a failure here hurts nothing."""
        try:
            look = await reader.look(url)
        except VenueError as problem:
            log.info("the playlist could not be read: %s", type(problem).__name__)
            self._edge.lost()
            self.playback.told_unread(True, self._clock())
            return
        finally:
            self._is_looking_at_list = False
        if self.qualities and url == self._chosen()[1]:
            before = self.state
            self._edge.published(look, self._clock())
            self.playback.told_unread(False, self._clock())
            self.playback.told_ad(self._edge.is_ad(), self._clock())
            if self.state is not before:
                self.changed.emit()


def _lines(name: str) -> int:
    """720 of `720p60`; a name without a number may be anything."""
    digits = name.split("p")[0]
    return int(digits) if digits.isdecimal() and len(digits) <= 5 else FITTING + 1

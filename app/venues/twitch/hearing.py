"""Why Twitch does not hand out a video, overheard from its answers: streamlink's plugin writes the reason to a log and returns nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from app.domain.errors import RefusedError, UnknownError, VenueError
from app.venues.redact import cut

if TYPE_CHECKING:
    from requests import Response

USHER: Final = "usher.ttvnw.net"
GQL: Final = "gql.twitch.tv"
NO_USER: Final = b'"UserDoesNotExist"'
LONGEST: Final = 200_000
REASONS: Final = (
    ("geoblock", "Twitch does not show {channel} in the country that this computer is in"),
    ("entitlement", "Twitch shows {channel} to its subscribers only"),
    ("subscri", "Twitch shows {channel} to its subscribers only"),
    ("anonymizer", "Twitch does not show {channel} through a proxy or a VPN"),
)
"""Parts of the codes and words that Twitch gives, and what they mean."""


class _Refusal(msgspec.Struct):
    error: str = ""
    error_code: str = ""


class Hearing:
    """A hook of the library's requests. `refusal` is None while nothing but an ordinary answer, or that a channel is not live, came."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.refusal: VenueError | None = None

    def __call__(self, response: Response, **_options: object) -> None:
        host = urlsplit(response.url).hostname
        if host == USHER and response.status_code >= 400:
            self.refusal = self._of_usher(response.status_code, response.content)
        elif host == GQL and NO_USER in response.content[:LONGEST]:
            self.refusal = RefusedError(f"There is no channel {self._channel} on Twitch", status=404)

    def _of_usher(self, status: int, body: bytes) -> VenueError | None:
        """404 is how Twitch says that a channel is not live."""
        if status == 404:
            return None
        if status >= 500:
            return UnknownError(f"Twitch gave no clear answer ({status})", status=status)
        told = _read(body)
        text = f"{told.error_code} {told.error}".lower()
        words = next((words for part, words in REASONS if part in text), "")
        if words:
            return RefusedError(words.format(channel=self._channel), status=status)
        said = f": {cut(told.error, 120)}" if told.error else ""
        return RefusedError(f"Twitch does not hand out the video of {self._channel} ({status}){said}", status=status)


def _read(body: bytes) -> _Refusal:
    """A list with one object, or nothing that is understood."""
    try:
        told = msgspec.json.decode(body[:LONGEST], type=list[_Refusal])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Refusal()
    return told[0] if told else _Refusal()

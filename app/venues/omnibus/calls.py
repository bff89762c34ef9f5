"""The B2B Omnibus API's requests as values. A body is written once: the bytes that are hashed are the bytes that are sent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.domain.events import Topic
from app.domain.link import Rank
from app.venues.call import Call
from app.venues.omnibus.names import Paths

REGISTER_DEADLINE = 30.0  # seconds; registration can take several


class Calls:
    """Builds each request from the table of paths."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._names = {path: name for name, path in msgspec.structs.asdict(paths).items()}

    def name_of(self, call: Call) -> str:
        """What a request is called, whatever the table calls its path."""
        return self._names.get(call.path, call.path)

    def balance(self) -> Call:
        return Call("GET", self._paths.balance, is_query=True)

    def tournaments(self) -> Call:
        return Call("GET", self._paths.tournaments, is_query=True)

    def config(self) -> Call:
        return Call("GET", self._paths.config)

    def register(self, socket_id: str, topics: Sequence[Topic]) -> Call:
        """The whole set of what a socket is to hear; the shape is the Trading API's, of which the guide says nothing else."""
        kinds = [
            {"type": "event", "ids": [str(topic.event_id) for topic in topics if not topic.sub_type]},
            {"type": "event_subtype", "ids": [f"{topic.event_id}:{topic.sub_type}" for topic in topics if topic.sub_type]},
        ]
        wanted = [kind for kind in kinds if kind["ids"]]
        body = msgspec.json.encode({"socket_id": socket_id, "service": "pusher", "subscriptions": wanted})
        return Call("POST", self._paths.register, body=body, rank=Rank.SCREEN, deadline=REGISTER_DEADLINE)

    def register_key(self, name: str, public_pem: str) -> Call:
        return Call("POST", self._paths.keys, body=msgspec.json.encode({"name": name, "public_key": public_pem}))

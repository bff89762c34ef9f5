"""A client written the way the vendor's guide shows: bare JSON bodies, a form for the socket, pysher signing for itself."""

from __future__ import annotations

import base64
import json
import queue
import threading
from typing import Any

import pysher
import requests

from tests.practice.child import Child

PATIENCE = 15


class SampleClient:
    """Synchronous, with `requests` and pysher, in the seed's order names; what it hears goes into `heard`."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self._ready = ready
        self.base = ready["trading"]["url"]
        self._token = ""
        self._is_subscribed = threading.Event()
        self.heard: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self._pusher: pysher.Pusher | None = None

    def login(self) -> None:
        keys = {name: self._ready["trading"][name] for name in ("access_key", "secret_key")}
        # A text body: requests sends it without a content type.
        reply = requests.post(f"{self.base}/auth/login", data=json.dumps(keys), timeout=PATIENCE)
        self._token = json.loads(reply.content)["data"]["access_token"]

    def get(self, path: str, **query: str) -> Any:
        reply = requests.get(f"{self.base}/{path}", params=query, headers=self.headers(), timeout=PATIENCE)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        reply = requests.post(f"{self.base}/{path}", json=body, headers=self.headers(), timeout=PATIENCE)
        assert reply.status_code == 200, reply.text
        return reply.json()["data"]

    def channels(self, socket_id: str) -> list[dict[str, Any]]:
        reply = requests.post(f"{self.base}/mm/pusher", data={"socket_id": socket_id}, headers=self.headers(), timeout=PATIENCE)
        return list(reply.json()["data"]["authorized_channel"])

    def listen(self) -> None:
        config = self.get("websocket/connection-config")
        self._pusher = pysher.Pusher(
            key=config["key"],
            custom_host=config["ws_host"],
            port=config["ws_port"],
            secure=config["ws_secure"],
            auth_endpoint=f"{self.base}/mm/pusher",
            auth_endpoint_headers={**self.headers(), "header-subscriptions": '[{"type":"tournament","ids":[]}]'},
        )
        self._pusher.connection.bind("pusher:connection_established", self._on_connected)
        self._pusher.connect()
        assert self._is_subscribed.wait(PATIENCE)

    def stop(self) -> None:
        assert self._pusher is not None
        self._pusher.disconnect(0.5)

    def hear(self, kind: str, **facts: object) -> dict[str, Any]:
        """The next push of a kind whose info says so."""
        while True:
            heard, payload = self.heard.get(timeout=PATIENCE)
            if heard == kind and facts.items() <= payload.get("info", {}).items():
                return dict(payload["info"])

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _on_connected(self, data: str) -> None:
        assert self._pusher is not None
        available = self.channels(json.loads(data)["socket_id"])
        broadcast = next(each for each in available if "broadcast" in each["channel_name"])
        private = next(each for each in available if "broadcast" not in each["channel_name"])
        for declared in (broadcast, private):
            channel = self._pusher.subscribe(declared["channel_name"])
            for event in declared["binding_events"]:
                channel.bind(event["name"], self._on_message)
            if declared is private:
                channel.bind("pusher_internal:subscription_succeeded", lambda data: self._is_subscribed.set())

    def _on_message(self, data: str) -> None:
        message = json.loads(data)
        self.heard.put((message["change_type"], json.loads(base64.b64decode(message["payload"]))))


def first_moneyline(client: SampleClient) -> list[list[dict[str, Any]]]:
    """The two sides of the first quoted moneyline of an event that has not started, found like the guide's seeding does."""
    valid = client.get("mm/get_price_ladder")["data"]
    assert 100 in valid
    tournaments = client.get("mm/get_tournaments")["data"]["tournaments"]
    ids = ",".join(str(each["id"]) for each in tournaments)
    assert ids
    for tournament in tournaments:
        reply = requests.get(
            f"{client.base}/mm/get_sport_events",
            params={"tournament_id": tournament["id"]},
            headers=client.headers(),
            timeout=PATIENCE,
        )
        if reply.status_code == 429:
            continue
        events = [each for each in reply.json()["data"]["sport_events"] or () if each["status"] == "not_started"]
        if not events:
            continue
        by_id = client.get("mm/get_multiple_markets", event_ids=",".join(str(each["event_id"]) for each in events))
        for event in reversed(events):
            for market in by_id["data"][str(event["event_id"])] or ():
                sides = market.get("selections")
                if market["type"] == "moneyline" and sides and len(sides) == 2 and sides[0][0]["price"]:
                    return list(sides)
    raise AssertionError("no quoted moneyline before its start")


def test_the_vendors_sample_client_trades_against_the_practice_exchange() -> None:
    with Child("--stay", "--rate", "20") as child:
        client = SampleClient(child.ready)
        client.login()
        balance = client.get("mm/get_balance")["data"]["balance"]
        sides = first_moneyline(client)
        client.listen()
        strike_id, price = sides[0][0]["strike_id"], sides[0][0]["price"]

        taken = client.post("mm/place_order", {"external_id": "s-1", "strike_id": strike_id, "price": price, "quantity": 1.0})
        filled = client.hear("wager", external_id="s-1", matching_status="fully_matched")
        rested = client.post("mm/place_order", {"external_id": "s-2", "strike_id": strike_id, "price": 25_000, "quantity": 1.0})
        client.hear("wager", external_id="s-2", status="open")
        wager = client.post("mm/place_wager", {"external_id": "s-3", "line_id": strike_id, "odds": 25_000, "stake": 1.0})
        client.hear("wager", external_id="s-3", status="open")
        batch = client.post(
            "mm/place_batch_orders",
            {"data": [{"external_id": "s-1", "strike_id": strike_id, "price": price, "quantity": 1.0}]},
        )
        cancelled = cancel(client, "mm/cancel_order", {"external_id": "s-2", "order_id": rested["order"]["id"]})
        scrapped = cancel(client, "mm/cancel_wager", {"external_id": "s-3", "wager_id": wager["wager"]["id"]})
        client.stop()

    assert balance == 10_000
    assert taken["order"]["id"] == filled["id"] == filled["order_id"]
    assert filled["matched_stake"] == filled["filled_quantity"] == 1
    assert batch["failed_orders"][0]["error"] == "order_external_id_existed"
    assert (cancelled["order"]["status"], scrapped["wager"]["status"]) == ("canceled", "canceled")


def cancel(client: SampleClient, path: str, body: dict[str, str]) -> dict[str, Any]:
    """The guide cancels long after placing; right after opening the venue asks for another try."""
    attempts = threading.Event()
    for _ in range(20):
        reply = requests.post(f"{client.base}/{path}", json=body, headers=client.headers(), timeout=PATIENCE)
        if reply.status_code != 425:
            return dict(reply.json()["data"])
        attempts.wait(0.1)
    raise AssertionError("the order stayed in its first queue")

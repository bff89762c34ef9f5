"""Registering a partner's public keys: what is taken, and by which name everything else is refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from app.practice.exchange import Exchange
from app.practice.model import RefusalError
from app.practice.wire.application import Wire
from app.practice.wire.omnibus_keys import MOST_KEYS, PartnerKeys, Registered
from tests.practice.kit import KEYS, Api, HandClock
from tests.practice.partner import BALANCE, KEYS_PATH, Desk, pem_of, rsa_key, told

ID = re.compile(r"[a-v2-7]{20}")
SPKI = PublicFormat.SubjectPublicKeyInfo


@pytest.fixture
async def desk(exchange: Exchange, clock: HandClock) -> AsyncIterator[Desk]:
    one = Desk(exchange, clock)
    yield one
    await one.http.aclose()


def private(form: PrivateFormat, passphrase: bytes = b"") -> str:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return rsa_key(1).private_bytes(Encoding.PEM, form, encryption).decode()


def public(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | dsa.DSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, SPKI).decode()


def certificate() -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, rsa_key(1).public_key(), 7, start, start + timedelta(days=9)).sign(rsa_key(1), SHA256())
    return built.public_bytes(Encoding.PEM).decode()


def block(middle: str) -> str:
    return f"-----BEGIN PUBLIC KEY-----\n{middle}\n-----END PUBLIC KEY-----\n"


async def test_a_key_is_registered_under_the_partners_issuer(desk: Desk) -> None:
    reply = await desk.import_key(pem_of(rsa_key(1)), " Trading desk ")

    data = reply.json()["data"]
    assert reply.status_code == 200
    assert data.keys() == {"issuer_id", "key_id", "name"}
    assert (data["issuer_id"], data["name"]) == (desk.partner.issuer_id, "Trading desk")
    assert ID.fullmatch(data["issuer_id"])
    assert ID.fullmatch(data["key_id"])
    assert data["issuer_id"] != data["key_id"]


@pytest.mark.parametrize("bits", [2048, 3072])
async def test_a_registered_key_opens_the_account(desk: Desk, bits: int) -> None:
    reply = await desk.import_key(pem_of(rsa_key(1, bits)))

    desk.issuer = reply.json()["data"]["issuer_id"]
    assert told(await desk.send(desk.token(bits=bits))) == (200, "")


async def test_lines_may_end_as_on_windows_and_blank_lines_may_stand_around(desk: Desk) -> None:
    assert told(await desk.import_key("\n\n" + pem_of(rsa_key(1)).replace("\n", "\r\n") + "\r\n")) == (200, "")


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda: None, 400, "invalid_public_key"),
        (lambda: "", 400, "invalid_public_key"),
        (lambda: 7, 400, "invalid_public_key"),
        (lambda: pem_of(rsa_key(1)) + "\n" * 10_000, 400, "invalid_public_key"),
        (lambda: "ssh-rsa AAAA", 400, "public_key_not_pem"),
        (lambda: pem_of(rsa_key(1)).split("\n", 1)[1], 400, "public_key_not_pem"),
        (lambda: "my key:\n" + pem_of(rsa_key(1)), 400, "public_key_not_pem"),
        (lambda: pem_of(rsa_key(1)) + "thanks", 400, "public_key_not_pem"),
        (lambda: "\ufeff" + pem_of(rsa_key(1)), 400, "public_key_not_pem"),
        (lambda: pem_of(rsa_key(1)) + pem_of(rsa_key(2)), 400, "public_key_not_pem"),
        (lambda: pem_of(rsa_key(1), PublicFormat.PKCS1), 400, "public_key_not_spki"),
        (certificate, 400, "public_key_is_certificate"),
        (lambda: private(PrivateFormat.PKCS8), 400, "private_key_sent"),
        (lambda: private(PrivateFormat.TraditionalOpenSSL), 400, "private_key_sent"),
        (lambda: private(PrivateFormat.PKCS8, b"open"), 400, "private_key_sent"),
        (lambda: private(PrivateFormat.OpenSSH), 400, "private_key_sent"),
        (lambda: pem_of(rsa_key(1)) + private(PrivateFormat.PKCS8), 400, "private_key_sent"),
        (lambda: block("bm90IGEga2V5"), 400, "public_key_unreadable"),
        (lambda: block("%%%"), 400, "public_key_unreadable"),
        (lambda: block(""), 400, "public_key_unreadable"),
        (lambda: pem_of(rsa_key(1))[:100] + "\n-----END PUBLIC KEY-----", 400, "public_key_unreadable"),
        (lambda: public(ec.generate_private_key(ec.SECP256R1()).public_key()), 400, "public_key_not_rsa"),
        (lambda: public(ed25519.Ed25519PrivateKey.generate().public_key()), 400, "public_key_not_rsa"),
        (lambda: public(dsa.generate_private_key(1024).public_key()), 400, "public_key_not_rsa"),
        (lambda: pem_of(rsa_key(1, 1024)), 400, "public_key_too_small"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_everything_else_is_refused_by_its_name(desk: Desk, make: Callable[[], object], status: int, code: str) -> None:
    reply = await desk.import_key(make())

    assert told(reply) == (status, code)
    assert (await desk.as_partner("GET", KEYS_PATH)).json() == {"data": []}


async def test_a_key_of_2047_bits_is_too_small_and_its_size_is_said(desk: Desk) -> None:
    reply = await desk.import_key(pem_of(rsa_key(1, 2047)))

    assert told(reply) == (400, "public_key_too_small")
    assert "2047 bits" in reply.json()["message"]


@pytest.mark.parametrize("name", [None, "", "  ", 7, "x" * 101])
async def test_a_key_has_a_name(desk: Desk, name: object) -> None:
    assert told(await desk.import_key(pem_of(rsa_key(1)), name)) == (400, "invalid_name")


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
async def test_a_body_that_cannot_be_read_is_no_key(desk: Desk, body: bytes) -> None:
    assert told(await desk.as_partner("POST", KEYS_PATH, content=body)) == (400, "invalid_request")


async def test_a_key_is_registered_once_however_it_is_written(desk: Desk) -> None:
    await desk.add_key(1)

    assert told(await desk.import_key(pem_of(rsa_key(1)).replace("\n", "\r\n"), "again")) == (409, "public_key_exists")


def test_twenty_keys_are_enough_and_a_deleted_one_makes_room() -> None:
    kept = [Registered(f"key-{n}", f"key {n}", pem_of(rsa_key(1)), 7) for n in range(MOST_KEYS - 1)]
    keys = PartnerKeys("issuer", saved=msgspec.json.encode(kept))
    keys.add("the last", pem_of(rsa_key(2)), 7)

    with pytest.raises(RefusalError, match="keypair_num_exceed"):
        keys.add("one more", pem_of(rsa_key(3)), 7)
    keys.remove("key-3")
    assert keys.add("one more", pem_of(rsa_key(3)), 7) in keys.registered


async def test_keys_are_listed_oldest_first_with_their_fingerprints(desk: Desk) -> None:
    await desk.add_key(1)
    first = desk.key_id
    await desk.add_key(2)

    rows = (await desk.as_partner("GET", KEYS_PATH)).json()["data"]

    assert [row["key_id"] for row in rows] == [first, desk.key_id]
    assert {row["issuer_id"] for row in rows} == {desk.issuer}
    assert rows[0].keys() == {"issuer_id", "key_id", "name", "fingerprint", "created_at"}
    assert re.fullmatch(r"[0-9a-f]{64}", rows[0]["fingerprint"])
    assert rows[0]["fingerprint"] != rows[1]["fingerprint"]
    assert rows[0]["created_at"].endswith("Z")


async def test_a_deleted_key_opens_nothing_from_then_on(desk: Desk) -> None:
    await desk.add_key(1)
    await desk.add_key(2)

    reply = await desk.as_partner("DELETE", f"{KEYS_PATH}/{desk.key_id}")

    assert (reply.status_code, reply.json()) == (200, {"data": {"success": True}})
    assert told(await desk.send(desk.token(key=2))) == (401, "bad_signature")
    assert told(await desk.send(desk.token(key=2, header={"kid": desk.key_id}))) == (401, "unknown_key")
    assert told(await desk.send(desk.token(key=1))) == (200, "")


async def test_the_issuer_of_no_key_is_unknown(desk: Desk) -> None:
    await desk.add_key(1)
    await desk.as_partner("DELETE", f"{KEYS_PATH}/{desk.key_id}")

    assert told(await desk.ask()) == (401, "unknown_issuer")


async def test_a_key_that_is_not_there_cannot_be_deleted(desk: Desk) -> None:
    assert told(await desk.as_partner("DELETE", f"{KEYS_PATH}/aaaaaaaaaaaaaaaaaaaa")) == (404, "key_not_found")


@pytest.mark.parametrize(("method", "path"), [("POST", KEYS_PATH), ("GET", KEYS_PATH), ("DELETE", f"{KEYS_PATH}/a")])
async def test_keys_are_the_partners_alone(desk: Desk, api: Api, method: str, path: str) -> None:
    await desk.add_key(1)

    for header in (
        "",
        f"Bearer {desk.token()}",
        f"Bearer {api.token}",
        f"Basic {desk.partner.token}",
        "Bearer ",
        f"Bearer {desk.partner.token}x",
    ):
        reply = await desk.http.request(method, path, headers={"Authorization": header} if header else {}, json={})
        assert told(reply) == (401, "unauthorized")


async def test_an_exchange_without_a_partner_takes_nobody_for_one(exchange: Exchange, clock: HandClock, desk: Desk) -> None:
    wire = Wire(exchange, KEYS, clock, host="127.0.0.1", port=4321)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=wire.app), base_url="http://practice") as http:
        for header in ("Bearer ", "Bearer", ""):
            assert told(await http.get(KEYS_PATH, headers={"Authorization": header})) == (401, "unauthorized")
        reply = await http.get(BALANCE, headers={"Authorization": f"Bearer {desk.token(iss='')}"})

    assert told(reply) == (401, "unknown_issuer")


def test_registered_keys_survive_being_saved() -> None:
    kept: list[bytes] = []
    keys = PartnerKeys("issuer", kept.append)
    first, second = (keys.add(f"key {n}", pem_of(rsa_key(n)), 7) for n in (1, 2))
    keys.remove(first.key_id)

    again = PartnerKeys("issuer", saved=kept[-1])

    assert again.registered == [second]
    assert len(again.verifying("issuer", second.key_id)) == 1


def test_a_key_that_cannot_be_saved_is_not_registered() -> None:
    def full(_saved: bytes) -> None:
        raise RefusalError("internal_error")

    keys = PartnerKeys("issuer", full)

    with pytest.raises(RefusalError, match="internal_error"):
        keys.add("key", pem_of(rsa_key(1)), 7)
    assert keys.registered == []
    with pytest.raises(RefusalError, match="unknown_issuer"):
        keys.verifying("issuer")


async def test_the_truth_log_tells_of_a_key_and_never_what_it_or_a_token_was(desk: Desk) -> None:
    token = desk.token
    await desk.add_key(1)
    used = token()
    await desk.send(used)
    await desk.import_key(private(PrivateFormat.PKCS8))

    lines: list[Any] = desk.wire.truth.lines
    assert [(line.method, line.name, line.verdict, line.status) for line in lines] == [
        ("POST", "omnibus.add_key", "accepted", 200),
        ("GET", "omnibus.balance", "accepted", 200),
        ("POST", "omnibus.add_key", "private_key_sent", 400),
    ]
    assert {line.user for line in lines} == {desk.partner.user_id}
    for secret in (desk.partner.token, used, used.split(".")[2], "BEGIN", desk.issuer):
        assert secret not in str(lines)

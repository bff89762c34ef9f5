"""MPEG transport streams, as far as moving one in time needs them (ISO/IEC 13818-1, 2.4.3).

A clip that repeats jumps back in time at its seam. FFmpeg's HLS reader, which Qt plays with, does not mind EXT-X-DISCONTINUITY:
it takes the timestamps as they come, and pictures of the past are late ones. So every copy of a segment is written with the time
it is shown at, and with the packet counters that follow those of the segment before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

PACKET = 188
SYNC = 0x47
TICKS = 90_000
"""A second, in the unit of every timestamp."""

_WRAP = 1 << 33


class TransportError(ValueError):
    """These bytes are no transport stream."""


def counted(stream: bytes) -> Counter[int]:
    """How many packets with a payload each stream in it has, by PID: how far their counters go on. TransportError."""
    if not stream or len(stream) % PACKET:
        raise TransportError(f"{len(stream)} bytes are not a whole number of packets of {PACKET}")
    found: Counter[int] = Counter()
    for start in range(0, len(stream), PACKET):
        if stream[start] != SYNC:
            raise TransportError(f"The packet at byte {start} does not begin as one")
        if stream[start + 3] & 0x10:
            found[_pid(stream, start)] += 1
    return found


def moved(stream: bytes, ticks: int, counters: Mapping[int, int]) -> bytes:
    """The same stream `ticks` later, its packets counted on from `counters`: the number of each PID's first packet, modulo 16."""
    copy = bytearray(stream)
    numbers = dict(counters)
    for start in range(0, len(copy), PACKET):
        pid = _pid(copy, start)
        has_payload = bool(copy[start + 3] & 0x10)
        number = numbers.get(pid, 0)
        copy[start + 3] = copy[start + 3] & 0xF0 | (number if has_payload else number - 1) % 16
        numbers[pid] = number + has_payload
        _move_clock(copy, start, ticks)
        if has_payload and copy[start + 1] & 0x40:
            _move_header(copy, _payload(copy, start), start + PACKET, ticks)
    return bytes(copy)


def _pid(stream: bytes | bytearray, start: int) -> int:
    return (stream[start + 1] & 0x1F) << 8 | stream[start + 2]


def _payload(stream: bytearray, start: int) -> int:
    """Where a packet's payload begins."""
    return start + 4 + (1 + stream[start + 4] if stream[start + 3] & 0x20 else 0)


def _move_clock(stream: bytearray, start: int, ticks: int) -> None:
    """The program's clock, in the packets that have one: 33 bits of ticks, and 9 of a finer unit that stay."""
    if not _has_clock(stream, start):
        return
    place = slice(start + 6, start + 11)
    word = int.from_bytes(stream[place], "big")
    base = ((word >> 7) + ticks) % _WRAP
    stream[place] = (base << 7 | word & 0x7F).to_bytes(5, "big")


def _has_clock(stream: bytes | bytearray, start: int) -> bool:
    return bool(stream[start + 3] & 0x20) and stream[start + 4] >= 7 and bool(stream[start + 5] & 0x10)


def _move_header(stream: bytearray, at: int, end: int, ticks: int) -> None:
    """When a picture or a sound is shown and decoded, in the header it begins with; tables have none."""
    if end - at < 14 or stream[at : at + 3] != b"\x00\x00\x01":
        return
    stamps = stream[at + 7] >> 6
    if stamps & 0b10:
        _move_stamp(stream, at + 9, ticks)
    if stamps == 0b11 and end - at >= 19:
        _move_stamp(stream, at + 14, ticks)


def _move_stamp(stream: bytearray, at: int, ticks: int) -> None:
    """33 bits in 5 bytes: 3, 15 and 15 of them with a bit of 1 behind each."""
    stamp = (_stamp(stream, at) + ticks) % _WRAP
    stream[at] = stream[at] & 0xF1 | stamp >> 30 << 1
    stream[at + 1 : at + 3] = ((stamp >> 15 & 0x7FFF) << 1 | 1).to_bytes(2, "big")
    stream[at + 3 : at + 5] = ((stamp & 0x7FFF) << 1 | 1).to_bytes(2, "big")


def _stamp(stream: bytes | bytearray, at: int) -> int:
    middle, low = int.from_bytes(stream[at + 1 : at + 3], "big"), int.from_bytes(stream[at + 3 : at + 5], "big")
    return (stream[at] >> 1 & 0x07) << 30 | (middle >> 1) << 15 | low >> 1


def shown_at(stream: bytes, pid: int) -> list[int]:
    """The time (ticks) each picture or sound of one PID is shown at, in the order of the packets."""
    found = []
    for start in range(0, len(stream), PACKET):
        packet = bytearray(stream[start : start + PACKET])
        if _pid(packet, 0) != pid or not packet[1] & 0x40 or not packet[3] & 0x10:
            continue
        at = _payload(packet, 0)
        if packet[at : at + 3] == b"\x00\x00\x01" and packet[at + 7] & 0x80:
            found.append(_stamp(packet, at + 9))
    return found


def clocks(stream: bytes) -> list[int]:
    """The program's clock (ticks) wherever it is told."""
    starts = range(0, len(stream), PACKET)
    return [int.from_bytes(stream[start + 6 : start + 11], "big") >> 7 for start in starts if _has_clock(stream, start)]

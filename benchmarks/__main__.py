"""Measures and prints: `python -m benchmarks [BENCH …] [--quick] [--out FILE]`; all benches by default.

Every figure is a ratio against a named peer measured in the same run, in turns; absolute figures stand beside it. Nothing passes or fails.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks import capacity, commits, decode, orders, paint, receiver, seeding, start, streams, video
from benchmarks.painting import Way
from benchmarks.viewing import Way as Showing

OUT = Path("build/bench.json")
QUICK_PLAN = ((500.0, (Way.SHIPPED, Way.EACH), 1),)
QUICK_SHOW = ((500.0, tuple(Showing), 1),)


class Machine(msgspec.Struct, frozen=True):
    """What the absolute figures depend on. `load` is the run queue's length over the last minute."""

    processor: str
    cores: int
    system: str
    python: str
    packages: dict[str, str]
    load: float
    at: str


class Report(msgspec.Struct, omit_defaults=True):
    machine: Machine
    seconds: float = 0.0
    decode: decode.Decoded | None = None
    paint: paint.Painted | None = None
    start: start.Started | None = None
    orders: orders.Ordered | None = None
    seeding: seeding.Seeded | None = None
    capacity: capacity.Capacity | None = None
    streams: streams.Followed | None = None
    video: video.Shown | None = None
    receiver: receiver.Flooded | None = None


def machine() -> Machine:
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        system=platform.platform(terse=True),
        python=platform.python_version(),
        packages={name: version(name) for name in ("PySide6", "qasync", "msgspec", "pysher", "httpx", "orjson", "pydantic", "websockets")},
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _processor() -> str:
    """Linux knows the model's name; elsewhere the architecture must do."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def show(rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; the first to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        print("  " + "   ".join(cells).rstrip())


def run_decode(report: Report, *, is_quick: bool) -> None:
    found = report.decode = decode.measure(5, 50) if is_quick else decode.measure()
    print(f"\nDecode one depth message ({found.frame_bytes:,} bytes, three layers, {found.levels} levels)")
    show(decode.table(found))


def run_paint(report: Report, *, is_quick: bool) -> None:
    found = report.paint = paint.measure(QUICK_PLAN, 0.5) if is_quick else paint.measure()
    print(f"\nSend to paint, {found.rows} rows on screen (each: every message; own: those whose own book was drawn)")
    show(paint.table(found))
    for rate, cpu in found.cpu_ratio.items():
        print(f"  at {float(rate):,.0f}/s the peer takes {cpu.text(' ×', 2)} our CPU and {found.p99_ratio[rate].text(' ×', 2)} our p99")


def run_start(report: Report, *, is_quick: bool) -> None:
    found = report.start = start.measure(1) if is_quick else start.measure()
    print(f"\nCold start, {found.rounds} rounds")
    show(start.table(found))
    print(f"  our window takes {found.window_ratio.text(' ×', 2)} the bare one")
    print(f"  starting the exchange too takes {found.price_ratio.text(' ×', 2)} the time to the first live price")


def run_orders(report: Report, *, is_quick: bool) -> None:
    found = report.orders = orders.measure(20, 20) if is_quick else orders.measure()
    print(f"\nOne order, {found.orders} by each way, to a venue on this computer that accepts at once")
    show(orders.table(found))
    print(f"\nCommit, {found.commit.commits} by each way, in {orders.FOLDER.absolute()}")
    show(commits.table(found.commit))
    print(f"  the same without the change of thread: the defaults take {found.commit.file_ratio.text(' ×', 2)}")
    print(
        "  The Trading API's authorisation is a bearer token, which is part of every figure above. B2B wants an RS256 JWT a request, which"
    )
    print(f"  is not: signing one (RSA {commits.BITS}) takes {found.signature.p50:,.0f} µs, p99 {found.signature.p99:,.0f} µs.")


def run_seeding(report: Report, *, is_quick: bool) -> None:
    found = report.seeding = seeding.measure(seeding.OWN[0] + 1, seeding.OWN[1] + 2, 2) if is_quick else seeding.measure()
    print(f"\nRead {found.events} events with their {found.selections:,} selections from a venue that answers each path once a second")
    show(seeding.table(found))


def run_capacity(report: Report, *, is_quick: bool) -> None:
    found = report.capacity = capacity.measure(1, (10, 100), (20, 100)) if is_quick else capacity.measure()
    print(f"\nKeep {found.selections:,} selections, three levels a side")
    show(capacity.table(found))
    show(capacity.crowd_table(found))


def run_streams(report: Report, *, is_quick: bool) -> None:
    found = report.streams = streams.measure(streams.QUICK) if is_quick else streams.measure()
    print(f"\nA stream from the socket to the store, {found.frame_bytes:,} bytes a message, as fast as it is taken")
    show(streams.table(found))
    if found.dead:
        print(f"  A dead line is one that keeps its socket open and says nothing; nobody was waited for longer than {streams.CAP:.0f} s.")


def run_video(report: Report, *, is_quick: bool) -> None:
    found = report.video = video.measure(QUICK_SHOW, 0.5) if is_quick else video.measure()
    print("\nThe league's video (640 x 360, 30 pictures a second) beside prices")
    show(video.table(found))
    for peer, cpu in found.cpu_ratio.items():
        late = found.late_ratio[peer].text(" ×", 2)
        print(f"  at {found.rate:,.0f}/s {video.WORDS[Showing(peer)]} takes {cpu.text(' ×', 2)} our CPU and {late} our loop's p99")


def run_receiver(report: Report, *, is_quick: bool) -> None:
    found = report.receiver = receiver.measure(200.0, 1.0) if is_quick else receiver.measure()
    print(f"\n{found.rate:,.0f} webhooks a second for {found.seconds:.0f} s at the receiver's process")
    show(receiver.table(found))
    p50, p99, cpu = (one.text(" ×", 2) for one in (found.p50_ratio, found.p99_ratio, found.cpu_ratio))
    print(f"  the peer takes {p50} our p50, {p99} our p99 and {cpu} our CPU")


BENCHES: dict[str, Callable[..., None]] = {
    "decode": run_decode,
    "paint": run_paint,
    "start": run_start,
    "orders": run_orders,
    "seeding": run_seeding,
    "capacity": run_capacity,
    "streams": run_streams,
    "video": run_video,
    "receiver": run_receiver,
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the terminal against named peers.")
    parser.add_argument("bench", nargs="*", choices=[*BENCHES, []], help="which (all by default)")
    parser.add_argument("--quick", action="store_true", help="a tiny size: shows that it works, says nothing")
    parser.add_argument("--out", type=Path, default=OUT, help="where the JSON goes (%(default)s)")
    told = parser.parse_args(arguments)
    begun = time.monotonic()
    report = Report(machine())
    print(f"{report.machine.processor}, {report.machine.cores} cores, {report.machine.system}, Python {report.machine.python}")
    print("Medians (and what eight of ten rounds lie between); ratios are peer over ours.")
    for name in told.bench or BENCHES:
        BENCHES[name](report, is_quick=told.quick)
    report.seconds = round(time.monotonic() - begun, 1)
    told.out.parent.mkdir(parents=True, exist_ok=True)
    told.out.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    print(f"\n{told.out} written after {report.seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Writes tour.pcapng and tour.truth.ndjson: a minute at a small shop, seen from the office's uplink.

Everybody and everything in it is made up; addresses and names are those set aside for documentation. The same
bytes come out each time (with zlib; another deflater compresses differently, and as rightly).

    python3 sample-pcaps/make-tour.py
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from tour import machines, people, wire  # noqa: E402
from tour.hosts import HOSTS  # noqa: E402
from tour.talk import START, Tour  # noqa: E402

SCENES = [
    people.pages, people.chat, machines.ticker, people.orders,
    machines.boiler, people.handbook, machines.monitor, machines.broken,
]  # fmt: skip


def main():
    tour = Tour()
    for scene in SCENES:
        scene(tour)
    tour.run()
    epoch = int(START.timestamp() * 1000) * 1_000_000
    here = Path(__file__).resolve().parent
    capture = wire.pcapng(
        [(epoch + round(time * 1e9), data, comment) for time, data, comment in tour.packets],
        HOSTS,
        about=b"A made-up minute at a small shop, seen from its uplink",
        program=b"make-tour.py",
        interface=b"eth0",
        description=b"Office uplink (mirror port)",
    )
    (here / "tour.pcapng").write_bytes(capture)
    tour.truth.sort(key=lambda event: event["t"])
    lines = (json.dumps({"n": number, **event}, separators=(",", ":")) for number, event in enumerate(tour.truth))
    (here / "tour.truth.ndjson").write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    main()

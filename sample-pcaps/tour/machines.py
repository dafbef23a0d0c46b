"""The scenes among machines: prices, a boiler, a health check, and a client library with faults."""

import itertools
import struct

from tour.hosts import *  # noqa: F403
from tour.talk import DEFLATE, START, Talk, text
from tour.wire import BINARY, CLIENT, CLOSE, CONTINUATION, PING, SERVER, close_body, frame


def ticker(tour):
    """Prices of made-up papers for the wallboard, several a second."""
    talk, prices = Talk(tour, WALL, TICKER, (44870, 80), 0.551, 0.0382), {"NRDX": 41.87, "TIDE": 128.40, "QVA": 9.315}
    prices |= {"BRMT": 302.10, "HLX": 57.66}

    def subscribe():
        talk.say(CLIENT, text({"op": "subscribe", "symbols": sorted(prices)}))
        tour.at(talk.answer_time(), tick, 0)

    def tick(number, held=False):
        symbol = talk.rng.choice(sorted(prices))
        prices[symbol] = round(prices[symbol] * (1 + talk.rng.gauss(0, 0.0004)), 3)
        price, spread = prices[symbol], 0.01
        ms = int((START.timestamp() + tour.now) * 1000)
        quote = {"s": symbol, "b": round(price - spread, 3), "a": round(price + spread, 3)}
        quote |= {"q": talk.rng.randrange(1, 60) * 25, "t": ms}
        befalls, whole = {}, True
        match number:
            case 90:
                befalls, whole = {"seen": False}, False
            case 91:
                befalls = {"comment": "The segment before this one was never captured: one quote is missing"}
            case 171 | 261:
                befalls = {"late": 0.0021, "comment": "Overtaken by the segment after it"}
            case 230:
                befalls = {"again": (0.2134,), "comment": "Sent twice: its acknowledgment was lost"}
        bundled = number % 37 in (5, 6)
        talk.say(SERVER, text(quote), road={0: befalls}, hold=bundled, whole=whole)
        quick = bundled or number in (171, 261)
        pause = 0.0003 if quick else min(talk.rng.expovariate(1 / 0.22) + 0.006, 0.9)
        if tour.now + pause < 58.2:
            tour.at(tour.now + pause, tick, number + 1)

    tour.at(0.63, lambda: tour.at(talk.upgrade("/stream", "wallboard/2.4 tungstenite/0.28"), subscribe))
    for time in (20.3, 40.3):
        tour.at(time, talk.ping, SERVER, struct.pack("!I", int(time)))
    tour.at(59.0, talk.close, CLIENT, 1000)


def boiler(tour):
    """MQTT 3.1.1 in binary messages: readings of a boiler, and a set point that comes back."""
    talk, idents = Talk(tour, BOILER, IOT, (52001, 8083), 0.034, 0.0527), itertools.count(1)

    def packet(kind, body):
        return bytes([kind, len(body)]) + body

    def string(value):
        return struct.pack("!H", len(value)) + value.encode()

    def client(data, **more):
        talk.say(CLIENT, data, BINARY, **more)

    def server(data):
        talk.say(SERVER, data, BINARY)

    def answer(data):
        tour.at(talk.answer_time(), server, data)

    def connect():
        client(packet(0x10, string("MQTT") + b"\x04\x02\x00\x0f" + string("boiler-3")))
        answer(packet(0x20, b"\x00\x00"))
        tour.at(tour.now + 0.1, subscribe)

    def subscribe():
        ident = struct.pack("!H", next(idents))
        client(packet(0x82, ident + string("plant/boiler-3/set") + b"\x01"))
        answer(packet(0x90, ident + b"\x01"))

    def reading(number):
        flow = 58.4 + number * 0.06 + talk.rng.uniform(-0.2, 0.2)
        value = text(
            {"flow": round(flow, 1), "return": round(flow - 17.6, 1), "bar": round(talk.rng.uniform(1.58, 1.63), 2)}
        )
        road = (
            {0: {"again": (0.231,), "comment": "Sent again after 231 ms without an acknowledgment"}}
            if number == 31
            else None
        )
        client(packet(0x30, string("plant/boiler-3/temperature") + value), road=road)

    def state(value):
        ident = struct.pack("!H", next(idents))
        client(packet(0x32, string("plant/boiler-3/state") + ident + value))
        answer(packet(0x40, ident))

    def set_point(value):
        ident = struct.pack("!H", 771)
        server(packet(0x32, string("plant/boiler-3/set") + ident + text({"flow": value})))
        tour.at(tour.now + 0.004, client, packet(0x40, ident))

    def alive():
        client(packet(0xC0, b""))
        answer(packet(0xD0, b""))

    def begin():
        tour.at(talk.upgrade("/mqtt", "boiler-gateway/1.9 libwebsockets/4.3.3", protocol="mqtt"), connect)

    tour.at(0.11, begin)
    for number in range(56):
        tour.at(1.4 + number * 1.03, reading, number)
    for time, value in [(2.2, b"heating"), (22.9, b"holding"), (28.1, b"heating"), (52.2, b"holding")]:
        tour.at(time, state, value)
    for time in (14.7, 29.2, 44.1):
        tour.at(time, alive)
    tour.at(27.9, set_point, 61.0)


def monitor(tour):
    """A health check that pings every three seconds; the round trips show that the road fills up for a while."""
    talk = Talk(tour, MONITOR, API, (38214, 80), 1.731, 0.0144)
    trips = [15, 16, 15, 19, 24, 31, 78, 212, 455, 310, 124, 61, 33, 18, 16, 15, 15, 17]

    def begin():
        talk.say(CLIENT, text({"check": "orders", "every": 3}))
        tour.at(talk.answer_time(), talk.say, SERVER, text({"check": "orders", "state": "up", "since": "2026-11-14"}))

    agent = "Python/3.13 websockets/15.0"
    tour.at(
        1.77, lambda: tour.at(talk.upgrade("/health", agent, extensions=f"{DEFLATE}; client_max_window_bits"), begin)
    )
    for number, trip in enumerate(trips):
        time = 3.1 + number * 3.0
        tour.at(time, lambda trip=trip: talk.ping(CLIENT, talk.rng.randbytes(4), trip / 1000))
    for time, state in [(48.43, "degraded"), (50.9, "up")]:
        tour.at(time, talk.say, SERVER, text({"check": "orders", "state": state}))
    tour.at(57.1, talk.close, CLIENT, 1000)


def broken(tour):
    """A home-made client library. The first server closes at its first fault; the second lets everything pass."""
    agent = "tinyws/0.3"
    strict = Talk(tour, DEVBOX, API, (40910, 80), 29.971, 0.0152)
    lenient = Talk(tour, DEVBOX, FEEDS, (40926, 8080), 33.112, 0.0643)

    def fault(data, comment):
        lenient.send(CLIENT, data, tour.now, {0: {"comment": comment}})

    def ask():
        strict.say(CLIENT, text({"op": "levels", "article": 20417}), key=None, comment="A client frame without a mask")
        back = strict.answer_time()
        tour.at(back, strict.control, SERVER, CLOSE, close_body(1002, "client frames must be masked"))
        tour.at(back + 0.001, lambda: strict.end(SERVER, CLIENT))

    def levels(article, count):
        lenient.say(SERVER, text({"article": article, "count": count}))

    tour.at(29.99, lambda: tour.at(strict.upgrade("/stock", agent), ask))
    tour.at(33.2, lenient.upgrade, "/stock", agent)
    tour.at(33.6, lenient.say, CLIENT, text({"op": "levels", "article": 20417}))
    tour.at(33.68, levels, 20417, 12)
    unmasked = text({"op": "levels", "article": 20418})
    tour.at(34.5, lambda: lenient.say(CLIENT, unmasked, key=None, comment="A client frame without a mask"))
    tour.at(34.59, levels, 20418, 3)
    zero = text({"op": "levels", "article": 20431})
    tour.at(35.6, lambda: lenient.say(CLIENT, zero, key=bytes(4), comment="The mask is 00000000"))
    tour.at(35.69, levels, 20431, 0)
    key = lenient.rng.randbytes
    tour.at(36.4, lambda: fault(frame(0x3, b"flush", key=key(4)), "Opcode 3 is reserved"))
    tour.at(37.3, lambda: fault(frame(0xB, b"", key=key(4)), "Opcode 11 is reserved"))
    latin = '{"op":"note","text":"Rücksendung Zürich"}'.encode("latin-1")
    tour.at(38.1, lambda: lenient.say(CLIENT, latin, comment="Text that is not UTF-8: an ü in Latin-1"))
    spare = text({"op": "levels", "article": 20440})
    wide = "A 16-bit length for a payload that 7 bits can count"
    tour.at(39.0, lambda: lenient.say(CLIENT, spare, minimal=False, comment=wide))
    tour.at(39.08, levels, 20440, 7)
    rsv = text({"op": "levels", "article": 20441})
    tour.at(40.2, lambda: lenient.say(CLIENT, rsv, rsv1=True, comment="RSV1 is set and no extension was agreed"))
    masked = text({"article": 20441, "count": 1})
    tour.at(40.29, lambda: lenient.say(SERVER, masked, key=key(4), comment="A server frame with a mask"))
    tour.at(41.1, lambda: fault(frame(PING, b"still there?", fin=False, key=key(4)), "A ping without FIN"))
    tour.at(41.9, lambda: fault(frame(CONTINUATION, b"}", key=key(4)), "A continuation of no message"))
    goodbye = close_body(1005, "no more orders")
    tour.at(43.0, lambda: lenient.control(CLIENT, CLOSE, goodbye, comment="1005 must never be on the wire"))
    tour.at(43.08, lambda: lenient.control(SERVER, CLOSE, close_body(1000)))
    tour.at(43.082, lambda: lenient.end(SERVER, CLIENT))

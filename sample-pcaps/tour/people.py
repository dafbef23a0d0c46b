"""The scenes with people in them: a web page, a chat, the orders board, the shared handbook."""

import itertools
import struct
import zlib
from datetime import timedelta

from tour.hosts import *  # noqa: F403
from tour.talk import DEFLATE, START, Talk, head, text
from tour.wire import BINARY, CLIENT, PING, SERVER


def pages(tour):
    """DNS, plain HTTP and clocks: what a capture holds besides."""
    for time, client, server in [
        (0.021, BOILER, IOT), (0.512, WALL, TICKER), (0.094, ANNA, CHAT), (1.702, MONITOR, API), (2.874, BEN, CHAT),
        (4.981, BEN, API), (7.733, CLARA, CHAT), (9.902, ANNA, COLLAB), (29.950, DEVBOX, API), (33.081, DEVBOX, FEEDS),
        (50.210, BEN, API),
    ]:  # fmt: skip
        tour.resolve(time, client, server)
    for time, client in [(6.418, BOILER), (22.907, MONITOR), (41.255, WALL)]:
        asks = struct.pack("!BBbb11I", 0x23, 0, 10, -20, *[0] * 9, 0xEC9B1A33, int(time * 1e9) & 0xFFFFFFFF)
        says = struct.pack("!BBbb11I", 0x24, 2, 10, -23, 91, 184, 0xCB00710A, *[0xEC9B1A33, 0x51EB851F] * 4)
        tour.datagrams(time, client, CLOCK, (123, 123), asks, says, 0.0231)
    talk = Talk(tour, ANNA, CHAT, (50112, 80), 0.112, 0.0243)
    page = (
        b"<!doctype html>\n<html lang=en>\n<title>Support desk</title>\n<link rel=stylesheet href=/desk.css>\n"
        b"<main id=rooms></main>\n<script type=module src=/desk.js></script>\n"
    )
    script = b"const room = new WebSocket(`ws://${location.host}/rooms/support`);\n"
    for time, path, kind, body in [
        (0.140, "/", "text/html; charset=utf-8", page),
        (0.231, "/desk.css", "text/css", b"main { display: grid; gap: 4px }\n"),
        (0.302, "/desk.js", "text/javascript", script),
    ]:
        asks = head([f"GET {path} HTTP/1.1", "Host: chat.example", f"User-Agent: {FIREFOX}", "Accept: */*"])
        says = head(["HTTP/1.1 200 OK", f"Content-Type: {kind}", f"Content-Length: {len(body)}"], body)
        tour.at(time, talk.exchange, asks, says)
    tour.at(5.4, lambda: talk.end(SERVER, CLIENT))


LINES = [
    (2.1, "anna", "Good morning ☀️ Is the orders board slow for anyone else?"),
    (5.6, "ben", "Just got in, had to sign in again. Looking 👀"),
    (7.2, "ben", "Orders board opens fine here, about 300 ms"),
    (9.7, "clara", "On my phone it's okay 📱 I'm at the workshop until ten"),
    (11.4, "anna", "Could be my Wi-Fi then. Clara, did the two Brompton rims arrive?"),
    (14.0, "clara", "Yes! Both boxes, one is dented 😕 photos later"),
    (16.2, "ben", "Order 10482, customer Müller, wants pick-up today. I told her after 14:00"),
    (18.6, "clara", "14:00 works. Going down to the cellar for the frame now, bad reception there"),
    (20.9, "anna", "Great, thank you both 🙏"),
    (23.8, "ben", "Jürgen asks whether we can ship to Tromsø 🇳🇴 before Friday"),
    (26.1, "anna", "Express is 38 €, two days. I'd say yes"),
    (30.7, "ben", "Sent him the offer ✅"),
    (34.4, "anna", "The handbook has the floor plan now, I just put it in 🗺️"),
    (39.2, "ben", "Nice. Boiler 3 looks warm again too, 61 °C"),
    (43.9, "anna", "Clara seems to have dropped off. Clara?"),
    (49.3, "ben", "Orders board just closed on me 😳 \"orders-db is restarting\""),
    (51.8, "ben", "And it's back 🎉 two orders came in meanwhile"),
    (54.6, "anna", "👍 Tea in five minutes?"),
    (56.3, "ben", "🫖"),
]  # fmt: skip


def chat(tour):
    """A room with three members; each message goes to the server, which acknowledges it and tells the others."""
    members, refs, ids = {}, itertools.count(1), itertools.count(4812)

    def tell(value, but=None):
        for name, talk in members.items():
            if name != but:
                tour.at(tour.now + talk.rtt * talk.rng.uniform(0.5, 0.6), talk.say, SERVER, text(value))

    def joined(name, talk):
        members[name] = talk
        hello = {"type": "welcome", "room": "support", "you": name, "members": sorted(members)}
        talk.say(SERVER, text(hello))
        tell({"type": "presence", "room": "support", "from": name, "state": "online"}, but=name)

    def typing(name):
        members[name].say(CLIENT, text({"type": "typing", "room": "support"}))
        tour.at(tour.now + members[name].rtt / 2, tell, {"type": "typing", "room": "support", "from": name}, name)

    def write(name, words):
        ref, talk = f"{name[0]}{next(refs)}", members[name]
        talk.say(CLIENT, text({"type": "send", "ref": ref, "room": "support", "text": words}))
        tour.at(talk.answer_time(), acknowledge, name, ref, words)

    def acknowledge(name, ref, words):
        number = next(ids)
        when = (START + timedelta(seconds=round(tour.now, 3))).isoformat(timespec="milliseconds")
        members[name].say(SERVER, text({"type": "ack", "ref": ref, "id": number}))
        line = {"type": "message", "id": number, "room": "support", "from": name, "at": when, "text": words}
        tell(line, but=name)

    def enter(name, talk, target, agent, **more):
        tour.at(talk.upgrade(target, agent, **more), joined, name, talk)

    def refused():
        body = b'{"error":"session expired"}\n'
        answer = ["HTTP/1.1 401 Unauthorized", 'WWW-Authenticate: Session realm="support"']
        answer += ["Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close"]
        back = talks["late"].upgrade(
            "/rooms/support", CHROME, lines=["Origin: http://chat.example", "Cookie: desk=7f2c91"], extensions=offer,
            refuse=head(answer, body), comments=("", "Yesterday's session: the server refuses the upgrade"),
        )  # fmt: skip
        tour.at(back + 0.001, lambda: talks["late"].end(SERVER, CLIENT))

    offer = f"{DEFLATE}; client_max_window_bits"
    talks = {
        "anna": Talk(tour, ANNA, CHAT, (50118, 80), 0.583, 0.0243),
        "late": Talk(tour, BEN, CHAT, (61507, 80), 2.902, 0.0261),
        "ben": Talk(tour, BEN, CHAT, (61511, 80), 3.844, 0.0261),
        "clara": Talk(tour, CLARA, CHAT, (57330, 80), 7.761, 0.0794),
    }
    origin = ["Origin: http://chat.example"]
    tour.at(0.61, enter, "anna", talks["anna"], "/rooms/support", FIREFOX, lines=origin, extensions=DEFLATE)
    tour.at(2.93, refused)
    signed_in = [*origin, "Cookie: desk=c03e58"]
    tour.at(3.88, enter, "ben", talks["ben"], "/rooms/support", CHROME, lines=signed_in, extensions=offer)
    tour.at(7.85, enter, "clara", talks["clara"], "/rooms/support", "Desk/3.2 CFNetwork/1568.200.51 Darwin/24.1.0")
    for time, name, words in LINES:
        tour.at(time - 1.3, typing, name)
        tour.at(time, write, name, words)
    for time in (15.6, 30.6, 45.6):
        tour.at(time, talks["anna"].ping, SERVER, b"desk")
        tour.at(time + 3.2, talks["ben"].ping, SERVER, b"desk")
    # Clara goes down to the cellar: nothing reaches her phone any more, and after four tries the server gives up.
    gone = {0: {"again": (0.31, 0.94, 2.21, 4.73), "arrives": False, "comment": "Never answered"}}
    tour.at(22.8, talks["clara"].control, SERVER, PING, b"desk", gone)
    tour.at(36.9, members.pop, "clara")
    talks["clara"].reset(SERVER, 37.0, "The server gives the silent phone up, without a Close")
    tour.at(57.8, talks["anna"].close, CLIENT, 1001)
    tour.at(57.8, members.pop, "anna")
    tour.at(58.9, talks["ben"].close, CLIENT, 1000, "see you tomorrow")


def orders(tour):
    """graphql-transport-ws: a query, a subscription, the server's failure, and the reconnect."""
    query = "query Recent($first: Int!) { orders(first: $first) { id customer total state } }"
    watch = "subscription Changed { orderChanged { id customer total state } }"
    changes = [
        (10479, "Okafor", 64.9, "PACKED"), (10482, "Müller", 389.0, "PAID"), (10480, "Lindqvist", 18.5, "SHIPPED"),
        (10483, "Jürgens", 742.0, "OFFERED"), (10479, "Okafor", 64.9, "SHIPPED"), (10481, "Rossi", 129.0, "PAID"),
        (10482, "Müller", 389.0, "READY"), (10481, "Rossi", 129.0, "PACKED"), (10483, "Jürgens", 742.0, "PAID"),
        (10484, "Nakamura", 33.2, "PAID"), (10485, "Haddad", 215.4, "PAID"),
    ]  # fmt: skip
    rows = [dict(zip(("id", "customer", "total", "state"), row, strict=True)) for row in changes]

    def client(talk, value):
        talk.say(CLIENT, text(value))

    def server(talk, value, **more):
        talk.say(SERVER, text(value), **more)

    def answer(talk, *values):
        for value in values:
            tour.at(talk.answer_time(0.006), server, talk, value)

    def begin(talk, first):
        client(talk, {"type": "connection_init", "payload": {"device": "orders-board"}})
        answer(talk, {"type": "connection_ack"})
        tour.at(tour.now + 0.09, ask, talk, first)

    def ask(talk, first):
        client(talk, {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": {"first": len(first)}}})
        answer(
            talk, {"id": "1", "type": "next", "payload": {"data": {"orders": first}}}, {"id": "1", "type": "complete"}
        )
        tour.at(tour.now + 0.2, client, talk, {"id": "2", "type": "subscribe", "payload": {"query": watch}})

    def change(talk, row):
        server(talk, {"id": "2", "type": "next", "payload": {"data": {"orderChanged": row}}})

    def heartbeat(talk):
        client(talk, {"type": "ping"})
        answer(talk, {"type": "pong"})

    lines, protocol = ["Origin: http://api.example"], "graphql-transport-ws"
    first = Talk(tour, BEN, API, (61518, 80), 5.012, 0.0178)
    second = Talk(tour, BEN, API, (61544, 80), 50.241, 0.0178)
    for talk, time, known in [(first, 5.05, rows[:3]), (second, 50.28, rows[-4:])]:
        tour.at(time, lambda talk=talk, known=known: tour.at(
            talk.upgrade("/graphql", CHROME, lines=lines, protocol=protocol), begin, talk, known
        ))  # fmt: skip
    for time, row in zip((8.1, 16.9, 19.4, 24.0, 27.7, 33.3, 38.8, 42.1, 46.5), rows, strict=False):
        tour.at(time, change, first, row)
    for time, row in zip((52.6, 53.1), rows[-2:], strict=True):
        tour.at(time, change, second, row)
    for time in (17.1, 29.1, 41.1):
        tour.at(time, heartbeat, first)
    nothing = {"id": "3", "type": "subscribe", "payload": {"query": "{ order(id: 10999) { total } }"}}
    tour.at(36.0, client, first, nothing)
    error = {"message": "Order 10999 does not exist", "path": ["order"], "extensions": {"code": "NOT_FOUND"}}
    tour.at(36.031, server, first, {"id": "3", "type": "error", "payload": [error]})
    tour.at(48.4, first.close, SERVER, 1011, "orders-db is restarting", "The server meets an error and says so: 1011")


HANDBOOK = [
    "Opening: switch the compressor on first, it needs four minutes.",
    "Frames go on the stand by the seat post, never by the top tube.",
    "Torque for carbon seat posts is 5 Nm with paste, never more.",
    "Write the order number on every box before it leaves the bench.",
    "Brompton rims come two to a box; open the box while the driver waits.",
    "The boiler in the cellar is number 3; 61 degrees is what the floor wants.",
    "Card payments above 500 euros need the customer's signature.",
    "Deliveries to Norway need form CN23, three copies, in the clear pouch.",
    "Helmets that fell once are not sold, not lent, and not given away.",
    "Closing: drain the compressor, lock the cage, and read the meter.",
]


def handbook(tour):
    """Collaborative editing over IPv6: a large snapshot, small updates, a picture in fragments."""
    talk = Talk(tour, ANNA6, COLLAB, (50174, 80), 9.931, 0.0312)
    clock = itertools.count(1)

    def change(author, words):
        return struct.pack("!BBIH", 2, author, next(clock), len(words)) + words

    def snapshot():
        """The document's whole history, more than 65,535 octets of it: a 64-bit length."""
        changes = []
        while sum(map(len, changes)) < 78_000:
            words = talk.rng.choice(HANDBOOK).encode()
            begin = talk.rng.randrange(len(words) - 4)
            changes.append(change(talk.rng.choice((1, 2, 3)), words[begin : begin + talk.rng.randrange(3, 60)]))
        road = {0: {"comment": "A 64-bit length: this message is longer than 65,535 bytes"}}
        road |= {17: {"late": 0.0014}, 31: {"late": 0.0402}}
        talk.say(SERVER, b"\x01" + b"".join(changes), BINARY, road=road)

    def begin():
        talk.say(CLIENT, b"\x00" + struct.pack("!I", 0), BINARY)
        tour.at(talk.answer_time(0.012), snapshot)

    def edit(side, author, words):
        talk.say(side, change(author, words), BINARY)

    def cursor(side, author, place):
        talk.say(side, struct.pack("!BBH", 3, author, place), BINARY)

    def torn():
        """A frame whose header ends one segment and whose payload begins the next."""
        update = change(2, HANDBOOK[9].encode() * 3)
        data = talk.octets(SERVER, BINARY, update)
        talk.send(SERVER, data[:3], tour.now, {0: {"comment": "The frame's header is torn over two segments"}})
        talk.send(SERVER, data[3:], tour.now)
        talk.note(SERVER, BINARY, update)

    def picture():
        """A floor plan as PNG, drawn here."""
        rows = b"".join(
            b"\x00" + bytes(
                0x30 if x in (8, 159, 311) or y in (8, 112, 191) else 0xE4 + talk.rng.randrange(10) + (x ^ y) % 7
                for x in range(320)
            )
            for y in range(200)
        )  # fmt: skip
        parts = [
            (b"IHDR", struct.pack("!IIBBBBB", 320, 200, 8, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        ]
        chunks = (
            struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))
            for kind, body in parts
        )
        image = b"\x04\x89PNG\r\n\x1a\n" + b"".join(chunks)
        lost = {1: {"again": (0.0871,), "comment": "Lost further on and sent again"}}
        talk.pieces(CLIENT, image, 4096, 0.061, lost, b"\x00\x00\x00\x07", "First of several fragments: the floor plan")

    lines = ["Origin: http://collab.example"]
    tour.at(9.99, lambda: tour.at(
        talk.upgrade("/docs/handbook", FIREFOX, lines=lines, protocol="handbook.v2"), begin
    ))  # fmt: skip
    for number in range(46):
        time = 11.2 + number * 0.71 + talk.rng.uniform(-0.2, 0.2)
        side, author = (CLIENT, 1) if number % 3 else (SERVER, 2)
        if number % 4 == 3:
            tour.at(time, cursor, side, author, talk.rng.randrange(60, 3000))
        else:
            words = HANDBOOK[number // 4 % len(HANDBOOK)].encode()
            begins = number % 4 * 14
            tour.at(time, edit, side, author, words[begins : begins + 14])
    tour.at(24.6, torn)
    tour.at(31.9, picture)
    long = "\n".join(HANDBOOK).encode()
    tour.at(
        37.2, talk.pieces, SERVER, b"\x05" + long * 5, 700, 0.024, None, b"\x00\x00\x00\x08", "A chapter, in pieces"
    )
    tour.at(46.8, talk.close, CLIENT, 1001, "editor closed")

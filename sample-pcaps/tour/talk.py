"""The agenda of the tour, and connections that know HTTP and WebSocket and write down what they say.

Knows nothing of the story: who talks, when, and about what is told in the scenes.
"""

import base64
import hashlib
import heapq
import itertools
import json
import random
import struct
from datetime import UTC, datetime

from tour import wire
from tour.hosts import NAMES
from tour.wire import BINARY, CLIENT, CLOSE, CONTINUATION, PING, PONG, SERVER, TEXT, close_body, frame

START = datetime(2026, 11, 16, 9, 41, 7, 352_000, UTC)
DEFLATE = "permessage-deflate"


def text(value):
    """JSON as a browser writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def head(lines, body=b""):
    return "\r\n".join([*lines, "", ""]).encode() + body


class Tour:
    """The agenda of the minute, and what came of it: packets and the truth about them."""

    def __init__(self):
        self.agenda, self.order = [], itertools.count()
        self.talks, self.packets, self.truth = [], [], []

    def at(self, time, act, *args, **kwargs):
        heapq.heappush(self.agenda, (time, next(self.order), lambda: act(*args, **kwargs)))

    def run(self):
        while self.agenda:
            self.now, _, act = heapq.heappop(self.agenda)
            act()
        for talk in self.talks:
            self.packets += talk.packets()
        self.packets.sort(key=lambda packet: packet[0])

    def log(self, time, port, side, way, event, **more):
        seconds = round(START.timestamp() + time, 3)
        self.truth.append({"t": seconds, "ep": side, "conn": port, "dir": way, "ev": event, **more})

    def datagrams(self, time, source, target, ports, question, answer=None, after=0.0):
        time += random.Random(f"udp {time}").uniform(0, 0.001)
        self.packets.append((time, wire.udp(source, target, *ports, question), ""))
        if answer:
            self.packets.append((time + after, wire.udp(target, source, *reversed(ports), answer), ""))

    def resolve(self, time, client, server):
        """A DNS query and its answer (RFC 1035)."""
        rng = random.Random(f"dns {client.name} {server.name} {time}")
        six = ":" in server.address
        name = b"".join(bytes([len(label)]) + label.encode() for label in server.name.split("."))
        question = name + b"\x00" + struct.pack("!HH", 28 if six else 1, 1)
        ident = rng.getrandbits(16)
        record = struct.pack("!HHHIH", 0xC00C, 28 if six else 1, 1, 287, len(server.packed())) + server.packed()
        asks = struct.pack("!6H", ident, 0x0100, 1, 0, 0, 0) + question
        says = struct.pack("!6H", ident, 0x8180, 1, 1, 0, 0) + question + record
        self.datagrams(time, client, NAMES, (rng.randrange(32768, 60999), 53), asks, says, rng.uniform(0.0006, 0.009))


class Talk(wire.Tcp):
    """One TCP connection of the tour, with HTTP and WebSocket in it."""

    def __init__(self, tour, client, server, ports, start, rtt):
        rng = random.Random(f"tour {ports[0]}")
        super().__init__(rng, client, server, ports, start + rng.uniform(0, 0.001), rtt)
        self.tour, self.port, self.held = tour, ports[0], {CLIENT: b"", SERVER: b""}
        self.deflate = None
        tour.talks.append(self)

    def exchange(self, request, answer, thinking=0.004, comments=("", "")):
        """An HTTP request now, and when its answer has come: the time."""
        self.send(CLIENT, request, self.tour.now, {0: {"comment": comments[0]}})
        back = self.answer_time(thinking)
        self.tour.at(back, self.send, SERVER, answer, back, {0: {"comment": comments[1]}})
        return back

    def upgrade(self, target, agent, *, lines=(), protocol=None, extensions=None, refuse=None, comments=("", "")):
        """The opening handshake of RFC 6455 4; the time at which the answer is there."""
        key = base64.b64encode(self.rng.randbytes(16)).decode()
        host = self.half[SERVER].host.name + ("" if self.half[SERVER].port == 80 else f":{self.half[SERVER].port}")
        request = [f"GET {target} HTTP/1.1", f"Host: {host}", f"User-Agent: {agent}", *lines]
        request += [f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []
        request += [f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []
        request += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        request += ["Connection: Upgrade", "Upgrade: websocket"]
        answer = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        answer += [f"Sec-WebSocket-Accept: {wire.accept(key)}"]
        answer += [f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []
        answer += [f"Sec-WebSocket-Extensions: {DEFLATE}"] if extensions else []
        back = self.exchange(head(request), refuse or head(answer), comments=comments)
        if refuse:
            status = int(refuse.split()[1])
            self.tour.log(back, self.port, CLIENT, "recv", "http-response", status=status)
            return back
        if extensions:
            self.deflate = {CLIENT: wire.Deflate(), SERVER: wire.Deflate()}
        self.tour.log(
            back, self.port, CLIENT, "", "open", url=target, protocol=protocol or "",
            extensions=DEFLATE if extensions else "",
        )  # fmt: skip
        return back + 0.002

    def send(self, side, data, at=None, road=None):
        # No sender is punctual to the millisecond, as the scenes are.
        super().send(side, data, at and at + self.rng.uniform(0, 0.0009), road)

    def end(self, first, second):
        self.now = max(self.now, self.tour.now)
        super().end(first, second)

    def octets(self, side, opcode, payload, **bits):
        key = self.rng.randbytes(4) if side == CLIENT else None
        return frame(opcode, payload, **{"key": key, **bits})

    def put_out(self, side, data, road=None, hold=False):
        """Sends; what is held leaves in one segment with what comes next."""
        data, self.held[side] = self.held[side] + data, b""
        if hold:
            self.held[side] = data
        else:
            self.send(side, data, self.tour.now, road)

    def say(self, side, payload, opcode=TEXT, *, road=None, hold=False, whole=True, comment="", **bits):
        """A message in one frame."""
        data = payload
        if self.deflate:
            data, bits = self.deflate[side].message(payload), {"rsv1": True, **bits}
        if comment:
            road = {0: {"comment": comment}}
        self.put_out(side, self.octets(side, opcode, data, **bits), road, hold)
        self.note(side, opcode, payload, whole)

    def note(self, side, opcode, payload, whole=True):
        more = {"b64": base64.b64encode(payload).decode()} if len(payload) <= 8192 else {}
        self.tour.log(
            self.now, self.port, side, "send", "message", opcode={TEXT: "text", BINARY: "binary"}[opcode],
            len=len(payload), sha256=hashlib.sha256(payload).hexdigest(), **more, whole=whole,
        )  # fmt: skip

    def control(self, side, opcode, payload=b"", road=None, comment=""):
        if comment:
            road = {0: {"comment": comment}}
        self.put_out(side, self.octets(side, opcode, payload), road)
        if opcode == CLOSE:
            code, reason = struct.unpack("!H", payload[:2])[0], payload[2:].decode()
            self.tour.log(self.now, self.port, side, "send", "close", code=code, reason=reason)
        else:
            name = {PING: "ping", PONG: "pong"}[opcode]
            encoded = base64.b64encode(payload).decode()
            self.tour.log(self.now, self.port, side, "send", name, len=len(payload), b64=encoded)

    def ping(self, side, payload, after=None):
        """A ping, and its pong `after` seconds (one round trip if not said)."""
        self.control(side, PING, payload)
        if side == CLIENT:
            back = self.now + after if after else self.answer_time()
            self.tour.at(back, self.control, SERVER, PONG, payload)
        else:
            self.tour.at(self.now + self.rng.uniform(0.0004, 0.003), self.control, CLIENT, PONG, payload)

    def close(self, first, code, reason="", comment=""):
        """The closing handshake of RFC 6455 7: Close, its echo, then TCP, the server first."""
        self.control(first, CLOSE, close_body(code, reason), comment=comment)
        echo = close_body(code, reason)
        if first == CLIENT:
            self.tour.at(self.answer_time(), self.control, SERVER, CLOSE, echo)
            self.tour.at(self.now + self.rtt * 1.2, lambda: self.end(SERVER, CLIENT))
        else:
            self.tour.at(self.now + 0.0007, self.control, CLIENT, CLOSE, echo)
            self.tour.at(self.now + 0.0008, lambda: self.end(SERVER, CLIENT))

    def pieces(self, side, payload, size, gap, road=None, ping=None, comment=""):
        """A binary message in fragments `gap` seconds apart, with a ping between the third and the fourth."""
        cuts = [payload[begin : begin + size] for begin in range(0, len(payload), size)]
        for number, cut in enumerate(cuts):
            opcode, last = CONTINUATION if number else BINARY, number == len(cuts) - 1
            data = self.octets(side, opcode, cut, fin=last)
            befalls = {0: {"comment": comment}} if number == 0 else road if number == 1 else None
            time = self.tour.now + number * gap
            self.tour.at(time, self.put_out, side, data, befalls)
            if last:
                self.tour.at(time, self.note, side, BINARY, payload)
            if ping and number == 2:
                self.tour.at(time + gap / 2, self.ping, side, ping)

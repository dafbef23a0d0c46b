"""Bytes of a capture made by hand: WebSocket frames, TCP connections, IP packets, pcapng blocks.

Knows the formats and how a connection behaves under a round-trip time; knows nothing of who talks to whom about what.
The observer stands beside the client: what a client sends is seen at once, what a server answers one round trip later.
"""

import base64
import hashlib
import heapq
import ipaddress
import itertools
import struct
import zlib
from dataclasses import dataclass, field

CLIENT, SERVER = "client", "server"
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
NEVER = float("inf")


# --- WebSocket, RFC 6455 and RFC 7692 ---------------------------------------------------------------------------------


def frame(opcode, payload=b"", *, fin=True, rsv1=False, key=None, minimal=True):
    """One frame as RFC 6455 5.2 draws it; `minimal=False` writes a short length in the 16-bit form."""
    first = fin << 7 | rsv1 << 6 | opcode
    size, masked = len(payload), 0x80 if key is not None else 0
    if size < 126 and minimal:
        head = struct.pack("!BB", first, masked | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, masked | 126, size)
    else:
        head = struct.pack("!BBQ", first, masked | 127, size)
    if key is None:
        return head + payload
    return head + key + bytes(octet ^ key[at & 3] for at, octet in enumerate(payload))


def close_body(code, reason=""):
    """RFC 6455 5.5.1: two octets of code, then the reason."""
    return struct.pack("!H", code) + reason.encode()


def accept(key):
    """RFC 6455 4.2.2: what a server makes of Sec-WebSocket-Key."""
    return base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()


class Deflate:
    """One side's compressor with context takeover (RFC 7692 7.2.1)."""

    def __init__(self):
        self.stream = zlib.compressobj(6, zlib.DEFLATED, -15)

    def message(self, data):
        out = self.stream.compress(data) + self.stream.flush(zlib.Z_SYNC_FLUSH)
        return out.removesuffix(b"\x00\x00\xff\xff")


# --- Ethernet, IP, UDP, TCP -------------------------------------------------------------------------------------------


@dataclass
class Host:
    name: str
    address: str
    mac: str
    ttl: int = 64
    identification: int = 0
    boot: int = 0  # the TCP timestamp clock at the start of the capture, in milliseconds

    def packed(self):
        return ipaddress.ip_address(self.address).packed


def checksum(data):
    """RFC 1071: the ones' complement sum that IPv4, UDP and TCP share."""
    data += b"\x00" * (len(data) & 1)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(source, target, protocol, body, checksum_at):
    """An Ethernet packet around `body`, whose own checksum is filled in at `checksum_at`."""
    pseudo = source.packed() + target.packed() + struct.pack("!II", len(body), protocol)
    # RFC 768: a UDP checksum of zero is sent as all ones.
    total = checksum(pseudo + body) or (0xFFFF if protocol == 17 else 0)
    body = body[:checksum_at] + struct.pack("!H", total) + body[checksum_at + 2 :]
    macs = bytes.fromhex((target.mac + source.mac).replace(":", ""))
    if ":" in source.address:
        head = struct.pack("!IHBB", 6 << 28, len(body), protocol, source.ttl) + source.packed() + target.packed()
        return macs + b"\x86\xdd" + head + body
    source.identification = (source.identification + 1) & 0xFFFF
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), source.identification, 0x4000, source.ttl, protocol, 0)
    head += source.packed() + target.packed()
    return macs + b"\x08\x00" + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def udp(source, target, source_port, target_port, payload):
    head = struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0)
    return ip(source, target, 17, head + payload, 6)


@dataclass
class Segment:
    """What one side gives to TCP at a time, and what the road does to it."""

    side: str
    flags: int
    payload: bytes = b""
    comment: str = ""
    seen: bool = True  # false: the network delivered it, the capture missed it
    late: float = 0.0  # seconds by which it is overtaken
    again: tuple = ()  # seconds after which it is sent again
    arrives: bool = True  # false: no copy ever reaches the other side


@dataclass
class Half:
    host: Host
    port: int
    sequence: int
    window: int
    sent: list = field(default_factory=list)  # (arrival, end, timestamp), in sequence order
    taken: int = 0  # how many of the peer's segments it has, without a hole
    acknowledged: int = 0


class Tcp:
    """A connection: segments are put in with `send`, packets come out of `packets`."""

    def __init__(self, rng, client, server, ports, start, rtt):
        self.rng, self.rtt, self.now = rng, rtt, start
        self.order, self.todo = itertools.count(), []
        self.half = {
            CLIENT: Half(client, ports[0], rng.getrandbits(32), 502),
            SERVER: Half(server, ports[1], rng.getrandbits(32), 509),
        }
        self.segment_size = 1428 if ":" in client.address else 1448
        self.put(start, Segment(CLIENT, SYN))
        self.put(start + rtt, Segment(SERVER, SYN | ACK))
        self.now += rtt + 0.0002

    def put(self, time, what):
        heapq.heappush(self.todo, (time, next(self.order), what))

    def answer_time(self, thinking=0.001):
        """When the server's answer to what the client just sent is seen."""
        return self.now + self.rtt * self.rng.uniform(1.0, 1.12) + thinking * self.rng.uniform(0.5, 1.8)

    def send(self, side, data, at=None, road=None):
        """Puts bytes on their way; `road` maps the number of a segment to what befalls it."""
        self.now = max(self.now + 0.00002, at or 0)
        flight, left = 10, 10  # RFC 6928: ten segments first, then twice as many each round trip
        for number, begin in enumerate(range(0, len(data), self.segment_size)):
            if left == 0:
                flight, left = flight * 2, flight * 2
                self.now += self.rtt
            left -= 1
            piece = data[begin : begin + self.segment_size]
            last = begin + self.segment_size >= len(data)
            self.put(self.now, Segment(side, ACK | (PSH if last else 0), piece, **(road or {}).get(number, {})))
            self.now += 0.000014 if side == CLIENT else 0.00012

    def end(self, first, second):
        """Both FINs; RFC 6455 7.1.1 wants the server's first."""
        self.now += self.rtt if first == SERVER else 0.0003
        self.put(self.now, Segment(first, FIN | ACK))
        self.now += self.rtt if second == SERVER else 0.0003
        self.put(self.now, Segment(second, FIN | ACK))

    def reset(self, side, at, comment=""):
        self.put(at, Segment(side, RST | ACK, comment=comment))

    def packets(self):
        """Yields (time, bytes, comment); acknowledgments arise where no data carries them."""
        ends = {CLIENT: self.half[CLIENT].sequence, SERVER: self.half[SERVER].sequence}
        while self.todo:
            time, _, what = heapq.heappop(self.todo)
            if isinstance(what, str):
                if self.received(what, time) > self.half[what].acknowledged:
                    yield time, self.packet(time, Segment(what, ACK), ends[what]), ""
                continue
            side, peer = what.side, SERVER if what.side == CLIENT else CLIENT
            if what.flags & ACK and not what.flags & RST:
                self.received(side, time)
            begin = ends[side]
            ends[side] += len(what.payload) + bool(what.flags & (SYN | FIN))
            copies = [time + what.late] + [time + delay for delay in what.again]
            # What the observer saw of a server is as good as there; what it saw of a client may be lost further on.
            arrival = copies[-1 if side == CLIENT else 0] if what.arrives else NEVER
            for number, copy in enumerate(copies):
                if what.seen:
                    yield copy, self.packet(copy, what, begin), what.comment if number == 0 else ""
            if what.flags & RST:
                return
            self.half[side].sent.append((arrival, ends[side], self.clock(side, time)))
            if ends[side] != begin and what.arrives:
                self.put(arrival + self.patience(peer, len(what.payload)), peer)

    def patience(self, side, size):
        """How long a side waits for data of its own before it acknowledges what it got."""
        wait = 0.0001 if size in (0, self.segment_size) else self.rng.uniform(0.004, 0.04)
        return wait + (self.rtt if side == SERVER else 0)

    def received(self, side, time):
        """The highest octet a side has without a hole at `time`, as the observer dates it."""
        peer = self.half[SERVER if side == CLIENT else CLIENT]
        lag = self.rtt if side == SERVER else 0.00005
        own = self.half[side]
        while own.taken < len(peer.sent) and peer.sent[own.taken][0] <= time - lag + 1e-9:
            own.taken += 1
        return peer.sent[own.taken - 1][1] if own.taken else 0

    def clock(self, side, time):
        return self.half[side].host.boot + int((time - (self.rtt / 2 if side == SERVER else 0)) * 1000)

    def packet(self, time, segment, sequence):
        side = segment.side
        own, peer = self.half[side], self.half[SERVER if side == CLIENT else CLIENT]
        echo = peer.sent[own.taken - 1][2] if own.taken else 0
        stamp = struct.pack("!BBII", 8, 10, self.clock(side, time), echo)
        number = peer.sent[own.taken - 1][1] if own.taken and segment.flags & ACK else 0
        own.acknowledged = max(own.acknowledged, number)
        if segment.flags & SYN:
            options = struct.pack("!BBHBB", 2, 4, self.segment_size + 12, 4, 2) + stamp + b"\x01\x03\x03\x07"
        else:
            options = b"\x01\x01" + stamp
        window = 64240 if segment.flags & SYN else own.window
        head = struct.pack(
            "!HHIIBBHHH", own.port, peer.port, sequence & 0xFFFFFFFF, number & 0xFFFFFFFF,
            (20 + len(options)) << 2, segment.flags, window, 0, 0,
        )  # fmt: skip
        return ip(own.host, peer.host, 6, head + options + segment.payload, 16)


# --- pcapng -----------------------------------------------------------------------------------------------------------


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\x00" * (-len(value) % 4)


def block(kind, body):
    size = 12 + len(body) + (-len(body) % 4)
    return struct.pack("<II", kind, size) + body + b"\x00" * (-len(body) % 4) + struct.pack("<I", size)


def pcapng(packets, hosts, *, about, program, interface, description):
    """A section with one Ethernet interface that counts nanoseconds; `packets` are (nanoseconds, bytes, comment)."""
    end = option(0, b"")
    out = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(4, program) + option(1, about) + end)]
    names = option(2, interface) + option(3, description) + option(9, b"\x09") + end
    out.append(block(1, struct.pack("<HHI", 1, 0, 262144) + names))
    records = b"".join(
        option(2 if ":" in host.address else 1, host.packed() + host.name.encode() + b"\x00") for host in hosts
    )
    out.append(block(4, records + end))
    for time, data, comment in packets:
        head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        note = option(1, comment.encode()) + end if comment else b""
        out.append(block(6, head + data + b"\x00" * (-len(data) % 4) + note))
    return b"".join(out)

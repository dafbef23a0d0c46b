#!/usr/bin/env python3
"""Writes tls-cbc.pcap, its key log and its truth: WebSocket within TLS whose records are chained blocks of AES.

Python's own ssl on both ends, on loopback, captured by tcpdump; frames are written by hand. The ways in which blocks,
IVs and MACs were arranged over the years, one connection each, and a session that is taken up again.

    python3 sample-pcaps/make-tls-cbc.py
"""

import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PORT = 9444
NO_ENCRYPT_THEN_MAC = 1 << 19  # SSL_OP_NO_ENCRYPT_THEN_MAC, which Python's ssl does not name

# Version, suite by OpenSSL's name, whether the MAC is of what is encrypted, whether the session before is taken up.
WAYS = [
    ("TLSv1_2", "ECDHE-RSA-AES128-SHA256", True, False),
    ("TLSv1_2", "ECDHE-RSA-AES256-SHA384", False, False),
    ("TLSv1_2", "AES256-SHA", False, False),
    ("TLSv1_1", "AES128-SHA", False, False),
    ("TLSv1", "AES128-SHA", False, False),
    ("TLSv1", "ECDHE-RSA-AES256-SHA", True, False),
    ("TLSv1", "ECDHE-RSA-AES256-SHA", True, True),
]

MESSAGES = [b"", b"hello", "na\u00efve \u2713".encode(), bytes(range(256)) * 2]


def context(purpose, version, suite, encrypt_then_mac):
    made = ssl.SSLContext(purpose)
    made.minimum_version = made.maximum_version = ssl.TLSVersion[version]
    made.set_ciphers(f"{suite}:@SECLEVEL=0")
    if not encrypt_then_mac:
        made.options |= NO_ENCRYPT_THEN_MAC
    return made


def frame(opcode, payload, key=None):
    size = len(payload)
    mask = 0x80 if key else 0
    length = bytes([mask | size]) if size < 126 else bytes([mask | 126]) + struct.pack(">H", size)
    body = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload)) if key else payload
    return bytes([0x80 | opcode]) + length + (key or b"") + body


def until(stream, end):
    text = b""
    while not text.endswith(end):
        text += stream.recv(1)
    return text


def exactly(stream, size):
    taken = b""
    while len(taken) < size:
        taken += stream.recv(size - len(taken))
    return taken


def read(stream):
    first, length = exactly(stream, 2)
    size = length & 0x7F
    size = struct.unpack(">H", exactly(stream, 2))[0] if size == 126 else size
    key = exactly(stream, 4) if length & 0x80 else bytes(4)
    return first & 15, bytes(byte ^ key[i % 4] for i, byte in enumerate(exactly(stream, size)))


def serve(listener, tls):
    stream = tls.wrap_socket(listener.accept()[0], server_side=True)
    key = next(line[19:] for line in until(stream, b"\r\n\r\n").split(b"\r\n") if line.startswith(b"Sec-WebSocket-Key: "))
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    stream.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    opcode = 0
    while opcode != 8:
        opcode, payload = read(stream)
        stream.sendall(frame(opcode, payload))
    stream.close()


def talk(tls, session, truth):
    plain = socket.create_connection(("127.0.0.1", PORT))
    port = plain.getsockname()[1]
    stream = tls.wrap_socket(plain, session=session)
    key = base64.b64encode(os.urandom(16))
    stream.sendall(
        b"GET /cbc HTTP/1.1\r\nHost: localhost:9444\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + b"\r\n\r\n"
    )
    until(stream, b"\r\n\r\n")
    for payload in MESSAGES:
        opcode = 2 if len(payload) > 200 else 1
        stream.sendall(frame(opcode, payload, os.urandom(4)))
        for endpoint, direction in [("client", "send"), ("client", "recv")]:
            kind = "binary" if opcode == 2 else "text"
            event = {"ep": endpoint, "conn": port, "dir": direction, "ev": "message", "opcode": kind}
            truth.append(event | {"len": len(payload), "sha256": hashlib.sha256(payload).hexdigest()})
        assert read(stream) == (opcode, payload)
    stream.sendall(frame(8, struct.pack(">H", 1000), os.urandom(4)))
    read(stream)
    session = stream.session
    stream.close()
    return session


def main():
    keys, capture = HERE / "tls-cbc.keys", HERE / "tls-cbc.pcap"
    keys.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = ["-keyout", f"{folder}/key", "-out", f"{folder}/certificate", "-subj", "/CN=localhost"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made], check=True, capture_output=True)
        tcpdump = subprocess.Popen(["tcpdump", "-i", "lo", "-U", "-w", capture, f"tcp port {PORT}"])
        time.sleep(1)
        truth, session, tls = [], None, None
        with socket.create_server(("127.0.0.1", PORT)) as listener:
            for version, suite, encrypt_then_mac, again in WAYS:
                if not again:
                    server = context(ssl.PROTOCOL_TLS_SERVER, version, suite, encrypt_then_mac)
                    server.load_cert_chain(f"{folder}/certificate", f"{folder}/key")
                    tls = context(ssl.PROTOCOL_TLS_CLIENT, version, suite, encrypt_then_mac)
                    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
                    tls.keylog_filename = str(keys)
                serving = threading.Thread(target=serve, args=(listener, server))
                serving.start()
                session = talk(tls, session if again else None, truth)
                serving.join()
        time.sleep(1)
        tcpdump.terminate()
        tcpdump.wait()
    (HERE / "tls-cbc.truth.ndjson").write_text("".join(json.dumps(event) + "\n" for event in truth))


if __name__ == "__main__":
    main()

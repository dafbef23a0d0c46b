#!/usr/bin/env python3
"""Writes openssl.txt: TLS connections between two OpenSSL ends in one process, with their key logs.

Each paragraph is one connection: a comment that names it, the key log's lines, and what each side sent, in hex.
Of a handshake before TLS 1.3 the messages between the hellos and the ChangeCipherSpec are left out, unless the
premaster secret stands in the key log too, encrypted with an RSA key.
Run it with Python's ssl on OpenSSL 3: `python3 openssl.py > openssl.txt`.
"""

import os
import ssl
import subprocess
import sys
import tempfile

V = ssl.TLSVersion
NO_EXTENDED_MASTER_SECRET = 1 << 0
NO_ENCRYPT_THEN_MAC = 1 << 19
INSERTS_EMPTY_FRAGMENTS = 1 << 11

# Name of OpenSSL, version, options set, options cleared.
CONNECTIONS = [
    ("ECDHE-ECDSA-AES128-GCM-SHA256", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-CHACHA20-POLY1305", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES128-CCM", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES256-CCM", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES128-CCM8", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES256-CCM8", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES128-SHA", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES128-SHA", V.TLSv1_2, NO_ENCRYPT_THEN_MAC, 0),
    ("ECDHE-ECDSA-AES256-SHA", V.TLSv1_2, NO_ENCRYPT_THEN_MAC, 0),
    ("ECDHE-ECDSA-AES128-SHA256", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES128-SHA256", V.TLSv1_2, NO_ENCRYPT_THEN_MAC, 0),
    ("ECDHE-ECDSA-AES256-SHA384", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES256-SHA384", V.TLSv1_2, NO_ENCRYPT_THEN_MAC, 0),
    ("ECDHE-ECDSA-NULL-SHA", V.TLSv1_2, 0, 0),
    ("ECDHE-ECDSA-AES128-SHA", V.TLSv1_1, 0, 0),
    ("ECDHE-ECDSA-AES256-SHA", V.TLSv1_1, NO_ENCRYPT_THEN_MAC, 0),
    ("ECDHE-ECDSA-AES128-SHA", V.TLSv1, 0, 0),
    ("ECDHE-ECDSA-AES128-SHA", V.TLSv1, NO_ENCRYPT_THEN_MAC, INSERTS_EMPTY_FRAGMENTS),
    ("ECDHE-ECDSA-AES256-SHA", V.TLSv1, NO_ENCRYPT_THEN_MAC, 0),
    ("AES256-SHA256", V.TLSv1_2, 0, 0),
    ("AES256-SHA256", V.TLSv1_2, NO_EXTENDED_MASTER_SECRET, 0),
    ("AES256-GCM-SHA384", V.TLSv1_2, 0, 0),
    ("AES256-GCM-SHA384", V.TLSv1_2, NO_EXTENDED_MASTER_SECRET, 0),
    ("AES128-SHA", V.TLSv1, 0, 0),
    ("AES128-SHA", V.TLSv1, NO_EXTENDED_MASTER_SECRET, 0),
    ("TLS_AES_128_GCM_SHA256", V.TLSv1_3, 0, 0),
    ("TLS_AES_256_GCM_SHA384", V.TLSv1_3, 0, 0),
    ("TLS_CHACHA20_POLY1305_SHA256", V.TLSv1_3, 0, 0),
    ("TLS_AES_128_CCM_SHA256", V.TLSv1_3, 0, 0),
    ("TLS_AES_128_CCM_8_SHA256", V.TLSv1_3, 0, 0),
]

MESSAGES = [b"w", b"fifteen bytes..", b"sixteen bytes...", bytes(range(100))]


def main():
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("ec -pkeyopt ec_paramgen_curve:P-256", "rsa:1024"):
            key = os.path.join(folder, kind[:3].strip())
            new = f"openssl req -x509 -newkey {kind} -nodes -days 3650 -subj /CN=w -keyout {key} -out {key}.pem"
            subprocess.run(new.split(), check=True, stderr=subprocess.DEVNULL)
        for connection in CONNECTIONS:
            # TLS 1.3 suites can be chosen only where OpenSSL starts.
            conf = os.path.join(folder, "conf")
            with open(conf, "w") as file:
                file.write("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n")
                file.write(f"Ciphersuites = {connection[0] if connection[1] == V.TLSv1_3 else ''}\n")
            child = os.fork()
            if child == 0:
                os.execve(sys.executable, [sys.executable, __file__, folder, str(CONNECTIONS.index(connection))],
                          {**os.environ, "OPENSSL_CONF": conf})
            assert os.waitpid(child, 0)[1] == 0, connection


def one(folder, name, version, options, cleared):
    rsa = name.startswith("AES")
    log, key = os.path.join(folder, "log"), os.path.join(folder, "rsa" if rsa else "ec")
    open(log, "w").close()
    ends = []
    for side in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER):
        context = ssl.SSLContext(side)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers("ALL:eNULL:@SECLEVEL=0" if version == V.TLSv1_3 else f"{name}:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        context.options |= options
        context.options &= ~cleared
        if side == ssl.PROTOCOL_TLS_SERVER:
            context.load_cert_chain(key + ".pem", key)
        else:
            context.keylog_filename = log
        to, of = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends.append((context.wrap_bio(to, of, server_side=side == ssl.PROTOCOL_TLS_SERVER), to, of))
    sent = [b"", b""]

    def carry():
        for at, (_, _, of) in enumerate(ends):
            data = of.read()
            sent[at] += data
            ends[1 - at][1].write(data)

    done = [False, False]
    while not all(done):
        for at, (end, _, _) in enumerate(ends):
            try:
                end.do_handshake()
                done[at] = True
            except ssl.SSLWantReadError:
                pass
            carry()
    for message in MESSAGES:
        for at in (0, 1):
            ends[at][0].write(message)
            carry()
            assert ends[1 - at][0].read(1000) == message
    print(f"# {name}, {version.name}", end="")
    print(", MAC, then encrypted" if options & NO_ENCRYPT_THEN_MAC else "", end="")
    print(", no extended master secret" if options & NO_EXTENDED_MASTER_SECRET else "")
    with open(log) as file:
        print("".join(line for line in file if not line.startswith("#")), end="")
    for who, data in zip(("client", "server"), sent):
        print(who, (data if rsa or version == V.TLSv1_3 else shortened(data)).hex())
    print(flush=True)


def shortened(data):
    """The hello, and everything from the ChangeCipherSpec on."""
    kept, changed = b"", False
    while data:
        length = 5 + int.from_bytes(data[3:5], "big")
        record, data = data[:length], data[length:]
        changed |= record[0] == 20
        if record[0] == 22 and not kept:
            hello = record[5 : 9 + int.from_bytes(record[6:9], "big")]
            kept = record[:3] + len(hello).to_bytes(2, "big") + hello
        elif changed:
            kept += record
    return kept


if __name__ == "__main__":
    if len(sys.argv) == 3:
        one(sys.argv[1], *CONNECTIONS[int(sys.argv[2])])
    else:
        main()

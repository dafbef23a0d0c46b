//! Bytes of TigerVNC's server, of OpenSSH's client and AsyncSSH's server, through websockify; whole captures of them are
//! samples.

use super::super::tests::{Told, of};
use super::super::*;
use crate::ids::Side;

/// What the last of some messages of a side says.
fn last(token: &str, side: Side, messages: &[&[u8]], other: &[&[u8]]) -> Decoded {
    let said = |list: &[&[u8]]| list.iter().map(|it| (token == "base64", it.to_vec())).collect::<Vec<_>>();
    let (client, server) = if side == Side::Client { (messages, other) } else { (other, messages) };
    let facts =
        Facts { subprotocol: Some(token.into()), first: [said(client), said(server)], ..Facts::default() };
    let (last, before) = messages.split_last().unwrap();
    let told = Told(before.iter().rev().map(|it| (token == "base64", it.to_vec())).collect());
    let said = Said { side, text: token == "base64", bytes: last };
    decode(choose(&facts), &Input::new(said, &facts, &told), true)
}

/// RFC 6143: the opening, wherever messages cut it, and what the client sends.
#[test]
fn vnc() {
    let init = b"\0\xc8\0\x78\x20\x18\0\x01\0\xff\0\xff\0\xff\x10\x08\0\0\0\0\0\0\0\x0bwscope test";
    let update = b"\0\0\0\x01\0\0\0\0\0\x14\0\x0a\0\0\0\0pixels";
    let server: [&[u8]; 7] = [b"RFB 003.008\n", b"\x02\x01", b"\x02", b"\0\0", b"\0\0", init, update];
    let client: [&[u8]; 4] = [
        b"RFB 003.008\n",
        b"\x01",
        b"\x01",
        b"\x04\x01\0\0\0\0\0a\x05\x01\0\x0a\0\x14\x06\0\0\0\0\0\0\x05paste",
    ];
    let line = |side, messages: &[&[u8]], other: &[&[u8]]| last("binary", side, messages, other).summary();
    for (place, says) in [
        "RFB 003.008",
        "part of the opening",
        "security: 1 none, 2 VNC authentication",
        "part of the opening",
        "security result OK",
        "ServerInit 200 × 120 \"wscope test\"",
        "FramebufferUpdate, 1 rectangle, the first 20 × 10 at 0, 0 as Raw",
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(line(Side::Server, &server[..=place], &client), *says, "{place}");
    }
    for (place, says) in [
        "RFB 003.008",
        "security 1 none",
        "ClientInit, shared",
        "KeyEvent a down · PointerEvent 10, 20, buttons 0b1 · ClientCutText \"paste\"",
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(line(Side::Client, &client[..=place], &server), *says, "{place}");
    }
    let said = last("binary", Side::Server, &server[..6], &client);
    assert_eq!((said.protocol, said.fields[2].at.clone()), ("rfb", Some(24..35)));
    assert_eq!(
        line(Side::Server, &[b"HTTP/1.1 200 OK\r\n"], &[]),
        "bytes of a TCP tunnel, HTTP/1: 485454502f312e3120323030204f4b0d0a"
    );
    // `RFB 003.008`, in base64 as older clients want it.
    let said = last("base64", Side::Server, &[b"UkZCIDAwMy4wMDgK"], &[]);
    assert_eq!((said.summary().as_str(), said.stopped.clone()), ("RFB 003.008", None));
    assert_eq!(said.fields[0].at, Some(0..16));
}

/// RFC 4253: the version, packets by name, and nothing behind NEWKEYS.
#[test]
fn ssh() {
    let lists = [
        &b"curve25519-sha256,ext-info-c"[..],
        b"ssh-ed25519",
        b"aes128-ctr",
        b"aes128-ctr",
        b"hmac-sha2-256",
        b"hmac-sha2-256",
        b"none",
        b"none",
        b"",
        b"",
    ];
    let mut payload = [&[20][..], &[7; 16]].concat();
    for list in lists {
        payload.extend((list.len() as u32).to_be_bytes());
        payload.extend(list);
    }
    payload.extend([0; 5]);
    let packet = |payload: &[u8]| {
        let padding = 8 - (payload.len() + 5) % 8 + 4;
        let len = (payload.len() + 1 + padding) as u32;
        [&len.to_be_bytes()[..], &[padding as u8], payload, &vec![0; padding]].concat()
    };
    let (kexinit, newkeys) = (packet(&payload), [packet(&[21]), b"secret".to_vec()].concat());
    let (first, second) = kexinit.split_at(100);
    let messages: [&[u8]; 5] = [b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", first, second, &newkeys, b"more"];
    let read =
        |place: usize| last("binary", Side::Client, &messages[..=place], &[b"SSH-2.0-AsyncSSH_2.22\r\n"]);
    assert_eq!(read(0).summary(), "SSH-2.0-OpenSSH_9.2p1 Debian-2");
    assert_eq!(read(1).summary(), "part of a packet, 100 bytes so far");
    let said = read(2);
    assert_eq!(
        (said.protocol, said.summary().as_str()),
        ("ssh", "KEXINIT curve25519-sha256,ext-info-c".split(',').next().unwrap())
    );
    assert_eq!(said.fields[0].children[4].value, Value::Text("ssh-ed25519".into()));
    assert_eq!(read(3).summary(), "NEWKEYS · SSH, encrypted: 736563726574");
    assert_eq!(read(4).summary(), "SSH, encrypted: 6d6f7265");
    // Pinned where the beginning was not captured.
    assert_eq!(of("ssh", Side::Client, false, b"secret").summary(), "SSH, encrypted: 736563726574");
    assert_eq!(of("rfb", Side::Client, false, b"\x05\0\0\x01\0\x02").summary(), "PointerEvent 1, 2");
}

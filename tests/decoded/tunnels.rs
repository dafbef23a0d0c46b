//! VNC and SSH through websockify: what is told of each message.

use wscope_tests::sample;

use super::row::{Row, rows};

fn lines(name: &str, protocol: &str) -> (Vec<Row>, Vec<String>) {
    let rows = rows(&sample(name));
    assert!(
        rows.iter().all(|row| row.decoded["protocol"] == protocol && row.decoded.get("stopped").is_none())
    );
    let lines =
        rows.iter().map(|row| row.decoded["summary"].as_str().unwrap_or_default().to_owned()).collect();
    (rows, lines)
}

#[test]
fn vnc() {
    let (rows, lines) = lines("vnc.pcap", "rfb");
    let told = [
        "RFB 003.008",
        "RFB 003.008",
        "security: 1 none",
        "security 1 none",
        "security result OK",
        "ClientInit, shared",
        "ServerInit 200 × 120 \"wscope test\"",
        "SetPixelFormat 32 bits, depth 24",
        "SetEncodings Raw, Cursor, DesktopSize",
        "FramebufferUpdateRequest 20 × 10 at 0, 0, all of it",
        "FramebufferUpdate, 2 rectangles, the first 0 × 0 at 0, 0 as Cursor",
        "KeyEvent a down",
        "KeyEvent a up",
        "PointerEvent 10, 20, buttons 0b1",
        "ClientCutText \"paste\"",
        "FramebufferUpdateRequest 20 × 10 at 0, 0",
    ];
    assert_eq!(lines[..told.len()], told);
    assert_eq!(
        (rows[6].one("vnc.width"), rows[6].one("vnc.desktop_name")),
        (200.into(), "wscope test".into())
    );
}

#[test]
fn ssh() {
    let (rows, lines) = lines("ssh.pcap", "ssh");
    assert_eq!(lines[0], "SSH-2.0-AsyncSSH_2.24.1");
    assert_eq!(lines[3], "KEXINIT sntrup761x25519-sha512 · key exchange");
    assert!(lines[4].starts_with("key exchange · NEWKEYS · SSH, encrypted: "), "{}", lines[4]);
    assert_eq!(lines[5], "NEWKEYS");
    assert!(lines[6..].iter().all(|line| line.starts_with("SSH, encrypted: ")));
    let kinds = rows[3].one("ssh.server_host_key_algorithms");
    assert!(kinds.as_str().is_some_and(|kinds| kinds.contains("ssh-ed25519")), "{kinds}");
}

//! The PROXY protocol, versions 1 and 2: what a proxy says of its client before the first byte of that.
//!
//! Written down by HAProxy ("The PROXY protocol", sections 2.1 and 2.2). Knows only the two forms of its words.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::event::Event;
use crate::ids::FlowId;
use crate::layer::Up;
use crate::layer::head::HeadBuf;

/// Version 2 begins with these bytes, which no other protocol does.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// Version 1 is a line, at the most this long, its end included.
const LONGEST_LINE: usize = 107;

/// How long the words of a proxy are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Known(usize),
    /// More bytes will tell.
    Short,
}

/// Whether a stream begins with the words of a proxy: `bytes` lie at `at`, behind those that were `kept`.
pub(super) fn begins(at: u64, kept: &[u8], bytes: &[u8]) -> bool {
    match kept {
        [] => at == 0 && length(bytes).is_some(),
        kept => length(kept).is_some(),
    }
}

/// Takes the words of a proxy, or a part of them: how many bytes that is.
pub(super) fn take(buf: &mut HeadBuf, at: u64, bytes: &[u8], flow: FlowId, up: &mut Up<'_>) -> usize {
    let before = buf.bytes.len();
    if before == 0 {
        buf.at = at;
    }
    // The words are far shorter than what is kept of a head.
    let room = HeadBuf::LONGEST.saturating_sub(before).min(bytes.len());
    buf.bytes.extend_from_slice(bytes.get(..room).unwrap_or_default());
    match length(&buf.bytes) {
        Some(Length::Known(len)) if len <= buf.bytes.len() => {
            let ends = ends(buf.bytes.get(..len).unwrap_or_default());
            up.say(Event::Proxied { flow, ends });
            buf.bytes.clear();
            len.saturating_sub(before)
        }
        _ => bytes.len(),
    }
}

fn length(bytes: &[u8]) -> Option<Length> {
    let common = bytes.len().min(SIGNATURE.len());
    if common > 0 && bytes.get(..common) == SIGNATURE.get(..common) {
        let len = bytes.get(14..16).and_then(|len| <[u8; 2]>::try_from(len).ok());
        return Some(
            len.map_or(Length::Short, |len| Length::Known(16 + usize::from(u16::from_be_bytes(len)))),
        );
    }
    if bytes.starts_with(b"PROXY ") {
        let line = bytes.get(..bytes.len().min(LONGEST_LINE))?;
        return match line.iter().position(|byte| *byte == b'\n') {
            Some(end) => Some(Length::Known(end + 1)),
            None if bytes.len() < LONGEST_LINE => Some(Length::Short),
            None => None,
        };
    }
    None
}

/// Whoever connected to the proxy, and where it wanted to go; nothing where the proxy speaks for itself.
pub(super) fn ends(words: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    if words.starts_with(SIGNATURE) {
        return ends_of_second(words.get(12..)?);
    }
    let line = core::str::from_utf8(words).ok()?;
    let mut words = line.split_ascii_whitespace().skip(2);
    let mut address = || words.next()?.parse::<IpAddr>().ok();
    let (from, to) = (address()?, address()?);
    let mut port = || words.next()?.parse::<u16>().ok();
    Some((SocketAddr::new(from, port()?), SocketAddr::new(to, port()?)))
}

/// Behind the signature: version and command, family and transport, a length, then addresses.
fn ends_of_second(words: &[u8]) -> Option<(SocketAddr, SocketAddr)> {
    let (&[command, family, _, _], rest) = words.split_first_chunk::<4>()?;
    // Command 0, "LOCAL": the proxy checks whether the server lives.
    if command & 15 == 0 {
        return None;
    }
    let port = |at: usize| Some(u16::from_be_bytes(rest.get(at..at + 2)?.try_into().ok()?));
    match family >> 4 {
        1 => {
            let address = |at: usize| Some(Ipv4Addr::from(<[u8; 4]>::try_from(rest.get(at..at + 4)?).ok()?));
            Some((
                SocketAddr::new(address(0)?.into(), port(8)?),
                SocketAddr::new(address(4)?.into(), port(10)?),
            ))
        }
        2 => {
            let address =
                |at: usize| Some(Ipv6Addr::from(<[u8; 16]>::try_from(rest.get(at..at + 16)?).ok()?));
            let (from, to) = (address(0)?, address(16)?);
            Some((SocketAddr::new(from.into(), port(32)?), SocketAddr::new(to.into(), port(34)?)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both versions tell who is behind the proxy, and where their words end.
    #[test]
    fn proxy_protocol_versions_1_and_2() {
        let line = b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nGET / HTTP/1.1\r\n";
        assert_eq!(length(line), Some(Length::Known(42)));
        let ends_are = Some(("192.0.2.1:56324".parse().unwrap(), "192.0.2.2:443".parse().unwrap()));
        assert_eq!(ends(&line[..42]), ends_are);
        assert_eq!(length(&line[..20]), Some(Length::Short));
        assert_eq!(length(b"GET / HTTP/1.1"), None);
        assert_eq!(ends(b"PROXY UNKNOWN\r\n"), None);

        let mut second = SIGNATURE.to_vec();
        second.extend([0x21, 0x11, 0, 12, 192, 0, 2, 1, 192, 0, 2, 2, 0xdc, 0x04, 0x01, 0xbb]);
        assert_eq!(length(&second), Some(Length::Known(28)));
        assert_eq!(length(&second[..13]), Some(Length::Short));
        assert_eq!(ends(&second), ends_are);
        let local = [&SIGNATURE[..], &[0x20, 0, 0, 0]].concat();
        assert_eq!((length(&local), ends(&local)), (Some(Length::Known(16)), None));
    }
}

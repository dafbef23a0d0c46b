//! The TCP header, as far as a stream is put together from it.
//!
//! Options are the detail tree's. Knows nothing of connections.

use core::net::SocketAddr;

use super::walk::{Ends, Found, Step};
use super::{Flags, Layer, Outcome};
use crate::link::rest::Rest;

/// What a TCP header says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tcp {
    pub(super) src: SocketAddr,
    pub(super) dst: SocketAddr,
    pub(super) seq: u32,
    pub(super) ack: Option<u32>,
    pub(super) flags: Flags,
    pub(super) window: u16,
}

impl Tcp {
    /// Reads the fields of a header between `ends` (RFC 9293 3.1).
    #[inline(always)]
    pub(super) fn read(head: &[u8; HEAD], ends: &Ends) -> Self {
        let &[s0, s1, d0, d1, q0, q1, q2, q3, a0, a1, a2, a3, offset, flags, w0, w1] = head;
        let flags = Flags(u16::from_be_bytes([offset & 0x0f, flags]));
        Self {
            src: SocketAddr::new(ends.src, u16::from_be_bytes([s0, s1])),
            dst: SocketAddr::new(ends.dst, u16::from_be_bytes([d0, d1])),
            seq: u32::from_be_bytes([q0, q1, q2, q3]),
            ack: flags.ack().then_some(u32::from_be_bytes([a0, a1, a2, a3])),
            flags,
            window: u16::from_be_bytes([w0, w1]),
        }
    }
}

/// Passes the header. The snap length may have taken what stands behind its first [`HEAD`] bytes.
#[inline(always)]
pub(super) fn segment<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(head) = rest.peek::<HEAD>() else { return rest.short(Layer::Tcp, 20).into() };
    let &[.., offset, _, _, _] = head;
    // RFC 9293 3.1: the data offset counts words and is at least 5.
    let header = usize::from(offset >> 4) * 4;
    if header < 20 || rest.skip(header).is_none() {
        return Outcome::Malformed { layer: Layer::Tcp }.into();
    }
    Step::Found(Found::Tcp(head, *rest))
}

/// How much of a header must have been captured: all but checksum and urgent pointer.
pub(super) const HEAD: usize = 16;

//! Bytes on demand of exchanges and of the messages in their bodies, unpacked.

use std::io::Read;

use dissector::head::Head;
use dissector::ids::{DeliveryId, ExchangeId, Side};
use dissector::span::Span;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::Coding;
use crate::content::{Content, Patchy, Why};
use crate::model::Run;
use crate::snapshot::Snapshot;

/// The heads of an exchange, as far as they can be read again.
#[derive(Clone, Debug, Default)]
pub struct Heads {
    /// The request's.
    pub request: Option<Head>,
    /// The answer's.
    pub answer: Option<Head>,
}

impl Content {
    /// The bytes of a message in a body as they are there, packed or not, and where they lie.
    pub fn delivered(
        &mut self,
        snapshot: &Snapshot,
        id: DeliveryId,
        limit: u64,
    ) -> Result<(Patchy, Vec<Run>), Why> {
        let delivery = snapshot.delivery(id).ok_or(Why::Unfinished)?;
        if delivery.len == 0 {
            return Ok((Patchy::default(), Vec::new()));
        }
        let span = Span { stream: delivery.stream, at: delivery.at, len: delivery.len.min(limit) };
        self.stream(snapshot, delivery.extent, span)
    }

    /// The content of a message in a body, unpacked. What is larger than `limit`, packed or not, is not given.
    pub fn delivery(&mut self, snapshot: &Snapshot, id: DeliveryId, limit: u64) -> Result<Vec<u8>, Why> {
        let delivery = snapshot.delivery(id).ok_or(Why::Unfinished)?;
        if delivery.len > limit {
            return Err(Why::TooLarge);
        }
        let (patchy, _) = self.delivered(snapshot, id, limit)?;
        if !patchy.whole() {
            return Err(Why::NotCaptured);
        }
        let bytes = patchy.bytes;
        if bytes.is_empty() {
            return Ok(bytes);
        }
        match delivery.coding {
            Coding::Identity => Ok(bytes),
            Coding::Other => Err(Why::Packed),
            Coding::Gzip => unpack(MultiGzDecoder::new(bytes.as_slice()), delivery.complete, limit),
            Coding::Deflate => {
                let zlib = unpack(ZlibDecoder::new(bytes.as_slice()), delivery.complete, limit);
                // RFC 9110 8.4.1.2: "Some non-conformant implementations send the "deflate" compressed data without
                // the zlib wrapper."
                match zlib {
                    Err(Why::Packed) => {
                        unpack(DeflateDecoder::new(bytes.as_slice()), delivery.complete, limit)
                    }
                    zlib => zlib,
                }
            }
        }
    }

    /// The heads of an exchange.
    pub fn heads(&mut self, snapshot: &Snapshot, id: ExchangeId) -> Heads {
        let head = |content: &mut Self, side: Side| {
            let exchange = snapshot.exchange(id)?;
            let place = exchange.heads[side.index()]?;
            let span = Span { stream: exchange.streams[side.index()], at: place.at, len: place.len.into() };
            let (patchy, _) = content.stream(snapshot, place.extent?, span).ok()?;
            Head::read(place.at, &patchy.bytes)
        };
        Heads { request: head(self, Side::Client), answer: head(self, Side::Server) }
    }
}

/// Of what was cut, as much as is there.
fn unpack(packed: impl Read, complete: bool, limit: u64) -> Result<Vec<u8>, Why> {
    let mut bytes = Vec::new();
    let read = packed.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    match read {
        _ if bytes.len() as u64 > limit => Err(Why::TooLarge),
        Err(_) if complete || bytes.is_empty() => Err(Why::Packed),
        _ => Ok(bytes),
    }
}

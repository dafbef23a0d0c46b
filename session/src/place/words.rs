//! A place in words, so that it can be written down and found again in another run over the same capture:
//! `packet 12`, `delivery 12 server 345`, `frame 12 0 - client 345`, `message 12 0 3 server 345`, `connection 12 0 3`. After the kind come the
//! packet, the TCP connection, its stream of HTTP/2, the side and the offset in what it sent.

use std::fmt::{self, Display, Formatter};
use std::str::{FromStr, SplitWhitespace};

use dissector::ids::{FlowId, PacketId, Side};

use super::{Line, Place, Spot};

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(id) => write!(f, "packet {}", id.index()),
            Self::Frame(spot) => write!(f, "frame {spot}"),
            Self::Message(spot) => write!(f, "message {spot}"),
            Self::Delivery(id, side, at) => write!(f, "delivery {} {} {at}", id.index(), side.name()),
            Self::Connection(id, line) => write!(f, "connection {} {line}", id.index()),
        }
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.flow.index())?;
        match self.stream {
            Some(stream) => write!(f, "{stream}"),
            None => f.write_str("-"),
        }
    }
}

impl Display for Spot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.packet.index(), self.line, self.side.name(), self.at)
    }
}

/// These words are no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(words: &str) -> Result<Self, NoPlace> {
        let mut words = words.split_whitespace();
        let kind = words.next().ok_or(NoPlace)?;
        let packet = PacketId::new(number(&mut words)?);
        let place = match kind {
            "packet" => Self::Packet(packet),
            "frame" => Self::Frame(spot(packet, &mut words)?),
            "message" => Self::Message(spot(packet, &mut words)?),
            "delivery" => Self::Delivery(packet, side(&mut words)?, number(&mut words)?),
            "connection" => Self::Connection(packet, line(&mut words)?),
            _ => return Err(NoPlace),
        };
        words.next().map_or(Ok(place), |_| Err(NoPlace))
    }
}

fn number<T: FromStr>(words: &mut SplitWhitespace<'_>) -> Result<T, NoPlace> {
    words.next().and_then(|word| word.parse().ok()).ok_or(NoPlace)
}

fn line(words: &mut SplitWhitespace<'_>) -> Result<Line, NoPlace> {
    let flow = FlowId::new(number(words)?);
    let stream = match words.next().ok_or(NoPlace)? {
        "-" => None,
        word => Some(word.parse().map_err(|_| NoPlace)?),
    };
    Ok(Line { flow, stream })
}

fn spot(packet: PacketId, words: &mut SplitWhitespace<'_>) -> Result<Spot, NoPlace> {
    let line = line(words)?;
    let side = side(words)?;
    Ok(Spot { packet, line, side, at: number(words)? })
}

fn side(words: &mut SplitWhitespace<'_>) -> Result<Side, NoPlace> {
    let word = words.next().ok_or(NoPlace)?;
    [Side::Client, Side::Server].into_iter().find(|side| side.name() == word).ok_or(NoPlace)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place comes back from its words, and no other words are a place.
    #[test]
    fn there_and_back() {
        for words in [
            "packet 12",
            "frame 12 0 - client 345",
            "message 7 1 3 server 0",
            "delivery 9 server 277",
            "connection 4294967295 2 -",
        ] {
            assert_eq!(words.parse::<Place>().unwrap().to_string(), words);
        }
        for words in
            ["", "packet", "packet -1", "packet 1 2", "frame 1 0 - nobody 3", "message 1 0 x client 3"]
        {
            assert_eq!(words.parse::<Place>(), Err(NoPlace), "{words}");
        }
    }
}

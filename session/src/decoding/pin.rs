//! What the user says of how connections are read: `subprotocol=NAME=DECODER`, `port=N=DECODER`, `path=PREFIX=DECODER`.

use std::fmt;
use std::str::FromStr;

use dissector::decoders::{DECODERS, Decoder, Facts, decoder};
use dissector::ids::ConnectionId;

use crate::model::Connection;

/// Which connections a pin is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// Those whose server took this subprotocol.
    Subprotocol(String),
    /// Those of this port of the server.
    Port(u16),
    /// Those whose target begins so.
    Path(String),
    /// This one. Its number means something in one pass over one capture only, so that it cannot be written.
    Connection(ConnectionId),
}

/// A decoder for some connections.
#[derive(Clone, Debug)]
pub struct Pin {
    /// Which.
    pub of: Where,
    /// What reads their messages.
    pub decoder: &'static Decoder,
}

impl PartialEq for Pin {
    fn eq(&self, other: &Self) -> bool {
        self.of == other.of && std::ptr::eq(self.decoder, other.decoder)
    }
}

impl fmt::Display for Pin {
    /// As it is written: `port=9000=mqtt`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.of, self.decoder.name)
    }
}

impl Pin {
    pub(super) fn holds(&self, connection: &Connection, facts: &Facts) -> bool {
        match &self.of {
            Where::Subprotocol(name) => facts.subprotocol.as_ref() == Some(name),
            Where::Port(port) => connection.server.port() == *port,
            Where::Path(prefix) => facts.target.starts_with(prefix),
            Where::Connection(id) => connection.id == *id,
        }
    }
}

impl fmt::Display for Where {
    /// As it is written: `port=9000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subprotocol(name) => write!(f, "subprotocol={name}"),
            Self::Port(port) => write!(f, "port={port}"),
            Self::Path(prefix) => write!(f, "path={prefix}"),
            Self::Connection(id) => write!(f, "connection={}", id.number()),
        }
    }
}

impl FromStr for Where {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (what, which) = text.split_once('=').ok_or(WANTED)?;
        match what {
            "subprotocol" if !which.is_empty() => Ok(Self::Subprotocol(which.to_owned())),
            "port" => match which.parse() {
                Ok(0) | Err(_) => Err(format!("\"{which}\" is no port from 1 to 65535")),
                Ok(port) => Ok(Self::Port(port)),
            },
            "path" if which.starts_with('/') => Ok(Self::Path(which.to_owned())),
            "path" => Err("a path begins with /".into()),
            _ => Err(WANTED.into()),
        }
    }
}

const WANTED: &str = "expected subprotocol=NAME=DECODER, port=N=DECODER or path=PREFIX=DECODER";

impl FromStr for Pin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A path may have a query, and with it more of these marks.
        let (of, name) = text.rsplit_once('=').ok_or(WANTED)?;
        let of = of.parse()?;
        let decoder = decoder(name).ok_or_else(|| {
            let names: Vec<&str> = DECODERS.iter().map(|decoder| decoder.name).collect();
            format!("no decoder is called \"{name}\"; there are {}", names.join(", "))
        })?;
        Ok(Self { of, decoder })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read() {
        let pin: Pin = "path=/a?b=c=stomp".parse().unwrap();
        assert_eq!((pin.of, pin.decoder.name), (Where::Path("/a?b=c".into()), "stomp"));
        let pin: Pin = "subprotocol=my.mqtt=mqtt".parse().unwrap();
        assert_eq!((pin.of, pin.decoder.name), (Where::Subprotocol("my.mqtt".into()), "mqtt"));
        assert_eq!("port=80=json".parse::<Pin>().unwrap().of, Where::Port(80));
        for text in ["path=/a?b=c=stomp", "subprotocol=my.mqtt=mqtt", "port=80=json"] {
            assert_eq!(text.parse::<Pin>().unwrap().to_string(), text);
        }
        for wrong in
            ["", "port", "port=0=json", "port=80=nothing", "path=a=json", "subprotocol==json", "x=1=json"]
        {
            assert!(wrong.parse::<Pin>().is_err(), "{wrong}");
        }
    }
}

//! What the user says of how connections are read: `subprotocol=NAME=DECODER`, `port=N=DECODER`, `path=PREFIX=DECODER`.

use std::str::FromStr;

use dissector::decoders::{DECODERS, Decoder, Facts, decoder};

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
}

/// A decoder for some connections.
#[derive(Clone, Debug)]
pub struct Pin {
    /// Which.
    pub of: Where,
    /// What reads their messages.
    pub decoder: &'static Decoder,
}

impl Pin {
    pub(super) fn holds(&self, connection: &Connection, facts: &Facts) -> bool {
        match &self.of {
            Where::Subprotocol(name) => facts.subprotocol.as_ref() == Some(name),
            Where::Port(port) => connection.server.port() == *port,
            Where::Path(prefix) => facts.target.starts_with(prefix),
        }
    }
}

impl FromStr for Pin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = "expected subprotocol=NAME=DECODER, port=N=DECODER or path=PREFIX=DECODER";
        let (what, rest) = text.split_once('=').ok_or(wanted)?;
        // A path may have a query, and with it more of these marks.
        let (which, name) = rest.rsplit_once('=').ok_or(wanted)?;
        let of = match what {
            "subprotocol" if !which.is_empty() => Where::Subprotocol(which.to_owned()),
            "port" => match which.parse() {
                Ok(0) | Err(_) => return Err(format!("\"{which}\" is no port from 1 to 65535")),
                Ok(port) => Where::Port(port),
            },
            "path" if which.starts_with('/') => Where::Path(which.to_owned()),
            "path" => return Err("a path begins with /".into()),
            _ => return Err(wanted.into()),
        };
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
        for wrong in
            ["", "port", "port=0=json", "port=80=nothing", "path=a=json", "subprotocol==json", "x=1=json"]
        {
            assert!(wrong.parse::<Pin>().is_err(), "{wrong}");
        }
    }
}

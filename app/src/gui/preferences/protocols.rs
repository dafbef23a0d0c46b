//! What reads the messages of which connections, in the words of `--decode`.
//!
//! What cannot be understood, as the name of a decoder that this version does not have, is kept as it was written and
//! does nothing.

use serde::{Deserialize, Serialize};
use session::decoding::{Pin, Where};
use session::dissector::decoders::Decoder;

/// What was decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Protocols {
    /// `subprotocol=NAME=DECODER`, `port=N=DECODER` or `path=PREFIX=DECODER` each; the last that holds counts.
    pub decode: Vec<String>,
}

impl Protocols {
    /// Those that are understood.
    pub fn pins(&self) -> Vec<Pin> {
        self.decode.iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// Those that are not, each with why.
    pub fn faults(&self) -> Vec<(String, String)> {
        let fault = |text: &String| Some((text.clone(), text.parse::<Pin>().err()?));
        self.decode.iter().filter_map(fault).collect()
    }

    /// Connections of this kind are read by a decoder, or as their traffic tells.
    pub fn set(&mut self, of: Where, decoder: Option<&'static Decoder>) {
        self.decode.retain(|text| text.parse::<Pin>().map_or(true, |pin| pin.of != of));
        self.decode.extend(decoder.map(|decoder| Pin { of, decoder }.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use session::dissector::decoders::decoder;

    /// One pin for one kind of connection; what is not understood stays as it was written.
    #[test]
    fn set_and_kept() {
        let mut protocols = Protocols { decode: vec!["port=9000=json".into(), "path=/x=morse".into()] };
        protocols.set(Where::Port(9000), decoder("mqtt"));
        assert_eq!(protocols.decode, ["path=/x=morse", "port=9000=mqtt"]);
        assert_eq!(protocols.pins().len(), 1);
        assert!(protocols.faults()[0].1.contains("no decoder is called \"morse\""));
        protocols.set(Where::Port(9000), None);
        assert_eq!(protocols.decode, ["path=/x=morse"]);
    }
}

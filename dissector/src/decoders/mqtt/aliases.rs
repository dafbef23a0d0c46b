//! Topic aliases (MQTT 5.0, 3.3.2.3.4) as a direction's messages give them, one after the other.
//!
//! For whoever goes through a connection once and remembers: a row then needs no look back.

use super::property::given;
use super::stream::{Start, start};

/// The packet that is open between two messages of a direction.
#[derive(Debug, Default)]
pub struct Aliases {
    open: Vec<u8>,
}

/// The longest packet that is put together.
const LONGEST: usize = 1 << 20;

impl Aliases {
    /// Goes on with the next message; gives each alias that a packet which ends in it gives a topic, in order.
    pub fn feed(&mut self, message: &[u8], tell: &mut dyn FnMut(u16, String)) {
        self.open.extend_from_slice(message);
        let mut at = 0;
        loop {
            let rest = self.open.get(at..).unwrap_or_default();
            match start(rest, 5) {
                Start::Header(fixed) if fixed.header + fixed.len <= rest.len() => {
                    let len = fixed.header + fixed.len;
                    if let Some((alias, topic)) = rest.get(..len).and_then(given) {
                        tell(alias, topic);
                    }
                    at += len;
                }
                Start::Header(_) | Start::Short if rest.len() <= LONGEST => break,
                // Where packets begin again is not known; most often with a message.
                _ => at = self.open.len(),
            }
        }
        self.open.drain(..at.min(self.open.len()));
    }

    /// A message is missing.
    pub fn lose(&mut self) {
        self.open.clear();
    }
}

//! What messages in bodies say by their transport and their protocol.

use dissector::decoders::{self, Decoded, Facts, Input, Said, Way};
use dissector::ids::ExchangeId;

use super::Delivery;
use crate::content::Content;
use crate::decoding::Decoding;
use crate::snapshot::Snapshot;

/// What is known of the exchange that was looked at last.
pub(crate) type Last = Option<(ExchangeId, Facts)>;

impl Decoding {
    /// What a message in a body says. `bytes` are its content, `full` asks for its tree.
    pub fn delivered(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        delivery: &Delivery,
        bytes: &[u8],
        full: bool,
    ) -> Decoded {
        let facts = match self.exchange.take() {
            Some((known, facts)) if known == delivery.exchange => facts,
            _ => {
                let request = content.heads(snapshot, delivery.exchange).request;
                let target = request.as_ref().and_then(|head| head.target());
                let target = target.map(|target| String::from_utf8_lossy(target).into_owned());
                Facts { target: target.unwrap_or_default(), ..Facts::default() }
            }
        };
        let exchange = snapshot.exchange(delivery.exchange);
        let session = snapshot.push_session(delivery.session);
        let way = exchange
            .zip(session)
            .map(|(exchange, session)| Way { family: session.family, framing: exchange.framing });
        let text = std::str::from_utf8(bytes).is_ok();
        let said = Said { side: delivery.side, text, bytes };
        let decoded = decoders::decode_delivery(way, &Input::new(said, &facts, &()), full);
        self.exchange = Some((delivery.exchange, facts));
        decoded
    }
}

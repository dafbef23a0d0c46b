//! What reads the messages of which connections: what was decided for all captures, and what the user pinned in this one.

use std::sync::Arc;

use session::Snapshot;
use session::decoding::{Pin, Where};
use session::dissector::decoders::Decoder;
use session::dissector::ids::ConnectionId;

use super::Opened;
use crate::gui::state::Selection;

/// What reads which messages.
#[derive(Clone, Debug, Default)]
pub struct Pinned {
    /// What the command line and the preferences say.
    decided: Vec<Pin>,
    /// What the user said of single connections of this capture.
    here: Vec<(ConnectionId, &'static Decoder)>,
}

impl Pinned {
    /// All pins; the last that holds for a connection counts. Whoever decodes messages of this capture has them from
    /// here: rows, panes and display filters read the same.
    pub fn all(&self) -> Vec<Pin> {
        let here = self.here.iter().map(|(id, decoder)| Pin { of: Where::Connection(*id), decoder });
        self.decided.iter().cloned().chain(here).collect()
    }

    /// What is pinned for just these connections.
    pub fn of(&self, of: &Where) -> Option<&'static Decoder> {
        self.all().into_iter().rev().find(|pin| pin.of == *of).map(|pin| pin.decoder)
    }
}

impl Opened {
    /// The connection that is looked at, or that said what is looked at.
    pub fn speaker(&self) -> Option<ConnectionId> {
        let snapshot = &self.snapshot;
        match self.selection? {
            Selection::Message(id) => snapshot.message(id).map(|message| message.connection),
            Selection::Frame(id) => snapshot.frame(id).map(|frame| frame.connection),
            Selection::Connection(id) => Some(id),
            Selection::Packet(_) | Selection::Delivery(_) => None,
        }
    }

    /// This is decided for all captures.
    pub fn decide(&mut self, pins: Vec<Pin>) {
        self.decoding.decided = pins;
        self.decode();
    }

    /// Messages of a connection are read so while the capture is open.
    pub fn pin(&mut self, connection: ConnectionId, decoder: Option<&'static Decoder>) {
        self.decoding.here.retain(|(id, _)| *id != connection);
        self.decoding.here.extend(decoder.map(|decoder| (connection, decoder)));
        self.decode();
    }

    /// Whoever reads messages is told what is pinned.
    pub(super) fn decode(&mut self) {
        let pins = Arc::from(self.decoding.all());
        self.inspector.pin(&pins);
        self.coloring.pin(&pins);
        self.lists.pin(&pins, &self.snapshot);
    }

    /// What is pinned, in another pass: connections have other numbers there.
    pub(super) fn renumbered(&self, newest: &Snapshot) -> Pinned {
        let moved = |(id, decoder): &(ConnectionId, &'static Decoder)| match self
            .moved(newest, Selection::Connection(*id))
        {
            Some(Selection::Connection(id)) => Some((id, *decoder)),
            _ => None,
        };
        let Pinned { decided, here } = &self.decoding;
        Pinned { decided: decided.clone(), here: here.iter().filter_map(moved).collect() }
    }
}

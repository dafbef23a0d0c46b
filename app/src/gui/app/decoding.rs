//! What the application does about decoders: asks which, pins them, says which of those decided it does not know.

use session::decoding::{Pin, Where};
use session::dissector::decoders::decoder;

use super::App;
use crate::gui::command::Command;
use crate::gui::dialog::Dialog;
use crate::gui::dialog::decode_as::DecodeAs;
use crate::gui::theme::Level;

impl App {
    /// What the command line says of how messages are read; it counts more than what was decided.
    pub fn decode_by(&mut self, pins: Vec<Pin>) {
        self.told_pins = pins;
    }

    pub(super) fn run_decoding(&mut self, command: Command) {
        let Some(opened) = &mut self.opened else { return };
        match command {
            Command::DecodeAs => {
                let Some(id) = opened.speaker() else { return };
                let spoken = opened.inspector.protocol(&opened.snapshot, id);
                let Some(connection) = opened.snapshot.connection(id) else { return };
                self.dialog = Some(Dialog::DecodeAs(DecodeAs::new(connection, spoken, &opened.decoding)));
            }
            Command::Decode(Where::Connection(id), name) => opened.pin(id, name.and_then(decoder)),
            Command::Decode(of, name) => {
                // What is said now counts more than what was said on the command line.
                self.told_pins.retain(|pin| pin.of != of);
                self.decide(|it| it.protocols.set(of, name.and_then(decoder)));
                self.read_by();
            }
            _ => {}
        }
    }

    /// What was decided holds for what is open, too.
    pub(super) fn read_by(&mut self) {
        let pins = self.decided_pins();
        if let Some(opened) = &mut self.opened {
            opened.decide(pins);
        }
    }

    /// What is decided for all captures.
    pub(super) fn decided_pins(&self) -> Vec<Pin> {
        let decided = self.preferences.protocols.pins();
        decided.into_iter().chain(self.told_pins.iter().cloned()).collect()
    }

    /// Says what of the preferences does nothing.
    pub(super) fn say_unknown(&mut self) {
        for (text, why) in self.preferences.protocols.faults() {
            self.say(Level::Warn, format!("The preference \"{text}\" does nothing and is kept: {why}"));
        }
    }
}

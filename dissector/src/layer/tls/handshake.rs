//! What handshake messages and alerts change: who is who, which keys come next, what the layer inside is.
//!
//! Knows no record. That a message is what its sender meant is the cipher's word; nothing here proves it.

use std::sync::Arc;

use super::keys::{Keyed, Phase};
use super::messages::Message;
use super::{Tls, Up};
use crate::ids::{End, Side};
use crate::tls::hello::{ClientHello, EncryptedExtensions, HandshakeType, ServerHello};
use crate::tls::open::Opener;
use crate::tls::record::Version;
use crate::tls::secured::Keys;

impl Tls {
    /// What a handshake message changes. Says whether the other end can go on.
    pub(super) fn handshake(&mut self, end: End, bytes: &[u8], up: &mut Up<'_>) -> bool {
        let mut release = false;
        for Message { kind, body } in self.direction(end).messages.add(bytes) {
            match kind {
                HandshakeType::CLIENT_HELLO => {
                    self.client_hello(end, &body, up);
                    release = true;
                }
                HandshakeType::SERVER_HELLO => release |= self.server_hello(end, &body, up),
                HandshakeType::ENCRYPTED_EXTENSIONS => {
                    self.secured.alpn = EncryptedExtensions::read(&body).alpn;
                    self.chosen(up);
                }
                HandshakeType::NEW_SESSION_TICKET => self.known.ticket(&body, up.secrets),
                HandshakeType::CLIENT_KEY_EXCHANGE => self.known.key_exchange(&body),
                HandshakeType::END_OF_EARLY_DATA => self.next_phase(end, Phase::Handshake, up),
                HandshakeType::FINISHED if self.direction(end).half.phase != Phase::Sealed => {
                    self.next_phase(end, Phase::Traffic, up);
                }
                // RFC 8446 4.6.3: whoever sends KeyUpdate uses the next keys from its next record on.
                HandshakeType::KEY_UPDATE => {
                    let (version, suite) = (self.known.version(), self.known.suite());
                    let half = &self.direction(end).half;
                    let keys = half.keyed.as_ref().and_then(|keyed| keyed.next(version?, suite?));
                    let side = self.side(end);
                    if let Some(updates) = self.secured.updates.get_mut(side.index()) {
                        *updates = updates.saturating_add(1);
                    }
                    self.change_keys(end, keys, Phase::Traffic);
                }
                _ => {}
            }
        }
        release
    }

    fn client_hello(&mut self, end: End, body: &[u8], up: &mut Up<'_>) {
        let hello = ClientHello::read(body);
        if self.direction(end).half.phase == Phase::Sealed {
            self.secured.renegotiations = self.secured.renegotiations.saturating_add(1);
        }
        self.client = Some(end);
        self.secured.hello = true;
        self.secured.server_name = hello.server_name.clone().or(self.secured.server_name.take());
        self.secured.offered = hello.alpn.clone();
        self.secured.early_data |= hello.early_data;
        self.known.client_hello(hello);
        self.say(up);
    }

    fn server_hello(&mut self, end: End, body: &[u8], up: &mut Up<'_>) -> bool {
        let hello = ServerHello::read(body);
        if hello.is_retry() {
            self.secured.retried = true;
            return false;
        }
        self.client = Some(end.other());
        self.known.server_hello(hello, up.secrets);
        let known = &self.known;
        self.secured.version = known.version();
        self.secured.suite = known.suite();
        self.secured.resumed = known.resumed();
        if let Some(server) = &known.server {
            self.secured.extended_master_secret = server.extended_master_secret;
            self.secured.encrypt_then_mac = server.encrypt_then_mac;
            self.secured.alpn = server.alpn.clone().or(self.secured.alpn.take());
        }
        if known.version().is_some_and(Version::is_tls13) {
            let early = known.has_early_data(up.secrets);
            let first = if early { Phase::Early } else { Phase::Handshake };
            self.next_phase(end, Phase::Handshake, up);
            self.next_phase(end.other(), first, up);
            if self.secured.early_data {
                self.direction(end.other()).half.early = true;
            }
        }
        self.chosen(up);
        true
    }

    /// The protocol inside may be known by now.
    fn chosen(&mut self, up: &mut Up<'_>) {
        // RFC 9113 3.3: over TLS, HTTP/2 is what ALPN calls "h2".
        if self.secured.alpn.as_deref() == Some("h2")
            && let Some(client) = self.client
        {
            self.inside.expect_http2(client, up);
        }
    }

    /// TLS 1.3: the keys of the next phase come into use.
    fn next_phase(&mut self, end: End, phase: Phase, up: &mut Up<'_>) {
        let keys = self.known.tls13(self.side(end), phase, up.secrets);
        self.note_keys(self.known.keys);
        self.change_keys(end, keys, phase);
    }

    pub(super) fn note_keys(&mut self, keys: Keys) {
        // Once there are keys to something, that is what is said.
        if !self.secured.keys.are_known() || keys.are_known() {
            self.secured.keys = keys;
        }
    }

    pub(super) fn change_keys(&mut self, end: End, keys: Option<(Arc<Opener>, Vec<u8>)>, phase: Phase) {
        let keyed = keys.map(|(opener, secret)| Keyed { id: None, opener, secret, sequence: 0, used: None });
        let half = &mut self.direction(end).half;
        half.keyed = keyed;
        half.phase = phase;
    }

    pub(super) fn alert(&mut self, side: Side, bytes: &[u8]) {
        if let (Some(alert), Some(description)) = (self.secured.alerts.get_mut(side.index()), bytes.get(1)) {
            *alert = Some(*description);
        }
    }
}

//! Which keys open what: from hellos and a key log to openers.
//!
//! Knows no stream. Sessions that are taken up again use the master secret of the one before (RFC 5246 7.4.1.2,
//! RFC 5077 3.1), so those of this capture are remembered while they may be needed.

use std::sync::Arc;

use crate::ids::{EpochId, Side};
use crate::layer::Up;
use crate::layer::tls::reader::Sealed;
use crate::layer::tls::secrets::Secrets;
use crate::tls::hello::{ClientHello, ServerHello};
use crate::tls::keylog::Label;
use crate::tls::open::{Opener, Refused};
use crate::tls::record::{ContentType, RecordHeader, Version};
use crate::tls::schedule;
use crate::tls::secured::Keys;
use crate::tls::suite::Suite;

/// What protects an end's records (RFC 8446 2; RFC 5246 7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing.
    #[default]
    Plain,
    /// TLS 1.2 and before: the keys of the newest handshake.
    Sealed,
    /// TLS 1.3: those of early data.
    Early,
    /// Those of the handshake.
    Handshake,
    /// Those of the application's data.
    Traffic,
}

impl Phase {
    /// The one that comes next in TLS 1.3.
    pub(super) const fn next(self) -> Option<Self> {
        match self {
            Self::Plain | Self::Early => Some(Self::Handshake),
            Self::Handshake => Some(Self::Traffic),
            Self::Sealed | Self::Traffic => None,
        }
    }
}

/// The keys in use in one direction.
pub(super) struct Keyed {
    /// Its number, once something of the stream inside was opened: many changes of keys have nothing between them.
    pub(super) id: Option<EpochId>,
    pub(super) opener: Arc<Opener>,
    /// In TLS 1.3, what the next ones are made of.
    pub(super) secret: Vec<u8>,
    /// The number of the next record.
    pub(super) sequence: u64,
    /// The number of the record that was opened last.
    pub(super) used: Option<u64>,
}

impl Keyed {
    /// RFC 8446 7.2: the keys after these.
    pub(super) fn next(&self, version: Version, suite: Suite) -> Option<(Arc<Opener>, Vec<u8>)> {
        let secret = schedule::next_secret(suite, &self.secret)?;
        Some((Arc::new(Opener::tls13(suite, &secret)?.as_of(version)), secret))
    }
}

/// What protects one direction.
#[derive(Default)]
pub(super) struct Half {
    pub(super) phase: Phase,
    pub(super) keyed: Option<Keyed>,
    /// Whether something came to which there are no keys.
    pub(super) keyless: bool,
    /// Whether data may come that was sent early, and to which there may be no keys.
    pub(super) early: bool,
    /// Why the last record was not opened.
    pub(super) why: Option<Refused>,
}

impl Half {
    /// Opens the next record.
    pub(super) fn open(&mut self, sealed: &Sealed<'_>, plain: &mut Vec<u8>) -> Option<ContentType> {
        let keyed = self.keyed.as_mut()?;
        match keyed.opener.open(keyed.sequence, &sealed.head, sealed.fragment, sealed.before.bytes(), plain) {
            Ok(opened) => {
                self.opened();
                Some(opened.content_type)
            }
            Err(why) => {
                self.why = Some(why);
                None
            }
        }
    }

    /// The next record was opened.
    pub(super) fn opened(&mut self) {
        if let Some(keyed) = &mut self.keyed {
            keyed.used = Some(keyed.sequence);
            keyed.sequence = keyed.sequence.saturating_add(1);
        }
    }

    /// By which keys, and as which record, the last one was opened.
    pub(super) fn used(&mut self, up: &mut Up<'_>) -> Option<(EpochId, u64)> {
        let keyed = self.keyed.as_mut()?;
        let used = keyed.used?;
        let id = *keyed.id.get_or_insert_with(|| up.epoch(&keyed.opener));
        Some((id, used))
    }

    /// A record went by that was not opened.
    pub(super) fn pass_over(&mut self) {
        if let Some(keyed) = &mut self.keyed {
            keyed.sequence = keyed.sequence.saturating_add(1);
        }
    }

    /// RFC 8446 4.2.10: a server that does not take early data passes over what it cannot open.
    pub(super) fn expects_early_data(&self) -> bool {
        let fresh = self.keyed.as_ref().is_some_and(|keyed| keyed.sequence == 0);
        self.early && fresh && matches!(self.phase, Phase::Early | Phase::Handshake)
    }

    /// How much of the stream inside a record holds, where its header tells.
    pub(super) fn inside_of(&self, header: &RecordHeader) -> Option<u64> {
        self.keyed.as_ref()?.opener.plain_len(header.len).map(u64::from)
    }
}

/// What the handshakes said.
#[derive(Default)]
pub(super) struct Known {
    pub(super) client: Option<ClientHello>,
    pub(super) server: Option<ServerHello>,
    /// What came of the last look for keys.
    pub(super) keys: Keys,
    /// The encrypted premaster secret (RFC 5246 7.4.7.1): key logs of old name it.
    premaster: Option<[u8; 8]>,
    master: Option<Vec<u8>>,
    resumed: bool,
}

impl Known {
    pub(super) fn client_hello(&mut self, hello: ClientHello) {
        self.client = Some(hello);
        self.server = None;
        self.master = None;
        self.premaster = None;
        self.resumed = false;
    }

    pub(super) fn server_hello(&mut self, hello: ServerHello, secrets: &mut Secrets) {
        let offered = self.client.as_ref();
        // RFC 5246 7.4.1.3: the same session ID means that the session is taken up again. RFC 8446 4.1.3: in
        // TLS 1.3 it is a mere echo, and the chosen PSK says it.
        self.resumed = if hello.version.is_tls13() {
            hello.pre_shared_key.is_some()
        } else {
            offered.is_some_and(|offered| {
                !offered.session_id.is_empty() && offered.session_id == hello.session_id
            })
        };
        self.server = Some(hello);
        if !self.version().is_some_and(Version::is_tls13) {
            self.master = self.master_secret(secrets);
        }
    }

    pub(super) fn version(&self) -> Option<Version> {
        Some(self.server.as_ref()?.version)
    }
    pub(super) fn suite(&self) -> Option<Suite> {
        Some(self.server.as_ref()?.suite)
    }
    pub(super) fn resumed(&self) -> bool {
        self.resumed
    }

    /// The client's half of the key exchange (RFC 5246 7.4.7), as far as key logs name it.
    pub(super) fn key_exchange(&mut self, body: &[u8]) {
        // RFC 5246 7.4.7.1: the encrypted secret comes behind two bytes of length.
        self.premaster = body.get(2..10).and_then(|first| first.try_into().ok());
    }

    /// A ticket was given, by which the session can be taken up again (RFC 5077 3.3).
    pub(super) fn ticket(&mut self, body: &[u8], secrets: &mut Secrets) {
        if self.version().is_some_and(Version::is_tls13) {
            return;
        }
        // Behind four bytes of lifetime and two of length.
        if self.master.is_none() {
            self.master = self.master_secret(secrets);
        }
        if let (Some(ticket), Some(master)) = (body.get(6..), &self.master) {
            secrets.remember(ticket, master);
        }
    }

    /// Whether early data can be read.
    pub(super) fn has_early_data(&self, secrets: &Secrets) -> bool {
        self.secret(Label::ClientEarlyTraffic, secrets).is_some()
    }

    /// The keys of a phase of TLS 1.3 and what they are made of.
    pub(super) fn tls13(
        &mut self,
        side: Side,
        phase: Phase,
        secrets: &mut Secrets,
    ) -> Option<(Arc<Opener>, Vec<u8>)> {
        let label = match (phase, side) {
            (Phase::Early, _) => Label::ClientEarlyTraffic,
            (Phase::Handshake, Side::Client) => Label::ClientHandshakeTraffic,
            (Phase::Handshake, Side::Server) => Label::ServerHandshakeTraffic,
            (Phase::Traffic, Side::Client) => Label::ClientTraffic,
            (Phase::Traffic, Side::Server) => Label::ServerTraffic,
            (Phase::Plain | Phase::Sealed, _) => return None,
        };
        let (version, suite) = (self.version()?, self.suite()?);
        let Some((secret, source)) = self.secret(label, secrets) else {
            self.keys = self.lacking(secrets);
            return None;
        };
        let opener = Opener::tls13(suite, &secret);
        self.keys = if opener.is_some() { Keys::From(source) } else { Keys::Unsupported };
        Some((Arc::new(opener?.as_of(version)), secret))
    }

    fn secret(&self, label: Label, secrets: &Secrets) -> Option<(Vec<u8>, u32)> {
        let secret = secrets.log.secret(label, &self.client.as_ref()?.random)?;
        Some((secret.bytes.to_vec(), secret.source))
    }

    /// No key log has the keys.
    fn lacking(&self, secrets: &mut Secrets) -> Keys {
        let Some(client) = &self.client else { return Keys::NoHello };
        secrets.lack(client.random);
        Keys::Missing
    }

    /// The keys of the newest handshake, up to TLS 1.2.
    pub(super) fn tls12(&mut self, side: Side, secrets: &mut Secrets) -> Option<Arc<Opener>> {
        if self.client.is_none() || self.server.is_none() {
            self.keys = Keys::NoHello;
            return None;
        }
        if !(Version::TLS10..=Version::TLS12).contains(&self.server.as_ref()?.version) {
            self.keys = Keys::Unsupported;
            return None;
        }
        if self.master.is_none() {
            self.master = self.master_secret(secrets);
        }
        let (client, server) = (self.client.as_ref()?, self.server.as_ref()?);
        let Some(master) = &self.master else {
            self.keys = self.lacking(secrets);
            return None;
        };
        let (version, suite) = (server.version, server.suite);
        let etm = server.encrypt_then_mac;
        let opener = Opener::tls12(version, suite, master, &client.random, &server.random, side, etm);
        if opener.is_none() {
            self.keys = Keys::Unsupported;
        }
        opener.map(Arc::new)
    }

    /// The master secret of TLS up to 1.2 (RFC 5246 8.1).
    fn master_secret(&mut self, secrets: &mut Secrets) -> Option<Vec<u8>> {
        let (client, server) = (self.client.as_ref()?, self.server.as_ref()?);
        let (version, suite) = (server.version, server.suite);
        let log = &secrets.log;
        let logged =
            log.secret(Label::ClientRandom, &client.random).or_else(|| log.by_session(&server.session_id));
        let made = || {
            // A premaster secret makes a master secret by the hellos alone, unless RFC 7627 binds it to the handshake.
            let encrypted = self.premaster.as_ref().and_then(|first| log.by_premaster(first));
            let premaster = log.secret(Label::PremasterClientRandom, &client.random).or(encrypted)?;
            let (bytes, source) = (premaster.bytes, premaster.source);
            let alone = !server.extended_master_secret;
            let master =
                alone.then(|| schedule::master_secret(version, suite, bytes, &client.random, &server.random));
            Some((master?, source))
        };
        let logged = logged.map(|master| (master.bytes.to_vec(), master.source)).or_else(made);
        if let Some((master, source)) = logged {
            self.keys = Keys::From(source);
            secrets.remember(&server.session_id, &master);
            return Some(master);
        }
        let ticket = client.session_ticket.as_deref().unwrap_or_default();
        let known = secrets.recall(&server.session_id).or_else(|| secrets.recall(ticket))?;
        self.keys = Keys::Resumed;
        Some(known)
    }
}

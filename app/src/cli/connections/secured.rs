//! What a row says of the TLS around a connection.

use std::sync::Arc;

use serde_json::{Value, json};
use session::Snapshot;
use session::dissector::tls::alert;
use session::dissector::tls::secured::{Keys, Secured};
use session::model::Connection;

/// What is known of a TLS, and of where its keys come from.
pub(crate) struct Row {
    secured: Arc<Secured>,
    key_logs: Arc<[Arc<str>]>,
}

impl Row {
    pub(super) fn of(snapshot: &Snapshot, connection: &Connection) -> Option<Self> {
        let secured = Arc::clone(snapshot.secured(connection.carrier.tls?)?);
        Some(Self { secured, key_logs: Arc::clone(&snapshot.key_logs) })
    }

    pub(super) fn version(&self) -> Option<String> {
        self.secured.version.map(|version| version.name().to_owned())
    }
    pub(super) fn suite(&self) -> Option<String> {
        self.secured.suite.map(|suite| suite.name().to_owned())
    }
    pub(super) fn server_name(&self) -> Option<String> {
        self.secured.server_name.clone()
    }
    pub(super) fn alpn(&self) -> Option<String> {
        self.secured.alpn.clone()
    }

    /// Whether there are keys, and from where.
    pub(super) fn keys(&self) -> String {
        match self.secured.keys {
            Keys::NotNeeded => "not needed".into(),
            Keys::From(source) => {
                let name = self.key_logs.get(source as usize);
                name.map_or("known".into(), |name| format!("from {name}"))
            }
            Keys::Resumed => "from an earlier session".into(),
            Keys::Missing => "missing".into(),
            Keys::NoHello => "not to be told: the handshake was not captured".into(),
            Keys::Unsupported => "of no use: the cipher suite is not read".into(),
        }
    }

    pub(super) fn json(&self) -> Value {
        let Secured { offered, retried, resumed, early_data, renegotiations, .. } = &*self.secured;
        let alert = |side: usize| self.secured.alerts[side].map(alert::name);
        json!({
            "version": self.version(),
            "cipher_suite": self.suite(),
            "server_name": self.server_name(),
            "alpn": self.alpn(),
            "alpn_offered": offered,
            "keys": self.keys(),
            "keys_known": self.secured.keys.are_known(),
            "hello_retry": retried,
            "resumed": resumed,
            "early_data": early_data,
            "extended_master_secret": self.secured.extended_master_secret,
            "encrypt_then_mac": self.secured.encrypt_then_mac,
            "renegotiations": renegotiations,
            "key_updates": { "client": self.secured.updates[0], "server": self.secured.updates[1] },
            "alerts": { "client": alert(0), "server": alert(1) },
            "records": { "decrypted": self.secured.opened, "refused": self.secured.refused },
        })
    }
}

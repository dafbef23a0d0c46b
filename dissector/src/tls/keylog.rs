//! A key log in the form of NSS (`SSLKEYLOGFILE`): lines of a label, what it is for, and a secret, in hex.
//!
//! Written down in RFC 9850. Knows no file: whoever reads one hands over its text, in pieces if it grows. Lines
//! that say nothing are counted and do no harm.

use std::collections::HashMap;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// The master secret of TLS up to 1.2, by the client random.
    ClientRandom,
    /// The premaster secret, by the client random.
    PremasterClientRandom,
    /// TLS 1.3: what protects data that a client sends early.
    ClientEarlyTraffic,
    /// What protects the client's handshake.
    ClientHandshakeTraffic,
    /// What protects the server's handshake.
    ServerHandshakeTraffic,
    /// What protects the client's data.
    ClientTraffic,
    /// What protects the server's data.
    ServerTraffic,
}

/// The labels of lines that name a client random.
const LABELS: [(&str, Label); 7] = [
    ("CLIENT_RANDOM", Label::ClientRandom),
    ("PMS_CLIENT_RANDOM", Label::PremasterClientRandom),
    ("CLIENT_EARLY_TRAFFIC_SECRET", Label::ClientEarlyTraffic),
    ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", Label::ClientHandshakeTraffic),
    ("SERVER_HANDSHAKE_TRAFFIC_SECRET", Label::ServerHandshakeTraffic),
    ("CLIENT_TRAFFIC_SECRET_0", Label::ClientTraffic),
    ("SERVER_TRAFFIC_SECRET_0", Label::ServerTraffic),
];

/// Labels of secrets that protect no record of TLS.
const OTHERS: [&str; 4] = ["EXPORTER_SECRET", "EARLY_EXPORTER_SECRET", "ECH_SECRET", "ECH_CONFIG"];

/// A line longer than this says nothing.
const LONGEST_LINE: usize = 4096;

/// Secrets by what they are for.
#[derive(Clone, Default)]
pub struct KeyLog {
    by_random: HashMap<(Label, [u8; 32]), Kept>,
    by_session: HashMap<Vec<u8>, Kept>,
    by_premaster: HashMap<[u8; 8], Kept>,
    /// Lines that were understood.
    pub lines: u64,
    /// Lines that say nothing.
    pub strange: u64,
}

/// A secret, and the key log that has it.
#[derive(Clone)]
struct Kept {
    bytes: Box<[u8]>,
    source: u32,
}

/// A secret.
#[derive(Clone, Copy)]
pub struct Secret<'a> {
    /// It.
    pub bytes: &'a [u8],
    /// The key log that has it, by the number that it was added with.
    pub source: u32,
}

impl Kept {
    fn secret(&self) -> Secret<'_> {
        Secret { bytes: &self.bytes, source: self.source }
    }
}

impl KeyLog {
    /// Adds whole lines of the key log numbered `source`.
    pub fn add(&mut self, text: &[u8], source: u32) {
        for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            match core::str::from_utf8(line).ok().filter(|line| line.len() <= LONGEST_LINE) {
                Some(line) if self.line(line, source).is_some() => self.lines += 1,
                _ => self.strange += 1,
            }
        }
    }

    fn line(&mut self, line: &str, source: u32) -> Option<()> {
        let mut words = line.split_ascii_whitespace();
        let (label, name, last) = (words.next()?, words.next()?, words.next()?);
        let keep = |hex: &str| Some(Kept { bytes: hex::decode(hex).ok()?.into(), source });
        // Older than all others: `RSA Session-ID:… Master-Key:…`, and the first bytes of an encrypted premaster
        // secret with the secret itself.
        if label == "RSA" {
            match (name.strip_prefix("Session-ID:"), last.strip_prefix("Master-Key:")) {
                (Some(id), Some(key)) => self.by_session.insert(hex::decode(id).ok()?, keep(key)?),
                _ => self.by_premaster.insert(hex::decode(name).ok()?.try_into().ok()?, keep(last)?),
            };
            return Some(());
        }
        if OTHERS.contains(&label) || label.starts_with("QUIC_") {
            return Some(());
        }
        let (_, label) = LABELS.iter().find(|(known, _)| *known == label)?;
        let random = hex::decode(name).ok()?.try_into().ok()?;
        self.by_random.insert((*label, random), keep(last)?);
        Some(())
    }

    /// Adds all that another one has.
    pub fn merge(&mut self, other: Self) {
        self.by_random.extend(other.by_random);
        self.by_session.extend(other.by_session);
        self.by_premaster.extend(other.by_premaster);
        self.lines += other.lines;
        self.strange += other.strange;
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.by_random.is_empty() && self.by_session.is_empty() && self.by_premaster.is_empty()
    }

    /// A secret of the connection that a ClientHello with this random opened.
    pub fn secret(&self, label: Label, client_random: &[u8; 32]) -> Option<Secret<'_>> {
        self.by_random.get(&(label, *client_random)).map(Kept::secret)
    }

    /// The master secret of a session.
    pub fn by_session(&self, id: &[u8]) -> Option<Secret<'_>> {
        self.by_session.get(id).map(Kept::secret)
    }

    /// The premaster secret that was encrypted to what begins with these bytes.
    pub fn by_premaster(&self, encrypted: &[u8; 8]) -> Option<Secret<'_>> {
        self.by_premaster.get(encrypted).map(Kept::secret)
    }

    /// Whether it has anything for this client random.
    pub fn knows(&self, client_random: &[u8; 32]) -> bool {
        LABELS.iter().any(|(_, label)| self.by_random.contains_key(&(*label, *client_random)))
    }
}

// Secrets are not printed.
impl core::fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("KeyLog")
            .field("lines", &self.lines)
            .field("strange", &self.strange)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every label is read, CRLF, comments and case do no harm, and what is no line of a key log is counted.
    #[test]
    fn rfc9850_lines() {
        let random = "0F".repeat(32);
        let text = format!(
            "# comment\r\nCLIENT_RANDOM {random} aabb\r\n\r\nSERVER_TRAFFIC_SECRET_0 {random} ccdd\n\
             EXPORTER_SECRET {random} 00\nQUIC_CLIENT_TRAFFIC_SECRET_0 {random} 00\n\
             RSA Session-ID:0102 Master-Key:0a0b\nRSA 0011223344556677 0c0d\n\
             CLIENT_RANDOM zz aabb\nnonsense\nCLIENT_RANDOM 00 11\n\u{fffd} {random} 00\n"
        );
        let mut log = KeyLog::default();
        log.add(text.as_bytes(), 3);
        let random = [15; 32];
        let secret = log.secret(Label::ClientRandom, &random).unwrap();
        assert_eq!((secret.bytes, secret.source), (&[0xaa, 0xbb][..], 3));
        assert_eq!(log.secret(Label::ServerTraffic, &random).unwrap().bytes, [0xcc, 0xdd]);
        assert!(log.secret(Label::ClientTraffic, &random).is_none());
        assert_eq!(log.by_session(&[1, 2]).unwrap().bytes, [10, 11]);
        assert_eq!(log.by_premaster(&[0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]).unwrap().bytes, [12, 13]);
        assert_eq!((log.lines, log.strange), (6, 4));
        assert!(log.knows(&random) && !log.knows(&[0; 32]));
        assert!(!format!("{log:?}").contains("aa"));
    }

    /// Random bytes are no key log, and nothing worse.
    #[test]
    fn anything_can_be_added() {
        let mut seed = 1_u32;
        let bytes: Vec<u8> = core::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        })
        .take(100_000)
        .collect();
        let mut log = KeyLog::default();
        log.add(&bytes, 0);
        assert!(log.is_empty() && log.strange > 0);
    }
}

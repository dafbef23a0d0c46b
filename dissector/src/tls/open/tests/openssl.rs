//! Whole connections as OpenSSL made them, one in every kind of cipher that is read here; `openssl.py` makes them anew.
//!
//! The walk through a connection is as short as it can be: nothing is lost or broken here.

use super::open;
use crate::ids::Side;
use crate::tls::hello::{ClientHello, HandshakeType, ServerHello};
use crate::tls::keylog::{KeyLog, Label};
use crate::tls::open::{Opener, Refused};
use crate::tls::record::{ContentType, RecordHeader, Version};
use crate::tls::schedule;
use crate::tls::suite::{Cipher, Suite};

/// A connection: its key log, and what each side sent.
struct Talk {
    keys: KeyLog,
    sent: [Vec<u8>; 2],
}

impl Talk {
    fn read(paragraph: &str) -> Self {
        let mut keys = KeyLog::default();
        keys.add(paragraph.as_bytes(), 0);
        let line = |who: &str| paragraph.lines().find_map(|line| line.strip_prefix(who)).unwrap().trim();
        Self { keys, sent: ["client ", "server "].map(|who| hex::decode(line(who)).unwrap()) }
    }

    fn hellos(&self) -> (ClientHello, ServerHello) {
        let [client, server] = self.sent.each_ref().map(|sent| &records(sent)[0][9..]);
        (ClientHello::read(client), ServerHello::read(server))
    }

    /// What a side sent under keys: all data, and the types of the handshake messages.
    fn opened(&self, side: Side) -> (Vec<u8>, Vec<u8>) {
        let (client, server) = self.hellos();
        let records = records(&self.sent[side.index()]);
        let (suite, version) = (server.suite, server.version);
        let secret = |label| self.keys.secret(label, &client.random).map(|secret| secret.bytes.to_vec());
        let mut openers: Vec<Opener> = if version == Version::TLS13 {
            let labels = match side {
                Side::Client => [Label::ClientHandshakeTraffic, Label::ClientTraffic],
                Side::Server => [Label::ServerHandshakeTraffic, Label::ServerTraffic],
            };
            labels
                .into_iter()
                .filter_map(secret)
                .map(|secret| Opener::tls13(suite, &secret).unwrap())
                .collect()
        } else {
            let master = secret(Label::ClientRandom).unwrap();
            let (ours, theirs, etm) = (&client.random, &server.random, server.encrypt_then_mac);
            vec![Opener::tls12(version, suite, &master, ours, theirs, side, etm).unwrap()]
        };
        openers.reverse();
        let mut opener = openers.pop().unwrap();
        let change = |record: &&[u8]| record[0] == ContentType::CHANGE_CIPHER_SPEC.0;
        let first = records.iter().position(change).map_or(1, |at| at + 1);
        let (mut before, mut sequence, mut data, mut messages) = (&[][..], 0, Vec::new(), Vec::new());
        for record in records[first..].iter().filter(|record| !change(record)) {
            let (kind, plain) = loop {
                match open(&opener, sequence, record, before) {
                    Ok(opened) => break opened,
                    // RFC 8446 7.1: the handshake is over, and the next secret counts from zero.
                    Err(why) => assert_eq!((why, version), (Refused::Tag, Version::TLS13)),
                }
                (opener, sequence) = (openers.pop().unwrap(), 0);
            };
            (before, sequence) = (record, sequence + 1);
            match kind {
                ContentType::APPLICATION_DATA => data.extend(plain),
                ContentType::HANDSHAKE => messages.extend(plain),
                _ => {}
            }
        }
        (data, kinds(&messages))
    }
}

fn records(mut stream: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    while let Some(header) = RecordHeader::parse(stream) {
        assert!(header.is_plausible());
        let (record, rest) = stream.split_at(RecordHeader::LEN + usize::from(header.len));
        records.push(record);
        stream = rest;
    }
    records
}

fn kinds(mut messages: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let [kind, a, b, c, rest @ ..] = messages {
        kinds.push(*kind);
        messages = &rest[u32::from_be_bytes([0, *a, *b, *c]) as usize..];
    }
    kinds
}

fn talks() -> impl Iterator<Item = (&'static str, Talk)> {
    let paragraphs = include_str!("openssl.txt").trim_end().split("\n\n");
    paragraphs.map(|paragraph| (paragraph.lines().next().unwrap(), Talk::read(paragraph)))
}

/// RFC 5246 6.2.3, RFC 7366, RFC 6655, RFC 7905, RFC 8446 5.2: what OpenSSL sealed comes out, from TLS 1.0 to 1.3.
#[test]
fn rfc5246_6_2_3_as_openssl_seals() {
    let messages =
        [&b"w"[..], b"fifteen bytes..", b"sixteen bytes...", &(0..100).collect::<Vec<u8>>()].concat();
    let mut suites = std::collections::BTreeSet::new();
    for (name, talk) in talks() {
        let suite: Suite = talk.hellos().1.suite;
        if suite.cipher() == Cipher::Other {
            continue;
        }
        for side in [Side::Client, Side::Server] {
            let (data, kinds) = talk.opened(side);
            assert_eq!(data, messages, "{name}");
            assert!(kinds.contains(&HandshakeType::FINISHED.0), "{name}");
        }
        suites.insert(suite);
    }
    assert_eq!(suites.len(), 19, "{suites:?}");
}

/// RFC 5246 8.1: the master secret as OpenSSL made it of a premaster secret that an RSA key encrypted.
#[test]
fn rfc5246_8_1_as_openssl_derives() {
    let mut count = 0;
    for (name, talk) in talks() {
        let (client, server) = talk.hellos();
        // RFC 5246 7.4.7.1: the message's header, two bytes of length, and the encrypted secret.
        let exchange = records(&talk.sent[0]).into_iter().find(|record| record.get(5) == Some(&16));
        let encrypted = exchange.and_then(|record| record.get(11..19)?.try_into().ok());
        let Some(premaster) = encrypted.and_then(|first| talk.keys.by_premaster(first)) else { continue };
        let (ours, theirs) = (&client.random, &server.random);
        let made = schedule::master_secret(server.version, server.suite, premaster.bytes, ours, theirs);
        let logged = talk.keys.secret(Label::ClientRandom, ours).unwrap().bytes;
        // RFC 7627 4: bound to the whole handshake it is another one.
        assert_eq!(made == logged, !server.extended_master_secret, "{name}");
        count += 1;
    }
    assert_eq!(count, 6);
}

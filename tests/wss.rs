//! Real peers in TLS: tungstenite over rustls, whose own key log opens what was recorded between them.

use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use dissector::ids::TlsId;
use dissector::tls::record::Version;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, KeyLog, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    SupportedProtocolVersion,
};
use wscope_tests::place::{self, Temporary};
use wscope_tests::replay;

use crate::peers::{check, client_leads, echo, over};

/// Secrets in the form of NSS, as rustls says them.
#[derive(Debug, Default)]
struct Log(Mutex<String>);

impl KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex::encode(client_random), hex::encode(secret));
        self.0.lock().expect("nobody panicked").push_str(&line);
    }
}

/// A certificate for localhost and its key, made for this test and good for nothing else:
/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 36500
/// -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE`
fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let folder = place::project().join("tests/fixtures/certificate");
    let certificate = CertificateDer::from_pem_file(folder.join("certificate.pem")).expect("a certificate");
    (certificate, PrivateKeyDer::from_pem_file(folder.join("key.pem")).expect("its key"))
}

/// What was said is read, and the TLS around it is told as what it was.
fn converse(version: &'static SupportedProtocolVersion, told: Version) {
    let log = Arc::new(Log::default());
    let (certificate, key) = certificate();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("it can be trusted");
    let mut ours = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .expect("a version that there is")
        .with_root_certificates(roots)
        .with_no_client_auth();
    ours.key_log = Arc::clone(&log) as Arc<dyn KeyLog>;
    let theirs = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .expect("a version that there is")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they fit");
    let client = move |stream: TcpStream| {
        let name = ServerName::try_from("localhost").expect("a name");
        let tls = ClientConnection::new(Arc::new(ours), name).expect("a client");
        StreamOwned::new(tls, stream)
    };
    let server = move |stream: TcpStream| {
        StreamOwned::new(ServerConnection::new(Arc::new(theirs)).expect("a server"), stream)
    };
    let (said, capture) = over((client_leads, client), (echo, server));
    let (capture, keys) =
        (Temporary::with(&capture), Temporary::with(log.0.lock().expect("nobody panicked").as_bytes()));
    let snapshot = replay::file_with(capture.path(), &replay::keys(Some(keys.path()))).expect("a capture");
    check(&said, &snapshot);
    let secured = snapshot.secured(TlsId::new(0)).expect("a TLS");
    assert_eq!((secured.version, secured.server_name.as_deref()), (Some(told), Some("localhost")));
    assert_eq!(secured.refused, 0);
}

#[test]
fn rfc5246_everything_tungstenite_says_is_read() {
    converse(&rustls::version::TLS12, Version::TLS12);
}

#[test]
fn rfc8446_everything_tungstenite_says_is_read() {
    converse(&rustls::version::TLS13, Version::TLS13);
}

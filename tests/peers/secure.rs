//! Both ends of a connection in rustls, with the keys that it logs.
//!
//! `fixtures/tls/localhost.der` is a certificate for these tests, made with `openssl req -x509` for a hundred years;
//! its key lies beside it and protects nothing.

use std::fmt;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, KeyLog, ServerConfig, ServerConnection,
    SignatureScheme, StreamOwned, SupportedProtocolVersion,
};

use super::Duplex;

/// Both ends of a connection, before they speak.
pub(super) struct Ends {
    client: ClientConfig,
    server: ServerConfig,
    log: Arc<Log>,
}

/// What the client logged, as a key log has it.
#[derive(Default)]
struct Log(Mutex<String>);

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl KeyLog for Log {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}\n", hex::encode(client_random), hex::encode(secret));
        self.0.lock().expect("nobody panicked").push_str(&line);
    }
}

impl Ends {
    /// Ends that speak this version only.
    pub(super) fn new(version: &'static SupportedProtocolVersion) -> Self {
        let provider = Arc::new(ring::default_provider());
        let certificate = CertificateDer::from(include_bytes!("../fixtures/tls/localhost.der").to_vec());
        let key = PrivateKeyDer::try_from(include_bytes!("../fixtures/tls/localhost.key.der").to_vec());
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .expect("ring has both versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.expect("a key in DER"))
            .expect("the key is the certificate's");
        let known = Known { certificate, algorithms: provider.signature_verification_algorithms };
        let mut client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("ring has both versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(known))
            .with_no_client_auth();
        let log = Arc::new(Log::default());
        client.key_log = Arc::clone(&log) as Arc<dyn KeyLog>;
        Self { client, server, log }
    }

    pub(super) fn client(&self, stream: TcpStream) -> Box<dyn Duplex> {
        let name = ServerName::try_from("localhost").expect("a name");
        let connection = ClientConnection::new(Arc::new(self.client.clone()), name).expect("a client");
        Box::new(StreamOwned::new(connection, stream))
    }

    pub(super) fn server(&self, stream: TcpStream) -> Box<dyn Duplex> {
        let connection = ServerConnection::new(Arc::new(self.server.clone())).expect("a server");
        Box::new(StreamOwned::new(connection, stream))
    }

    /// The key log so far.
    pub(super) fn keys(&self) -> String {
        self.log.0.lock().expect("nobody panicked").clone()
    }
}

/// Trusts the certificate of these tests, and no other.
#[derive(Debug)]
struct Known {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if *end == self.certificate {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General("another certificate".into()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

//! Cipher suites: IANA's registry as a table, with what it takes to read along.
//!
//! Those that this program does not read are named all the same, where they are well known.

use core::fmt;

/// A cipher suite; all values can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suite(pub u16);

/// What encrypts records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// AES in Galois/Counter Mode, with a key of so many bytes (RFC 5288).
    Gcm(u8),
    /// AES in Counter Mode with CBC-MAC, with a key and a tag of so many bytes (RFC 6655).
    Ccm(u8, u8),
    /// ChaCha20 and Poly1305 (RFC 7905).
    ChaCha,
    /// AES in CBC mode, with a key of so many bytes and this MAC (RFC 5246 6.2.3.2).
    Cbc(u8, Mac),
    /// What this program does not read.
    Other,
}

/// The hash of an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mac {
    /// 20 bytes.
    Sha1,
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
}

/// The hash that secrets are derived with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// The default of TLS 1.2 (RFC 5246 5).
    Sha256,
    /// What suites with `_SHA384` use.
    Sha384,
}

/// An entry of the table.
#[derive(Clone, Copy, Debug)]
struct Entry {
    code: u16,
    name: &'static str,
    cipher: Cipher,
    hash: Hash,
}

impl Suite {
    fn entry(self) -> Option<&'static Entry> {
        let place = SUITES.binary_search_by_key(&self.0, |entry| entry.code).ok()?;
        SUITES.get(place)
    }
    /// All suites of the table.
    #[cfg(test)]
    pub(crate) fn known() -> impl Iterator<Item = Self> {
        SUITES.iter().map(|entry| Self(entry.code))
    }
    /// Its name in IANA's registry.
    pub fn name(self) -> &'static str {
        self.entry().map_or("unknown suite", |entry| entry.name)
    }
    /// What encrypts its records.
    pub fn cipher(self) -> Cipher {
        self.entry().map_or(Cipher::Other, |entry| entry.cipher)
    }
    /// What its secrets are derived with, in TLS 1.2 and 1.3.
    pub fn hash(self) -> Hash {
        self.entry().map_or(Hash::Sha256, |entry| entry.hash)
    }
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#06x})", self.name(), self.0)
    }
}

const fn entry(code: u16, name: &'static str, cipher: Cipher, hash: Hash) -> Entry {
    Entry { code, name, cipher, hash }
}

/// One of the many with SHA-256.
const fn with(code: u16, name: &'static str, cipher: Cipher) -> Entry {
    entry(code, name, cipher, Hash::Sha256)
}

const CBC128: Cipher = Cipher::Cbc(16, Mac::Sha1);
const CBC256: Cipher = Cipher::Cbc(32, Mac::Sha1);
const CBC128_SHA256: Cipher = Cipher::Cbc(16, Mac::Sha256);
const CBC256_SHA256: Cipher = Cipher::Cbc(32, Mac::Sha256);
const CBC256_SHA384: Cipher = Cipher::Cbc(32, Mac::Sha384);
const GCM128: Cipher = Cipher::Gcm(16);
const GCM256: Cipher = Cipher::Gcm(32);

#[rustfmt::skip]
const SUITES: &[Entry] = &[
    with(0x0001, "TLS_RSA_WITH_NULL_MD5", Cipher::Other),
    with(0x0002, "TLS_RSA_WITH_NULL_SHA", Cipher::Other),
    with(0x0004, "TLS_RSA_WITH_RC4_128_MD5", Cipher::Other),
    with(0x0005, "TLS_RSA_WITH_RC4_128_SHA", Cipher::Other),
    with(0x0009, "TLS_RSA_WITH_DES_CBC_SHA", Cipher::Other),
    with(0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0x0018, "TLS_DH_anon_WITH_RC4_128_MD5", Cipher::Other),
    with(0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0030, "TLS_DH_DSS_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0031, "TLS_DH_RSA_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", CBC256),
    with(0x0036, "TLS_DH_DSS_WITH_AES_256_CBC_SHA", CBC256),
    with(0x0037, "TLS_DH_RSA_WITH_AES_256_CBC_SHA", CBC256),
    with(0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", CBC256),
    with(0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", CBC256),
    with(0x003A, "TLS_DH_anon_WITH_AES_256_CBC_SHA", CBC256),
    with(0x003B, "TLS_RSA_WITH_NULL_SHA256", Cipher::Other),
    with(0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    with(0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256", CBC256_SHA256),
    with(0x003E, "TLS_DH_DSS_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    with(0x003F, "TLS_DH_RSA_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    with(0x0040, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    with(0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", Cipher::Other),
    with(0x0045, "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA", Cipher::Other),
    with(0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    with(0x0068, "TLS_DH_DSS_WITH_AES_256_CBC_SHA256", CBC256_SHA256),
    with(0x0069, "TLS_DH_RSA_WITH_AES_256_CBC_SHA256", CBC256_SHA256),
    with(0x006A, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256", CBC256_SHA256),
    with(0x006B, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", CBC256_SHA256),
    with(0x006C, "TLS_DH_anon_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    with(0x006D, "TLS_DH_anon_WITH_AES_256_CBC_SHA256", CBC256_SHA256),
    with(0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", Cipher::Other),
    with(0x0088, "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", Cipher::Other),
    with(0x008A, "TLS_PSK_WITH_RC4_128_SHA", Cipher::Other),
    with(0x008B, "TLS_PSK_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0x008C, "TLS_PSK_WITH_AES_128_CBC_SHA", CBC128),
    with(0x008D, "TLS_PSK_WITH_AES_256_CBC_SHA", CBC256),
    with(0x0090, "TLS_DHE_PSK_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0091, "TLS_DHE_PSK_WITH_AES_256_CBC_SHA", CBC256),
    with(0x0094, "TLS_RSA_PSK_WITH_AES_128_CBC_SHA", CBC128),
    with(0x0095, "TLS_RSA_PSK_WITH_AES_256_CBC_SHA", CBC256),
    with(0x0096, "TLS_RSA_WITH_SEED_CBC_SHA", Cipher::Other),
    with(0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00A0, "TLS_DH_RSA_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x00A1, "TLS_DH_RSA_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00A2, "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x00A3, "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00A4, "TLS_DH_DSS_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x00A5, "TLS_DH_DSS_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00A6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x00A7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00A8, "TLS_PSK_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x00A9, "TLS_PSK_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00AA, "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x00AB, "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00AC, "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0x00AD, "TLS_RSA_PSK_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x00AE, "TLS_PSK_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0x00AF, "TLS_PSK_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0x00B2, "TLS_DHE_PSK_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0x00B3, "TLS_DHE_PSK_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0x00B6, "TLS_RSA_PSK_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0x00B7, "TLS_RSA_PSK_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0x1301, "TLS_AES_128_GCM_SHA256", GCM128),
    entry(0x1302, "TLS_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0x1303, "TLS_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0x1304, "TLS_AES_128_CCM_SHA256", Cipher::Ccm(16, 16)),
    with(0x1305, "TLS_AES_128_CCM_8_SHA256", Cipher::Ccm(16, 8)),
    with(0xC002, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA", Cipher::Other),
    with(0xC003, "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0xC004, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA", CBC128),
    with(0xC005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA", CBC256),
    with(0xC007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", Cipher::Other),
    with(0xC008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", CBC128),
    with(0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", CBC256),
    with(0xC00C, "TLS_ECDH_RSA_WITH_RC4_128_SHA", Cipher::Other),
    with(0xC00D, "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0xC00E, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", CBC128),
    with(0xC00F, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA", CBC256),
    with(0xC011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", Cipher::Other),
    with(0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", Cipher::Other),
    with(0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", CBC128),
    with(0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", CBC256),
    with(0xC018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", CBC128),
    with(0xC019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", CBC256),
    with(0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0xC025, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0xC026, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0xC028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0xC029, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0xC02A, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0xC02D, "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0xC02E, "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0xC031, "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0xC032, "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0xC035, "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA", CBC128),
    with(0xC036, "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA", CBC256),
    with(0xC037, "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256", CBC128_SHA256),
    entry(0xC038, "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384", CBC256_SHA384, Hash::Sha384),
    with(0xC050, "TLS_RSA_WITH_ARIA_128_GCM_SHA256", Cipher::Other),
    with(0xC060, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256", Cipher::Other),
    with(0xC076, "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", Cipher::Other),
    with(0xC09C, "TLS_RSA_WITH_AES_128_CCM", Cipher::Ccm(16, 16)),
    with(0xC09D, "TLS_RSA_WITH_AES_256_CCM", Cipher::Ccm(32, 16)),
    with(0xC09E, "TLS_DHE_RSA_WITH_AES_128_CCM", Cipher::Ccm(16, 16)),
    with(0xC09F, "TLS_DHE_RSA_WITH_AES_256_CCM", Cipher::Ccm(32, 16)),
    with(0xC0A0, "TLS_RSA_WITH_AES_128_CCM_8", Cipher::Ccm(16, 8)),
    with(0xC0A1, "TLS_RSA_WITH_AES_256_CCM_8", Cipher::Ccm(32, 8)),
    with(0xC0A2, "TLS_DHE_RSA_WITH_AES_128_CCM_8", Cipher::Ccm(16, 8)),
    with(0xC0A3, "TLS_DHE_RSA_WITH_AES_256_CCM_8", Cipher::Ccm(32, 8)),
    with(0xC0A4, "TLS_PSK_WITH_AES_128_CCM", Cipher::Ccm(16, 16)),
    with(0xC0A5, "TLS_PSK_WITH_AES_256_CCM", Cipher::Ccm(32, 16)),
    with(0xC0A6, "TLS_DHE_PSK_WITH_AES_128_CCM", Cipher::Ccm(16, 16)),
    with(0xC0A7, "TLS_DHE_PSK_WITH_AES_256_CCM", Cipher::Ccm(32, 16)),
    with(0xC0A8, "TLS_PSK_WITH_AES_128_CCM_8", Cipher::Ccm(16, 8)),
    with(0xC0A9, "TLS_PSK_WITH_AES_256_CCM_8", Cipher::Ccm(32, 8)),
    with(0xC0AA, "TLS_PSK_DHE_WITH_AES_128_CCM_8", Cipher::Ccm(16, 8)),
    with(0xC0AB, "TLS_PSK_DHE_WITH_AES_256_CCM_8", Cipher::Ccm(32, 8)),
    with(0xC0AC, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", Cipher::Ccm(16, 16)),
    with(0xC0AD, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", Cipher::Ccm(32, 16)),
    with(0xC0AE, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", Cipher::Ccm(16, 8)),
    with(0xC0AF, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", Cipher::Ccm(32, 8)),
    with(0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0xCCAB, "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0xCCAC, "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0xCCAD, "TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0xCCAE, "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256", Cipher::ChaCha),
    with(0xD001, "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", GCM128),
    entry(0xD002, "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384", GCM256, Hash::Sha384),
    with(0xD003, "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256", Cipher::Ccm(16, 8)),
    with(0xD005, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256", Cipher::Ccm(16, 16)),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is searched by halves, and a name says what its cipher and hash are.
    #[test]
    fn names_and_ciphers_agree() {
        assert!(SUITES.windows(2).all(|pair| pair[0].code < pair[1].code));
        for Entry { name, cipher, hash, .. } in SUITES {
            let says = |word: &str| name.contains(word);
            match cipher {
                Cipher::Gcm(key) => {
                    assert!(says(if *key == 16 { "AES_128_GCM" } else { "AES_256_GCM" }), "{name}")
                }
                Cipher::Ccm(key, tag) => {
                    assert!(says(if *key == 16 { "AES_128_CCM" } else { "AES_256_CCM" }), "{name}");
                    assert_eq!(*tag == 8, says("CCM_8"), "{name}");
                }
                Cipher::ChaCha => assert!(says("CHACHA20_POLY1305"), "{name}"),
                Cipher::Cbc(key, mac) => {
                    assert!(says(if *key == 16 { "AES_128_CBC" } else { "AES_256_CBC" }), "{name}");
                    let ends = match mac {
                        Mac::Sha1 => "_SHA",
                        Mac::Sha256 => "_SHA256",
                        Mac::Sha384 => "_SHA384",
                    };
                    assert!(name.ends_with(ends), "{name}");
                }
                Cipher::Other => {}
            }
            assert_eq!(*hash == Hash::Sha384, name.ends_with("SHA384"), "{name}");
        }
    }
}

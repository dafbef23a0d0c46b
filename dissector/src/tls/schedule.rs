//! From secrets to keys: the PRF of TLS up to 1.2 (RFC 5246 5, RFC 2246 5) and the key schedule of 1.3 (RFC 8446 7).

use hkdf::Hkdf;
use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384};

use crate::tls::record::Version;
use crate::tls::suite::{Hash, Suite};

/// The master secret of a premaster secret (RFC 5246 8.1).
pub fn master_secret(
    version: Version,
    suite: Suite,
    premaster: &[u8],
    client_random: &[u8; 32],
    server_random: &[u8; 32],
) -> Vec<u8> {
    let mut master = vec![0; 48];
    prf(version, suite, premaster, b"master secret", &[client_random, server_random], &mut master);
    master
}

/// The key block of a master secret (RFC 5246 6.3): `len` bytes to be cut into MAC keys, keys and IVs.
pub fn key_block(
    version: Version,
    suite: Suite,
    master: &[u8],
    client_random: &[u8; 32],
    server_random: &[u8; 32],
    len: usize,
) -> Vec<u8> {
    let mut block = vec![0; len];
    prf(version, suite, master, b"key expansion", &[server_random, client_random], &mut block);
    block
}

/// The PRF of a version and suite.
fn prf(version: Version, suite: Suite, secret: &[u8], label: &[u8], seed: &[&[u8]], out: &mut [u8]) {
    let seed: Vec<&[u8]> = core::iter::once(label).chain(seed.iter().copied()).collect();
    if version.0 < Version::TLS12.0 {
        // RFC 2246 5: the secret's halves, which share a byte where it has an odd number of them.
        let half = secret.len().div_ceil(2);
        let (first, second) = (secret.get(..half), secret.get(secret.len() - half..));
        expand::<Md5>(first.unwrap_or_default(), &seed, out);
        let mut other = vec![0; out.len()];
        expand::<Sha1>(second.unwrap_or_default(), &seed, &mut other);
        out.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
        return;
    }
    match suite.hash() {
        Hash::Sha256 => expand::<Sha256>(secret, &seed, out),
        Hash::Sha384 => expand::<Sha384>(secret, &seed, out),
    }
}

/// `P_hash` (RFC 5246 5).
fn expand<H: EagerHash>(secret: &[u8], seed: &[&[u8]], out: &mut [u8]) {
    let hash = |parts: &[&[u8]]| {
        // HMAC takes a key of any length.
        let mut mac = Hmac::<H>::new_from_slice(secret).ok()?;
        parts.iter().for_each(|part| mac.update(part));
        Some(mac.finalize().into_bytes())
    };
    let mut chained = hash(seed);
    let mut left = out;
    while let (Some(a), false) = (chained, left.is_empty()) {
        let parts: Vec<&[u8]> = core::iter::once(a.as_slice()).chain(seed.iter().copied()).collect();
        let Some(block) = hash(&parts) else { return };
        let (now, later) = left.split_at_mut(block.len().min(left.len()));
        now.iter_mut().zip(block.iter()).for_each(|(byte, new)| *byte = *new);
        left = later;
        chained = hash(&[a.as_slice()]);
    }
}

/// HKDF-Expand-Label with an empty context (RFC 8446 7.1); nothing where the secret is too short for the hash.
pub fn expand_label(suite: Suite, secret: &[u8], label: &[u8], out: &mut [u8]) -> Option<()> {
    const PREFIX: &[u8] = b"tls13 ";
    let mut info = Vec::with_capacity(16 + label.len());
    info.extend((out.len() as u16).to_be_bytes());
    info.push((PREFIX.len() + label.len()) as u8);
    info.extend(PREFIX);
    info.extend(label);
    info.push(0);
    match suite.hash() {
        Hash::Sha256 => Hkdf::<Sha256>::from_prk(secret).ok()?.expand(&info, out).ok(),
        Hash::Sha384 => Hkdf::<Sha384>::from_prk(secret).ok()?.expand(&info, out).ok(),
    }
}

/// The traffic secret after this one (RFC 8446 7.2).
pub fn next_secret(suite: Suite, secret: &[u8]) -> Option<Vec<u8>> {
    let mut next = vec![0; secret.len()];
    expand_label(suite, secret, b"traffic upd", &mut next)?;
    Some(next)
}

#[cfg(test)]
mod tests;

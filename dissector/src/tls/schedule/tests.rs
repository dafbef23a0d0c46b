//! Published vectors of the PRFs.

use super::*;

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// RFC 5246 5: the vector for P_SHA256 that was published on the list of the TLS working group, and its fellow for
/// SHA-384.
#[test]
fn rfc5246_5_prf() {
    let mut out = [0; 100];
    let (secret, seed) = ("9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c");
    let (secret, seed) = (bytes::<16>(secret), bytes::<16>(seed));
    prf(Version::TLS12, Suite(0xC02F), &secret, b"test label", &[&seed], &mut out);
    let expected = "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9\
        c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789ba\
        a48082d122ee42c5a72e5a5110fff70187347b66";
    assert_eq!(hex::encode(out), expected);

    let mut out = [0; 148];
    let (secret, seed) = ("b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465");
    let (secret, seed) = (bytes::<16>(secret), bytes::<16>(seed));
    prf(Version::TLS12, Suite(0xC030), &secret, b"test label", &[&seed], &mut out);
    let expected = "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe3\
        4f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3\
        d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236\
        a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f";
    assert_eq!(hex::encode(out), expected);
}

/// RFC 2246 8.1: NIST's vector for the master secret of TLS 1.0 and 1.1 (CAVP, SP 800-135).
#[test]
fn rfc2246_8_1_master_secret() {
    let premaster =
        "bded7fa5c1699c010be23dd06ada3a48349f21e5f86263d512c0c5cc379f0e780ec55d9844b2f1db02a96453513568d0";
    let client = bytes("e5acaf549cd25c22d964c0d930fa4b5261d2507fad84c33715b7b9a864020693");
    let server = bytes("135e4d557fdf3aa6406d82975d5c606a9734c9334b42136e96990fbd5358cdb2");
    let suite = Suite(0x002F);
    let master = master_secret(Version::TLS11, suite, &bytes::<48>(premaster), &client, &server);
    let expected =
        "2f6962dfbc744c4b2138bb6b3d33054c5ecc14f24851d9896395a44ab3964efc2090c5bf51a0891209f46c1e1e998f62";
    assert_eq!(hex::encode(master), expected);
}

//! Records that were sealed here by the ciphers' own libraries are opened, and what was changed is refused.

mod openssl;
mod rfc8448;
mod seal;

use super::{Opener, Refused};
use crate::ids::Side;
use crate::tls::record::{ContentType, RecordHeader, Version};
use crate::tls::suite::{Cipher, Mac, Suite};

use seal::{Sealer, Settled};

/// Around a block, a record that is full, and none at all (RFC 5246 6.2.1: "Zero-length fragments of Application data
/// MAY be sent").
const LENGTHS: [usize; 9] = [0, 1, 5, 15, 16, 17, 300, 1000, 1 << 14];

/// Every way in which a suite of the table can be used.
fn ways() -> Vec<Settled> {
    let mut ways = Vec::new();
    for suite in Suite::known() {
        let versions: &[Version] = match suite.cipher() {
            Cipher::Other => &[],
            // RFC 5246 A.5: suites with other hashes than SHA-1 came with TLS 1.2.
            Cipher::Cbc(_, Mac::Sha1) => &[Version::TLS10, Version::TLS11, Version::TLS12],
            _ if suite.0 >> 8 == 0x13 => &[Version::TLS13],
            _ => &[Version::TLS12],
        };
        for version in versions {
            let orders: &[bool] =
                if matches!(suite.cipher(), Cipher::Cbc(..)) { &[false, true] } else { &[false] };
            ways.extend(orders.iter().map(|encrypt_then_mac| Settled {
                version: *version,
                suite,
                encrypt_then_mac: *encrypt_then_mac,
            }));
        }
    }
    ways
}

fn open(
    opener: &Opener,
    sequence: u64,
    record: &[u8],
    before: &[u8],
) -> Result<(ContentType, Vec<u8>), Refused> {
    let (head, fragment) = record.split_first_chunk::<{ RecordHeader::LEN }>().unwrap();
    let mut plain = b"what was there before".to_vec();
    let opened = opener.open(sequence, head, fragment, before, &mut plain);
    if opened.is_err() {
        assert!(plain.is_empty(), "what does not hold is not handed on");
    }
    Ok((opened?.content_type, plain))
}

/// Records of every suite that is read, both ways, whichever is asked for first; by no other number.
#[test]
fn every_suite_opens_what_it_sealed() {
    let ways = ways();
    assert!(ways.len() > 100 && ways.iter().any(|way| way.version == Version::TLS10));
    for way in ways {
        for side in [Side::Client, Side::Server] {
            let mut sealer = Sealer::new(way, side);
            let opener = sealer.opener();
            let texts: Vec<Vec<u8>> =
                LENGTHS.iter().map(|len| (0..*len).map(|at| at as u8).collect()).collect();
            let records: Vec<Vec<u8>> =
                texts.iter().map(|text| sealer.seal(ContentType::APPLICATION_DATA, text, 0)).collect();
            for number in (0..records.len()).rev() {
                let before = if number == 0 { &[][..] } else { &records[number - 1] };
                let expected = (ContentType::APPLICATION_DATA, texts[number].clone());
                let record = &records[number];
                assert_eq!(open(&opener, number as u64, record, before), Ok(expected), "{way:?}");
                let other = open(&opener, number as u64 + 1, record, before);
                assert!(matches!(
                    other,
                    Err(Refused::Tag | Refused::Mac | Refused::Padding | Refused::Unchained)
                ));
                let len = opener.plain_len((record.len() - RecordHeader::LEN) as u16);
                assert!(len.is_none_or(|len| usize::from(len) == texts[number].len()), "{way:?}");
            }
        }
    }
}

/// A change anywhere, in the header too, is refused, and said as what it is.
#[test]
fn what_was_changed_is_refused() {
    for way in ways() {
        let mut sealer = Sealer::new(way, Side::Client);
        let opener = sealer.opener();
        let before = sealer.seal(ContentType::APPLICATION_DATA, b"the record before", 0);
        let record = sealer.seal(ContentType::APPLICATION_DATA, b"a few words of text", 0);
        assert!(open(&opener, 1, &record, &before).is_ok());
        let fits = |why: Refused| match way.suite.cipher() {
            // RFC 7366 3: the MAC is held first. Else a change shows in the padding or in the MAC within.
            Cipher::Cbc(..) if way.encrypt_then_mac => why == Refused::Mac,
            Cipher::Cbc(..) => matches!(why, Refused::Mac | Refused::Padding),
            _ => why == Refused::Tag,
        };
        // Content type and version are in every MAC; the length is so in TLS 1.3 as it stands, else as it is.
        let lengths = if way.version == Version::TLS13 { 3..3 } else { 3..5 };
        for at in (0..record.len()).filter(|at| !lengths.contains(at)) {
            let mut changed = record.clone();
            changed[at] ^= 1 << (at % 8);
            let why = open(&opener, 1, &changed, &before).unwrap_err();
            assert!(fits(why), "{way:?}, byte {at}: {why:?}");
        }
        for len in RecordHeader::LEN..record.len() {
            assert!(open(&opener, 1, &record[..len], &before).is_err(), "{way:?}, {len} bytes");
        }
        assert_eq!(open(&opener, 1, &record[..RecordHeader::LEN], &before), Err(Refused::Short));
        let other = Sealer::new(way, Side::Server).opener();
        assert!(fits(open(&other, 1, &record, &before).unwrap_err()), "{way:?}: keys of the other end");
        if opener.before(1) > 0 {
            assert_eq!(open(&opener, 1, &record, &before[before.len() - 15..]), Err(Refused::Unchained));
        }
    }
}

/// RFC 8446 5.4: zeros behind the content type are padding, and nothing but zeros is no content.
#[test]
fn rfc8446_5_4_padding() {
    for suite in Suite::known().filter(|suite| suite.0 >> 8 == 0x13) {
        let way = Settled { version: Version::TLS13, suite, encrypt_then_mac: false };
        let mut sealer = Sealer::new(way, Side::Server);
        let opener = sealer.opener();
        for (number, padding) in [0, 1, 255, 4000].into_iter().enumerate() {
            let text = b"ends with zeros\0\0";
            let record = sealer.seal(ContentType::HANDSHAKE, text, padding);
            let expected = Ok((ContentType::HANDSHAKE, text.to_vec()));
            assert_eq!(open(&opener, number as u64, &record, &[]), expected);
        }
        let record = sealer.seal(ContentType(0), &[], 40);
        assert_eq!(open(&opener, 4, &record, &[]), Err(Refused::NoContentType));
    }
}

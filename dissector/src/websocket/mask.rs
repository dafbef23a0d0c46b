//! Masking: XOR with a key of four bytes (RFC 6455 5.3). Its own inverse.
//!
//! Knows no frame. Written so that the compiler makes vectors of it; no byte is looked at twice.

/// Unmasks bytes in place. `offset` is where the first of them stands in its frame's payload.
pub fn unmask(bytes: &mut [u8], key: [u8; 4], offset: u64) {
    let key = turned(key, offset);
    let word = doubled(key);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for chunk in words {
        *chunk = (u64::from_ne_bytes(*chunk) ^ word).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= mask;
    }
}

/// Unmasks `src` into `dst`, as many bytes as the shorter of them holds.
pub fn unmask_into(src: &[u8], dst: &mut [u8], key: [u8; 4], offset: u64) {
    let key = turned(key, offset);
    let word = doubled(key);
    let len = src.len().min(dst.len());
    let (from, from_rest) = src.get(..len).unwrap_or_default().as_chunks::<8>();
    let (to, to_rest) = dst.get_mut(..len).unwrap_or_default().as_chunks_mut::<8>();
    for (to, from) in to.iter_mut().zip(from) {
        *to = (u64::from_ne_bytes(*from) ^ word).to_ne_bytes();
    }
    for ((to, from), mask) in to_rest.iter_mut().zip(from_rest).zip(key.into_iter().cycle()) {
        *to = from ^ mask;
    }
}

/// RFC 6455 5.3: "j = i MOD 4; transformed-octet-i = original-octet-i XOR masking-key-octet-j".
fn turned(mut key: [u8; 4], offset: u64) -> [u8; 4] {
    key.rotate_left((offset % 4) as usize);
    key
}

fn doubled([a, b, c, d]: [u8; 4]) -> u64 {
    u64::from_ne_bytes([a, b, c, d, a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// RFC 6455 5.3 to the letter, at any offset and length, in place and copied.
        #[test]
        fn rfc6455_5_3_any_offset(
            bytes in proptest::collection::vec(any::<u8>(), 0..70), key: [u8; 4], offset: u64, room in 0usize..80,
        ) {
            let expected: Vec<u8> = bytes.iter().enumerate()
                .map(|(i, byte)| byte ^ key[((offset % 4) as usize + i) % 4]).collect();
            let mut copied = vec![0; room];
            unmask_into(&bytes, &mut copied, key, offset);
            let len = room.min(bytes.len());
            prop_assert_eq!(&copied[..len], &expected[..len]);
            prop_assert!(copied[len..].iter().all(|&byte| byte == 0));
            let mut in_place = bytes;
            unmask(&mut in_place, key, offset);
            prop_assert_eq!(in_place, expected);
        }
    }
}

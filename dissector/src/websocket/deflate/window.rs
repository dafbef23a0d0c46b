//! Windows of decompression as they are kept: deflated, because there may be many.

use std::io::Read;
use std::sync::Arc;

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};

/// A window can hold no more than DEFLATE can refer back to (RFC 1951 2).
const WINDOW: u64 = 32 * 1024;

/// A window as it is kept.
pub fn pack(window: &[u8]) -> Arc<[u8]> {
    let mut packed = Vec::new();
    // Reading from memory and writing to memory cannot fail.
    let _ = DeflateEncoder::new(window, Compression::fast()).read_to_end(&mut packed);
    Arc::from(packed)
}

/// The window that was packed.
pub fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut window = Vec::new();
    let _ = DeflateDecoder::new(packed).take(WINDOW).read_to_end(&mut window);
    window
}

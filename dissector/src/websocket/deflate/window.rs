//! Windows of decompression as they are kept: deflated, because there may be many.

use std::sync::Arc;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

use super::WINDOW;

/// What deflating may add to bytes that cannot be made smaller: a bit to each where codes are fixed (RFC 1951 3.2.6),
/// and headers of blocks.
const MORE: usize = WINDOW / 8 + 1024;

/// A window as it is kept.
pub fn pack(window: &[u8]) -> Arc<[u8]> {
    let mut packed = Vec::with_capacity(window.len() + MORE);
    // Into memory with room to spare, compressing cannot fail.
    let _ =
        Compress::new(Compression::fast(), false).compress_vec(window, &mut packed, FlushCompress::Finish);
    Arc::from(packed)
}

/// The window that was packed.
pub fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut window = Vec::with_capacity(WINDOW);
    // What is damaged ends early, and whoever goes on with it finds that out.
    let _ = Decompress::new(false).decompress_vec(packed, &mut window, FlushDecompress::Finish);
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was kept comes back, whether it can be made smaller or not.
    #[test]
    fn windows_come_back() {
        let mut state = 7_u32;
        let noise = (0..WINDOW).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        for window in [Vec::new(), vec![b'x'; 5], vec![b'x'; WINDOW], noise.collect()] {
            assert_eq!(unpack(&pack(&window)), window);
        }
    }
}

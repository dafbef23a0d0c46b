//! The options at the end of a pcapng block: code, length, value, padded to four bytes.

use std::ops::Range;

use super::ByteOrder;

/// `opt_comment`, in every kind of block.
pub(crate) const COMMENT: u16 = 1;

/// One option, its value as a range of the block.
#[derive(Clone, Debug)]
pub(crate) struct Opt {
    pub(crate) code: u16,
    pub(crate) value: Range<usize>,
}

/// The options in `block` from `at` on, up to `opt_endofopt` or to where they stop making sense.
pub(crate) fn options(order: ByteOrder, block: &[u8], mut at: usize) -> impl Iterator<Item = Opt> {
    std::iter::from_fn(move || {
        let code = order.u16(block, at)?;
        let len = usize::from(order.u16(block, at + 2)?);
        let value = at + 4..at + 4 + len;
        if code == 0 || value.end > block.len() {
            return None;
        }
        at = value.end.next_multiple_of(4);
        Some(Opt { code, value })
    })
}

/// An option's value as text, for people.
pub(crate) fn text(block: &[u8], value: Range<usize>) -> String {
    let bytes = block.get(value).unwrap_or_default();
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}

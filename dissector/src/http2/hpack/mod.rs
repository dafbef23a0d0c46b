//! Field compression for HTTP/2 (RFC 7541): field blocks in, names and values out.
//!
//! One [`Decoder`] stands for one direction of a connection and has to see all its blocks in order. Knows nothing
//! of frames, and nothing of what fields mean. Works in time proportional to a block's length, whatever it says.

mod decoder;
mod huffman;
mod malformed;
mod read;
pub mod static_table;
mod table;

#[cfg(test)]
mod tests;

pub use self::decoder::{Decoded, Decoder, Field, Source};
pub use self::malformed::{Fault, Huffman, Malformed};

//! HTTP/2 on the wire (RFC 9113) and its compressed heads (RFC 7541): bytes in, what they say out.
//!
//! Knows no connection: which streams are open, what a field means and where frames begin is for others to say.
pub mod facts;
pub mod frame;
pub mod hpack;
pub mod kind;
pub mod names;
pub mod payload;

/// What a client sends first (RFC 9113 3.4).
pub const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The greatest payload before SETTINGS_MAX_FRAME_SIZE says otherwise (RFC 9113 4.2).
pub const INITIAL_MAX_FRAME_SIZE: u32 = 1 << 14;

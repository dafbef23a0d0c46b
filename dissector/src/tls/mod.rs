//! TLS on the wire (RFC 5246, RFC 8446), and what it takes to read it along with logged keys.
//!
//! ```text
//! key log ─► keylog ─┐
//! hellos ──► hello ──┴─► schedule (secrets to keys) ─► open (records to plaintext)
//! ```
//! Pure functions of bytes. Knows no stream and no connection.
pub mod alert;
pub mod hello;
pub mod keylog;
pub mod open;
pub(crate) mod parcel;
pub mod record;
pub mod schedule;
pub mod secured;
pub mod suite;

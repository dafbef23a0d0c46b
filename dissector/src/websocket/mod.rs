//! WebSocket on the wire (RFC 6455, RFC 7692).
pub mod close;
pub mod deflate;
pub mod describe;
pub mod diagram;
pub mod header;
pub mod layout;
pub mod mask;
pub mod opcode;
pub mod registry;
pub mod upgrade;
pub mod utf8;

pub(crate) mod connection;
pub(crate) mod message;
pub(crate) mod resync;
pub(crate) mod walker;

//! WebSocket on the wire (RFC 6455, RFC 7692).
pub mod close;
pub mod deflate;
pub mod header;
pub mod mask;
pub mod opcode;
pub mod registry;
pub mod upgrade;
pub mod utf8;

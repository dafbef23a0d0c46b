//! The promises, one file a kind.

pub(crate) mod bare;
pub(crate) mod connections;
pub(crate) mod linear;
pub(crate) mod memory;
pub(crate) mod peers;
pub(crate) mod printing;
pub(crate) mod reach;
pub(crate) mod same;
pub(crate) mod threads;

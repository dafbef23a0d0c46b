//! x
pub mod traffic;

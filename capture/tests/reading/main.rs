//! What must hold of reading captures, seen from outside the crate.

mod cuts;
mod formats;
mod growing;
mod oracle;
mod refusals;
mod secrets;
mod support;

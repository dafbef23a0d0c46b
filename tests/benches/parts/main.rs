//! What reading is made of, part by part: `cargo bench -p wscope-tests --bench parts`.
//!
//! Everything is in memory, or was read once; no process is started and no disk is waited for.

mod bytes;
mod packets;
mod rows;

fn main() {
    divan::main();
}

//! x
#[path = "support/renderer.rs"]
pub mod renderer;

//! The parts of the window, one file each.

pub mod bytes;
pub mod connections;
pub mod detail;
pub mod errors;
pub mod panes;
pub mod payload;
pub mod rows;
pub mod start;
pub mod status_bar;
pub mod toolbar;

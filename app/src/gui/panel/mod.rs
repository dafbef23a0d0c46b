//! The parts of the window, one file each.

pub mod connections;
pub mod errors;
pub mod panes;
pub mod rows;
pub mod start;
pub mod status_bar;
pub mod toolbar;

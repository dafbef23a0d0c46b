//! wscope's window, as a library so that tests can drive it without a display.

pub mod cache;
pub mod gui;

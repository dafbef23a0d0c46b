//! x
mod gui;

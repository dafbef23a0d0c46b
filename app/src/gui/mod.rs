//! The window: a session looked at through panes.

pub mod fonts;
pub mod state;
pub mod theme;

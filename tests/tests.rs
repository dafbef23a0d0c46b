//! Everything that wscope promises, one file a kind.

mod gui;

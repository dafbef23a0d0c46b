//! What wscope promises, held against samples, oracles and real peers: one file a kind.

mod cli;
mod cuts;
mod golden;
mod gui;
mod laws;
mod oracle;
mod peers;
mod tidy;
mod truth;
mod tshark;

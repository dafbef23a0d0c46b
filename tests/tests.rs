//! What wscope promises, held against samples, oracles and real peers.

mod cli;
mod cuts;
mod golden;
mod laws;
mod oracle;
mod peers;
mod tidy;
mod truth;
mod tshark;

//! What wscope promises, held against samples, oracles and real peers.

mod golden;
mod truth;
mod tshark;

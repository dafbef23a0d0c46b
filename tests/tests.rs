//! What wscope promises, held against samples, oracles and real peers: one file a kind.

mod autobahn;
mod check;
mod cli;
mod cli_filter;
mod cuts;
mod decoded;
mod decoded_tshark;
mod decrypted;
mod fields_page;
mod filters;
mod golden;
mod gui;
mod gui_conversation;
mod gui_decoded;
mod gui_filter;
mod gui_find;
mod gui_latency;
mod gui_neighbors;
mod gui_pictures;
mod gui_preferences;
mod gui_secured;
mod gui_states;
mod gui_statistics;
mod gui_table;
mod gui_tasks;
mod kept;
mod laws;
#[cfg(target_os = "linux")]
mod live;
mod made_up;
mod neighbors;
mod oracle;
mod pairs;
mod peers;
#[cfg(target_os = "linux")]
mod real_window;
mod rules_page;
mod sealed;
mod sockets;
mod statistics;
mod tidy;
mod truth;
mod tshark;

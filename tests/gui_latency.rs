//! The column of latencies: chosen by the user, heard by a thread of its own, told of each row that answers or asks.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::MessageId;
use wscope::gui::command::Command;
use wscope::gui::settings::Appearance;
use wscope::gui::state::Selection;

use crate::gui::{sample, says, until, window_with_keys};

/// Of an answer it is the time since its question, of a question the time to its first answer; what nobody answered is
/// said to be so, and what is no part of an exchange says nothing.
#[test]
fn latencies_are_told() {
    let file = sample("graphql-ws.pcap");
    let mut harness = window_with_keys("latencies", Some(file), Vec::new(), Appearance::Dark);
    until(&mut harness, "the end", |it| {
        let opened = it.state().app().opened();
        opened.is_some_and(|opened| !opened.reading() && opened.selection.is_some())
    });
    harness.get_by_role_and_label(Role::ColumnHeader, "Time").click_secondary();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::CheckBox, "Latency").click();
    harness.run_steps(3);
    // The question, its first answer, and the last of it.
    for (latency, side) in [("0.005965", "client"), ("0.005965", "server"), ("0.007322", "server")] {
        until(&mut harness, "a latency", |it| says(it, &format!(", {latency}, from {side}")));
    }
    harness.state_mut().run(Command::Follow(Selection::Message(MessageId::new(18))));
    until(&mut harness, "a question that nobody answered", |it| says(it, ", unanswered, from client"));
}

//! The conversation in the window: it follows what is looked at and leads to it, by pointer and by key.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::{ConnectionId, FrameId, MessageId};
use wscope::gui::command::Command;
use wscope::gui::settings::Appearance;
use wscope::gui::state::Selection;

use super::gui::{Driven, press, sample, says, until, window_with_keys};

fn talk(test: &str, file: &str) -> Driven {
    let mut harness =
        window_with_keys(&format!("talk-{test}"), Some(sample(file)), Vec::new(), Appearance::Dark);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    press(&mut harness, Modifiers::COMMAND, Key::Num5);
    harness
}

fn selected(harness: &Driven) -> Option<Selection> {
    harness.state().selection()
}

fn message(number: u32) -> Option<Selection> {
    Some(Selection::Message(MessageId::new(number - 1)))
}

/// A click in the conversation selects, what is selected elsewhere comes into sight in it, and arrows go from item to
/// item, control frames and the ends among them.
#[test]
fn it_follows_both_ways() {
    let mut harness = talk("follow", "jsonrpc.pcap");
    until(&mut harness, "the first answer", |it| says(it, "#2, 0.012834, from server, 35 B"));
    assert!(says(&harness, "GET /, "));
    harness.get_by_label_contains("#2, 0.012834").click();
    harness.run_steps(3);
    assert_eq!(selected(&harness), message(2));
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&harness), message(3));
    assert!(!says(&harness, "#13, "));
    harness.state_mut().run(Command::Select(Selection::Message(MessageId::new(12))));
    until(&mut harness, "a message far below", |it| says(it, "#13, 0.082773, from server"));
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&harness), Some(Selection::Frame(FrameId::new(13))));
    press(&mut harness, Modifiers::NONE, Key::End);
    assert_eq!(selected(&harness), Some(Selection::Connection(ConnectionId::new(0))));
    assert!(says(&harness, "FIN from server, FIN from client"));
}

/// What answers what is said at both ends, and leads there: by a click, and by the keys to the left and right.
#[test]
fn pairs_are_said_and_lead_on() {
    let mut harness = talk("pairs", "jsonrpc.pcap");
    until(&mut harness, "the answer", |it| says(it, "answers #3 after 0.33 ms"));
    harness.get_by_label("answers #3 after 0.33 ms").click();
    until(&mut harness, "its question", |it| selected(it) == message(3));
    until(&mut harness, "the way back", |it| says(it, "answered by #4 after 0.33 ms"));
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(selected(&harness), message(4));
    press(&mut harness, Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(selected(&harness), message(3));
}

/// The diagram holds the same items: fragments as one arrow, round trips, what was never captured; and the selection
/// of a fragment is that of its message.
#[test]
fn the_diagram_says_the_same() {
    let mut harness = talk("diagram", "fragments-and-ping.pcap");
    press(&mut harness, Modifiers::COMMAND, Key::Num6);
    until(&mut harness, "the fragments", |it| says(it, "#1, 0.006543, from client, 23 B, 3 fragments"));
    until(&mut harness, "the round trip", |it| says(it, "Pong, 0.037374, from server, round trip 0.35 ms"));
    harness.state_mut().run(Command::Select(Selection::Frame(FrameId::new(3))));
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(selected(&harness), Some(Selection::Frame(FrameId::new(1))));
    let mut harness = talk("diagram-gap", "gap.pcap");
    press(&mut harness, Modifiers::COMMAND, Key::Num6);
    harness.state_mut().run(Command::Select(Selection::Message(MessageId::new(24))));
    until(&mut harness, "the gap", |it| says(it, "1,448 bytes never captured"));
}

/// Another connection's message shows that connection's conversation, and it is copied whole for a ticket.
#[test]
fn another_connection_and_a_copy() {
    let mut harness = talk("copy", "graphql-ws.pcap");
    harness.state_mut().run(Command::Select(Selection::Message(MessageId::new(18))));
    until(&mut harness, "its ending", |it| says(it, "Close 4403"));
    assert!(says(&harness, "Connection 3"));
    harness.state_mut().run(Command::CopyConversation);
    until(&mut harness, "the copy", |it| says(it, "The conversation was copied as text"));
}

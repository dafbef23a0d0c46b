//! The window on captures in TLS and HTTP/2: what is decrypted, what is sealed, and keys that come while it is open.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::{ConnectionId, FrameId, PacketId};
use wscope::gui::command::Command;
use wscope::gui::settings::Appearance;
use wscope::gui::state::{Selection, Tab};

use crate::gui::{Driven, press, sample, says, until, window_with_keys};

fn open(name: &str, file: &str, keys: &[&str]) -> Driven {
    let keys = keys.iter().map(|keys| sample(keys)).collect();
    let mut harness = window_with_keys(name, Some(sample(file)), keys, Appearance::Dark);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    harness
}

fn select(harness: &mut Driven, selection: Selection) {
    harness.state_mut().run(Command::Follow(selection));
    harness.run_steps(2);
}

/// A frame in TLS and HTTP/2 has a tab for every layer, and a line for the record and the DATA frame around it.
#[test]
fn tabs_of_a_decrypted_frame() {
    let mut harness = open("decrypted", "http2.pcap", &["http2.keys"]);
    select(&mut harness, Selection::Frame(FrameId::new(0)));
    until(&mut harness, "its tabs", |it| it.query_by_label("Decrypted").is_some());
    for tab in ["Decrypted", "Frame 1", "Unmasked", "Figure"] {
        assert!(harness.query_by_label(tab).is_some(), "{tab}");
    }
    assert!(says(&harness, "TLS record") && says(&harness, "HTTP/2 DATA"));
    harness.get_by_label("Decrypted").click();
    harness.run_steps(3);
    assert!(says(&harness, "Connection 1, /chat") && says(&harness, "HTTP/2 stream"));
    assert!(says(&harness, "TLS 1.3, keys from "));
}

/// The handshake of HTTP/2 has fields and no accept value, and its ending is that of a stream.
#[test]
fn cards_over_http2() {
    let mut harness = open("http2-cards", "http2.pcap", &["http2.keys"]);
    select(&mut harness, Selection::Connection(ConnectionId::new(0)));
    harness.get_by_label("Payload").click();
    until(&mut harness, "the handshake", |it| says(it, ":protocol: websocket"));
    assert!(says(&harness, "there is no accept value to check (RFC 8441 5)"));
    harness.get_by_label("Ending").click();
    until(&mut harness, "the ending", |it| says(it, "END_STREAM: it sends no more on stream"));
    harness.get_by_label("Security").click();
    until(&mut harness, "what protects it", |it| says(it, "TLS_AES_") && says(it, "Records opened"));
}

/// What is sealed has a row and a card that says what is known, and how to get keys.
#[test]
fn the_sealed_card() {
    let mut harness = open("sealed", "tls13.pcap", &[]);
    assert!(says(&harness, "sealed") && says(&harness, "no keys: no key log has them"));
    harness.get_by_label_contains("Connection 1,").click();
    harness.get_by_label("Payload").click();
    until(&mut harness, "the card", |it| says(it, "no key log has its keys: what it carries is not known"));
    for words in ["TLS 1.3", "--tls-keylog", "SSLKEYLOGFILE=", "KeyLogWriter"] {
        assert!(says(&harness, words), "{words}");
    }
    assert!(harness.query_by_label("Ending").is_none(), "nothing is known of how a WebSocket ended");
    harness.get_all_by_label("Add a key log…").last().unwrap().click();
    until(&mut harness, "the question", |it| it.query_by_label("Path of a key log").is_some());
}

/// A key log that is added while the capture is open leaves what is looked at where it is.
#[test]
fn keys_that_come_late_keep_the_selection() {
    let mut harness = open("late", "tls13.pcap", &[]);
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    let packet = Selection::Packet(PacketId::new(13));
    select(&mut harness, packet);
    press(&mut harness, Modifiers::COMMAND, Key::K);
    harness.get_by_label("Path of a key log").type_text(&sample("tls13.keys").display().to_string());
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the other pass", |it| it.state().app().opened().unwrap().snapshot.generation == 1);
    until(&mut harness, "what came of it", |it| says(it, "tls13.keys opens 1 connection"));
    let opened = harness.state().app().opened().unwrap();
    assert_eq!((opened.selection, opened.tab), (Some(packet), Tab::Packets));
    assert!(opened.snapshot.frame_count() > 0);
    until(&mut harness, "the packet's decrypted bytes", |it| it.query_by_label("Decrypted").is_some());
}

/// A message that was in sight before keys came is the same message after, whatever its number is now; a key log
/// without the keys that are missing is said to be one.
#[test]
fn a_message_stays_the_same_message() {
    let mut harness = open("again", "http2.pcap", &["http2.keys"]);
    let frames = harness.state().app().opened().unwrap().snapshot.frame_count();
    select(&mut harness, Selection::Frame(FrameId::new(frames - 1)));
    harness.state_mut().run(Command::AddKeyLog(sample("tls13.keys")));
    until(&mut harness, "that it is of no use", |it| says(it, "tls13.keys has no keys for this capture"));
    assert_eq!(harness.state().selection(), Some(Selection::Frame(FrameId::new(frames - 1))));
    harness.state_mut().run(Command::AddKeyLog(sample("tls13.pcap")));
    until(&mut harness, "that it is none", |it| says(it, "is no key log"));
    press(&mut harness, Modifiers::NONE, Key::F5);
    until(&mut harness, "the same frame", |it| {
        it.state().selection() == Some(Selection::Frame(FrameId::new(frames - 1)))
    });
}

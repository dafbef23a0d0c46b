//! The window on captures in TLS and HTTP/2: what is decrypted, what is sealed, and keys that come while it is open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::{ConnectionId, FrameId, MessageId, PacketId};
use wscope::gui::command::Command;
use wscope::gui::settings::Appearance;
use wscope::gui::state::{Selection, Tab};
use wscope_tests::place::Temporary;

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
    until(&mut harness, "its tabs", |it| says(it, "Decrypted"));
    for tab in ["Decrypted", "Frame 1", "Unmasked", "Figure"] {
        assert!(harness.query_all_by_label(tab).next().is_some(), "{tab}");
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
    until(&mut harness, "what came of it", |it| says(it, "tls13.keys opens 1 TLS connection"));
    let opened = harness.state().app().opened().unwrap();
    assert_eq!((opened.selection, opened.tab), (Some(packet), Tab::Packets));
    assert!(opened.snapshot.frame_count() > 0);
    until(&mut harness, "the packet's decrypted bytes", |it| says(it, "Decrypted"));
}

/// A message that was looked at before keys came is the same message after, whatever its number is now, and the rows
/// of its connection are those that are shown.
#[test]
fn numbers_change_and_nothing_moves() {
    // Two captures of one link type in one file: what comes first is sealed.
    let mut bytes = std::fs::read(sample("tls13.pcap")).unwrap();
    bytes.extend_from_slice(&std::fs::read(sample("basic.pcap")).unwrap()[24..]);
    let file = Temporary::with(&bytes);
    let mut harness = window_with_keys("both", Some(file.path().to_owned()), Vec::new(), Appearance::Dark);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    // Rows stand where they stay once what was read last has been drawn.
    harness.run_steps(3);
    harness.get_by_label_contains("Connection 2,").click();
    until(&mut harness, "its rows", |it| {
        let lists = &it.state().app().opened().unwrap().lists;
        lists.only().is_some() && lists.complete()
    });
    select(&mut harness, Selection::Message(MessageId::new(4)));
    let about = |harness: &Driven| {
        let opened = harness.state().app().opened().unwrap();
        let Some(Selection::Message(id)) = opened.selection else { panic!("{:?}", opened.selection) };
        let message = opened.snapshot.message(id).unwrap();
        let only = opened.lists.only().map(|id| opened.snapshot.connection(id).unwrap().client);
        (
            message.packet,
            message.side,
            only,
            opened.place(),
            opened.lists.len(Tab::Messages, &opened.snapshot),
        )
    };
    let before = about(&harness);
    harness.state_mut().run(Command::AddKeyLog(sample("tls13.keys")));
    until(&mut harness, "the other pass", |it| it.state().app().opened().unwrap().snapshot.generation == 1);
    assert_ne!(harness.state().selection(), Some(Selection::Message(MessageId::new(4))));
    assert_eq!(about(&harness), before);
    until(&mut harness, "its bytes", |it| says(it, "Message 15") && says(it, "Packet "));
}

/// A key log without the keys that are missing is said to have none, and what is no key log is said to be none.
#[test]
fn a_key_log_of_no_use() {
    let mut harness = open("again", "http2.pcap", &["http2.keys"]);
    let frames = harness.state().app().opened().unwrap().snapshot.frame_count();
    select(&mut harness, Selection::Frame(FrameId::new(frames - 1)));
    harness.state_mut().run(Command::AddKeyLog(sample("tls13.keys")));
    until(&mut harness, "that it is of no use", |it| says(it, "tls13.keys has no keys that were missing"));
    assert_eq!(harness.state().selection(), Some(Selection::Frame(FrameId::new(frames - 1))));
    harness.state_mut().run(Command::AddKeyLog(sample("tls13.pcap")));
    until(&mut harness, "that it is none", |it| says(it, "is no key log"));
    press(&mut harness, Modifiers::NONE, Key::F5);
    until(&mut harness, "the same frame", |it| {
        it.state().selection() == Some(Selection::Frame(FrameId::new(frames - 1)))
    });
}

/// A file that is dropped onto the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// A key log that is dropped is added to what is open; a capture that is dropped with its key log is opened with it.
#[test]
fn key_logs_are_dropped() {
    let mut harness = open("dropped", "tls13.pcap", &[]);
    let drop = |harness: &mut Driven, names: &[&str]| {
        for name in names {
            harness.input_mut().dropped_files.push(Arc::new(Dropped(sample(name))));
        }
        harness.step();
    };
    drop(&mut harness, &["tls13.keys"]);
    until(&mut harness, "what came of it", |it| says(it, "tls13.keys opens 1 TLS connection"));
    drop(&mut harness, &["http2.pcap", "http2.keys"]);
    until(&mut harness, "the other capture", |it| {
        let opened = it.state().app().opened().unwrap();
        opened.name() == "http2.pcap" && opened.snapshot.frame_count() > 0
    });
}

/// A key log of other connections has none of the keys that are missing, which is said.
#[test]
fn a_key_log_of_others() {
    let mut harness = open("others", "tls13.pcap", &[]);
    harness.state_mut().run(Command::AddKeyLog(sample("http2.keys")));
    until(&mut harness, "that it has none", |it| says(it, "http2.keys has no keys for this capture"));
    assert_eq!(harness.state().app().opened().unwrap().snapshot.generation, 0);
}

/// QUIC has a row and a card that say what it is; no key log would help, so none is asked for.
#[test]
fn quic_is_shown_and_not_opened() {
    let mut harness = open("quic", "quic.pcap", &[]);
    assert!(says(&harness, "QUIC, which is not decrypted here"));
    harness.get_by_label_contains("Connection 1,").click();
    harness.get_by_label("Payload").click();
    until(&mut harness, "the card", |it| {
        says(it, "It runs over QUIC (RFC 9000), which is not decrypted here")
    });
    assert!(!says(&harness, "--tls-keylog"));
}

//! Ten things that people come with, each done as somebody does it who sees the window for the first time: with what can be
//! clicked, typed and pressed. Each ends in a picture in `docs/tasks` when those are asked for.

use std::path::PathBuf;

use base64::Engine as _;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use session::detail::TabKind;
use session::dissector::ids::{ConnectionId, FrameId, MessageId};
use wscope::gui::preferences::Appearance;
use wscope::gui::state::{Selection, Tab};
use wscope_tests::crowding::{crowded, nameless};
use wscope_tests::legible::illegible;

use crate::gui::{Driven, press, sample, says, tour, until, window_with_keys};
use crate::gui_pictures::{picture, wanted};

/// Clicks on what is called so.
fn click(harness: &mut Driven, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

/// The first row or line whose name holds these words.
fn row<'a>(harness: &'a Driven, role: Role, words: &'a str) -> Node<'a> {
    let mut all = harness.query_all_by_label_contains(words);
    all.find(|node| node.accesskit_node().role() == role)
        .unwrap_or_else(|| panic!("no {role:?} says {words}"))
}

fn click_row(harness: &mut Driven, words: &str) {
    row(harness, Role::Row, words).click();
    harness.run_steps(3);
}

fn type_in(harness: &mut Driven, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).type_text(text);
    harness.run_steps(2);
}

/// Turns the wheel over the middle of the rows.
fn wheel(harness: &mut Driven, up: f32) {
    harness.hover_at(pos2(780.0, 300.0));
    let (unit, delta, phase) = (MouseWheelUnit::Point, vec2(0.0, up), TouchPhase::Move);
    let (source, modifiers) = (MouseWheelSource::Wheel, Modifiers::NONE);
    harness.event(Event::MouseWheel { unit, delta, phase, source, modifiers });
    harness.run_steps(12);
}

fn message(number: u32) -> Option<Selection> {
    Some(Selection::Message(MessageId::new(number - 1)))
}

/// The bytes that are chosen, and the layer they are in.
fn chosen(harness: &Driven) -> Option<(TabKind, Vec<u8>)> {
    let (kind, bytes) = harness.state().app().opened()?.inspector.chosen()?;
    Some((kind, bytes.to_vec()))
}

/// A capture is opened by typing its path, and the message is found that holds a word: it is chosen in the inflated bytes.
#[test]
fn find_a_word() {
    let mut harness = window_with_keys("task-find", None, Vec::new(), Appearance::Dark);
    harness.run_steps(3);
    click(&mut harness, "Open a capture…");
    type_in(&mut harness, "Path of a capture", &sample("tour.pcapng").display().to_string());
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the rows", |it| says(it, "1, 0.152710, from client"));
    press(&mut harness, Modifiers::COMMAND, Key::F);
    type_in(&mut harness, "Find", "sign in again");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the message", |it| it.state().selection() == message(58));
    until(&mut harness, "the word", |it| chosen(it).is_some_and(|(_, bytes)| bytes == b"sign in again"));
    assert!(matches!(chosen(&harness), Some((TabKind::Inflated(_), _))), "where it can be read");
    picture(&mut harness, "tasks/1-find-a-word.png");
}

/// The card of a connection's end says who closed it, with which code, and why.
#[test]
fn who_closed_and_why() {
    let mut harness = tour("task-close");
    click_row(&mut harness, "Connection 7, /graphql");
    click(&mut harness, "Payload");
    click(&mut harness, "Ending");
    until(&mut harness, "the card", |it| says(it, "1011"));
    for words in ["orders-db is restarting", "server"] {
        assert!(says(&harness, words), "{words}");
    }
    picture(&mut harness, "tasks/2-who-closed.png");
}

/// A frame is read bit by bit in RFC 6455's figure; a click on a cell says what the field means.
#[test]
fn bit_by_bit() {
    let mut harness = tour("task-bits");
    click(&mut harness, "Frames");
    click_row(&mut harness, "9, 0.779266, from client");
    click(&mut harness, "Figure");
    until(&mut harness, "the figure", |it| says(it, "FIN: 1"));
    for words in ["RSV1: ", "MASK: 1", "Masking key: "] {
        assert!(says(&harness, words), "{words}");
    }
    row(&harness, Role::Cell, "MASK: 1").click();
    until(&mut harness, "the field", |it| chosen(it).is_some());
    picture(&mut harness, "tasks/3-bit-by-bit.png");
}

/// Two clicks leave one connection only, and show it as a conversation.
#[test]
fn follow_a_connection() {
    let mut harness = tour("task-follow");
    row(&harness, Role::Row, "9, 0.779266, from client").click_secondary();
    harness.run_steps(3);
    click(&mut harness, "Show only connection 2");
    assert_eq!(harness.state().app().opened().unwrap().lists.only(), Some(ConnectionId::new(1)));
    click(&mut harness, "Conversation");
    until(&mut harness, "what was said", |it| says(it, "#9, 0.779266, from client"));
    picture(&mut harness, "tasks/4-one-connection.png");
}

/// A field of the tree becomes the filter.
#[test]
fn filter_by_a_field() {
    let mut harness = tour("task-filter");
    click(&mut harness, "Frames");
    until(&mut harness, "the tree", |it| says(it, "Opcode: binary"));
    row(&harness, Role::TreeItem, "Opcode: binary").click_secondary();
    harness.run_steps(3);
    click(&mut harness, "Apply as filter");
    let opened = |it: &Driven| it.state().app().opened().unwrap().filtering.applied().text().to_owned();
    until(&mut harness, "the rows", |it| it.state().app().opened().unwrap().lists.complete());
    assert_eq!(opened(&harness), "websocket.opcode == 2");
    assert!(says(&harness, "of 693 frames"));
    picture(&mut harness, "tasks/5-filter.png");
}

/// The card of a handshake has what was offered beside what was taken.
#[test]
fn offered_and_taken() {
    let mut harness = tour("task-offers");
    click_row(&mut harness, "Connection 2, /rooms/support");
    click(&mut harness, "Payload");
    until(&mut harness, "the card", |it| says(it, "Offered and taken"));
    for words in ["permessage-deflate", "Accept value", "valid"] {
        assert!(says(&harness, words), "{words}");
    }
    harness.get_by_label("Offered and taken").scroll_to_me();
    harness.run_steps(12);
    picture(&mut harness, "tasks/6-extensions.png");
}

/// A breach of the protocol leads to its very bytes.
#[test]
fn a_violation() {
    let mut harness = tour("task-violation");
    click(&mut harness, "Findings");
    until(&mut harness, "the findings", |it| says(it, "frame-client-unmasked"));
    click_row(&mut harness, "frame-client-unmasked");
    let frame = Some(Selection::Frame(FrameId::new(345)));
    until(&mut harness, "its frame", |it| it.state().selection() == frame);
    until(&mut harness, "its bytes", |it| chosen(it).is_some());
    until(&mut harness, "its line", |it| says(it, "Finding: frame-client-unmasked"));
    picture(&mut harness, "tasks/7-violation.png");
}

/// What a message says is saved by the menu of its row; the file is what the endpoint sent.
#[test]
fn save_a_payload() {
    let mut harness = tour("task-save");
    row(&harness, Role::Row, "5, 0.620569, from server").click_secondary();
    harness.run_steps(3);
    harness.get_by_label_contains("Save payload…").click();
    harness.run_steps(3);
    // What is shown is the same in every picture.
    let apart = if wanted() { String::new() } else { format!("-{}", std::process::id()) };
    let folder = std::env::temp_dir().join(format!("wscope{apart}"));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("welcome.json");
    press(&mut harness, Modifiers::COMMAND, Key::A);
    type_in(&mut harness, "Save payload as", &path.display().to_string());
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the file", |it| says(it, "welcome.json was written: 67 bytes"));
    assert_eq!(std::fs::read(&path).unwrap(), welcome());
    click(&mut harness, "Payload");
    picture(&mut harness, "tasks/8-save-a-payload.png");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What the server of the tour's second connection says that it sent first.
fn welcome() -> Vec<u8> {
    let truth: PathBuf = sample("tour.truth.ndjson");
    let text = std::fs::read_to_string(truth).unwrap();
    let mut events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let sent =
        events.find(|it| it["conn"] == 50118 && it["ep"] == "server" && it["ev"] == "message").unwrap();
    base64::engine::general_purpose::STANDARD.decode(sent["b64"].as_str().unwrap()).unwrap()
}

/// The statistics say how long Pings took, and the slowest leads to its Pong.
#[test]
fn the_round_trip() {
    let mut harness = tour("task-pings");
    click(&mut harness, "Statistics");
    until(&mut harness, "the card", |it| says(it, "Ping round trips: Slowest, "));
    let card = harness.query_all_by_label_contains("Ping round trips: ").next().unwrap();
    card.scroll_to_me();
    harness.run_steps(12);
    wheel(&mut harness, 40.0);
    picture(&mut harness, "tasks/9-round-trip.png");
    harness.query_all_by_label_contains("Ping round trips: Slowest, ").next().unwrap().click_accesskit();
    until(&mut harness, "the Pong", |it| matches!(it.state().selection(), Some(Selection::Frame(_))));
    assert_eq!(harness.state().app().opened().unwrap().tab, Tab::Frames);
}

/// Light and one and a half times as large: all that can be used is in sight or can be scrolled to, and no text is cut.
#[test]
fn light_and_large() {
    let mut harness = tour("task-large");
    click(&mut harness, "Preferences…");
    click(&mut harness, "Theme: Light");
    click(&mut harness, "Zoom: 150 %");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.run_steps(6);
    assert_eq!(harness.state().app().preferences().appearance.theme, Appearance::Light);
    let window = harness.ctx.content_rect();
    assert!((window.width() - 1280.0 / 1.5).abs() < 1.0);
    let root = harness.root();
    let mut faults = crowded(&root, window);
    faults.extend(nameless(&root));
    faults.extend(illegible(&harness.output().shapes, window));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    picture(&mut harness, "tasks/10-light-and-large.png");
}

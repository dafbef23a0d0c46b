//! What messages say, in the window: rows, the view of what is selected, what the user pins, and what is kept of that.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use session::detail::TabKind;
use session::dissector::ids::{ConnectionId, MessageId};
use wscope::gui::command::Command;
use wscope::gui::layout::Pane;
use wscope::gui::preferences::{Appearance, Preferences, file};
use wscope::gui::settings::Settings;
use wscope::gui::state::Selection;
use wscope::gui::table::arranged::Kept;
use wscope_tests::crowding::{crowded, nameless};
use wscope_tests::place::Folder;

use crate::gui::{Driven, press, sample, says, until, window_in};
use crate::gui_pictures::picture;

fn open(folder: impl Into<Arc<Folder>>, file: &str, size: egui::Vec2) -> Driven {
    let mut harness = window_in(folder, Some(sample(file)), Vec::new(), size);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    until(&mut harness, "the first row", |it| it.state().selection().is_some());
    harness
}

fn select(harness: &mut Driven, message: u32) {
    harness.state_mut().run(Command::ShowPane(Pane::Payload));
    harness.state_mut().run(Command::Select(Selection::Message(MessageId::new(message - 1))));
    harness.run_steps(3);
}

/// The bytes that are lit up because they were chosen.
fn chosen(it: &Driven) -> Option<(TabKind, Vec<u8>)> {
    let (tab, bytes) = it.state().app().opened()?.inspector.chosen()?;
    Some((tab, bytes.to_vec()))
}

/// A Socket.IO event is named in its row and shown field by field: what it is on top, its arguments as a tree; a field that
/// is chosen lights up its bytes, a byte that is chosen its field, and a field leads to a display filter for its value.
#[test]
fn an_event_of_socket_io() {
    let mut harness = open(Folder::new("event"), "socketio-binary.pcap", vec2(1280.0, 1400.0));
    select(&mut harness, 6);
    until(&mut harness, "its row", |it| says(it, "6, 0.100841, from client, 1, text, 67, EVENT echo {"));
    until(&mut harness, "the decoded message", |it| says(it, "Decoded as Socket.IO"));
    for word in ["Kind: EVENT", "Event: echo", "Id: 0"] {
        assert!(harness.query_by_role_and_label(Role::Button, word).is_some(), "{word}");
    }
    assert!(says(&harness, "Decoded fields"));
    assert!(says(&harness, "Connection 1, /socket.io/?who=tester&EIO=4&transport=websocket Socket.IO"));

    for field in ["Type: 4 (message)", "Acknowledgement: 0", "0: echo", "a: 1", "y: z"] {
        assert_eq!(harness.query_all_by_role_and_label(Role::TreeItem, field).count(), 1, "{field}");
    }
    harness.query_all_by_role_and_label(Role::TreeItem, "y: z").last().unwrap().click();
    harness.run_steps(3);
    let (_, bytes) = chosen(&harness).unwrap();
    assert_eq!(bytes, b"\"z\"", "the field's own bytes are chosen, its quotes with them");

    // The keys go from byte to byte in the bytes below, and the tree follows.
    harness.get_by_role_and_label(Role::Grid, "Payload bytes").click();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Home);
    until(&mut harness, "the first byte's field", |it| chosen(it).is_some_and(|(_, bytes)| bytes == b"4"));

    harness.query_all_by_role_and_label(Role::TreeItem, "0: echo").last().unwrap().click_secondary();
    harness.run_steps(3);
    harness.get_by_label("Apply as filter").click();
    until(&mut harness, "the filter", |it| {
        let opened = it.state().app().opened().unwrap();
        opened.filtering.applied().text() == "socketio.event == \"echo\"" && opened.lists.complete()
    });
    let opened = harness.state().app().opened().unwrap();
    assert!((1..21).contains(&opened.lists.len(opened.tab, &opened.snapshot)));
}

/// What was chosen for a connection changes its rows, its card and the view of what is selected, and "Automatic" takes it
/// back; what was chosen for a path is kept for other windows, and a decoder that is not known is said and kept.
#[test]
fn pins_change_rows_and_stay() {
    let folder = Arc::new(Folder::new("pins"));
    let path = folder.join(file::FILE);
    std::fs::write(&path, "[protocols]\ndecode = [\"port=1=morse\"] # mine\n").unwrap();
    let mut harness = open(folder.clone(), "jsonrpc.pcap", vec2(1280.0, 800.0));
    assert!(says(&harness, "port=1=morse") && says(&harness, "no decoder is called"));
    harness.state_mut().run(Command::DismissErrors);
    select(&mut harness, 1);
    until(&mut harness, "what is spoken", |it| says(it, "Decoded as JSON-RPC"));

    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::U);
    harness.get_by_label("Decode as").type_text("stomp");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "another protocol", |it| says(it, "Decoded as STOMP") && says(it, "Stopped at byte"));
    until(&mut harness, "its rows", |it| says(it, "[stopped at byte"));
    // Display filters read what rows and panes read.
    harness.state_mut().run(Command::Filter("ws.protocol == \"stomp\"".to_owned()));
    let passed = |it: &Driven| {
        let opened = it.state().app().opened().unwrap();
        opened.lists.complete().then(|| opened.lists.len(opened.tab, &opened.snapshot))
    };
    until(&mut harness, "all messages", |it| passed(it) == Some(13));
    until(&mut harness, "its connection", |it| says(it, "/ STOMP, "));

    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::U);
    harness.get_by_label("Decode as").type_text("auto");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "what is spoken", |it| says(it, "Decoded as JSON-RPC"));
    until(&mut harness, "no message", |it| passed(it) == Some(0));
    harness.state_mut().run(Command::ClearFilter);

    // Tab goes on to the path, and that holds for the next window.
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::U);
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert!(says(&harness, "All connections whose target begins so"));
    harness.get_by_label("Decode as").type_text("messagep");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "MessagePack", |it| says(it, "Decoded as MessagePack"));
    until(&mut harness, "the file", |_| {
        std::fs::read_to_string(&path).is_ok_and(|text| text.contains("\"path=/=messagepack\""))
    });
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("port=1=morse") && text.contains("# mine"), "{text}");
    drop(harness);

    let mut harness = open(folder, "jsonrpc.pcap", vec2(1280.0, 800.0));
    harness.state_mut().run(Command::DismissErrors);
    select(&mut harness, 1);
    until(&mut harness, "what was kept", |it| says(it, "Decoded as MessagePack"));
    harness.state_mut().run(Command::Preferences);
    harness.run_steps(3);
    harness.get_by_label("Protocols").click();
    harness.run_steps(3);
    assert!(says(&harness, "Remove port=1=morse"));
    harness.get_by_label("Remove path=/=messagepack").click();
    until(&mut harness, "what is spoken", |it| says(it, "Decoded as JSON-RPC"));
    assert_eq!(harness.state().app().preferences().protocols.decode, ["port=1=morse"]);
}

/// The columns that can be chosen say what their messages say.
#[test]
fn columns_of_what_is_said() {
    let folder = Folder::new("columns");
    let mut settings = Settings::default();
    let columns = ["number", "protocol", "event", "topic", "id", "preview"];
    let kept = columns.map(|name| Kept { name: name.to_owned(), width: None });
    settings.columns.insert("Messages".to_owned(), kept.to_vec());
    settings.save(&folder).join().unwrap();
    let mut harness = open(folder, "graphql-ws.pcap", vec2(1280.0, 800.0));
    let id = "5b592d26-7124-4976-b96a-55e86958fe4a";
    until(&mut harness, "a row", |it| says(it, &format!("5, GraphQL, {id}, complete #{id}")));
}

/// The tokens of a handshake are shown decoded, with what their times mean, and no signature.
#[test]
fn tokens_of_a_handshake() {
    let mut harness = open(Folder::new("tokens"), "jwt.pcap", vec2(1280.0, 800.0));
    harness.state_mut().run(Command::ShowPane(Pane::Payload));
    for (connection, place, claim) in [
        (0, "JSON Web Token in Authorization", "https://login.example"),
        (1, "JSON Web Token in cookie session", "expired 1 h 0 min before the request"),
        (2, "JSON Web Token in parameter access_token", "none: the token is not signed"),
        (3, "JSON Web Token in the subprotocols", "edsger"),
        (4, "JSON Web Token in the subprotocols", "system:serviceaccount:default:app"),
    ] {
        harness.state_mut().run(Command::Select(Selection::Connection(ConnectionId::new(connection))));
        until(&mut harness, place, |it| says(it, place));
        assert!(says(&harness, claim), "{claim}");
        assert!(says(&harness, "The signature is not checked"));
    }
}

/// What is shown of messages has names, is in the window and lies under nothing else, and so do the question and the page
/// of the preferences.
#[test]
fn nothing_of_it_is_crowded() {
    let mut faults = Vec::new();
    for (width, height) in [(1280.0, 800.0), (640.0, 400.0)] {
        let mut harness = open(Folder::new(&format!("crowded-{width}")), "signalr.pcap", vec2(width, height));
        select(&mut harness, 3);
        let states =
            [("decoded", None), ("decode as", Some(Command::DecodeAs)), ("pins", Some(Command::Preferences))];
        for (state, command) in states {
            harness.state_mut().run(command.unwrap_or(Command::ShowPane(Pane::Payload)));
            harness.run_steps(6);
            if state == "pins" {
                harness.get_by_label("Protocols").click();
                harness.run_steps(4);
            }
            let (window, root) = (harness.ctx.content_rect(), harness.root());
            faults.extend(nameless(&root).into_iter().map(|it| format!("{width}, {state}, nameless: {it}")));
            faults.extend(crowded(&root, window).into_iter().map(|it| format!("{width}, {state}: {it}")));
            press(&mut harness, Modifiers::NONE, Key::Escape);
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// The pictures of `docs` that show what messages say.
#[test]
fn pictures_of_what_is_said() {
    if !crate::gui_pictures::wanted() {
        return;
    }
    for (name, appearance) in [("decoded", Appearance::Dark), ("decoded-light", Appearance::Light)] {
        let folder = Folder::new(name);
        let mut wanted = Preferences::default();
        wanted.appearance.theme = appearance;
        file::save(&wanted, &folder).join().unwrap();
        let mut harness = open(folder, "socketio-binary.pcap", vec2(1280.0, 800.0));
        select(&mut harness, 6);
        until(&mut harness, "the decoded message", |it| says(it, "Decoded as Socket.IO"));
        harness.query_all_by_role_and_label(Role::TreeItem, "0: echo").last().unwrap().click();
        harness.run_steps(3);
        picture(&mut harness, &format!("{name}.png"));
    }
}

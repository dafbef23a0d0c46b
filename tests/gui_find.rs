//! The window: finding, going back, going to numbers, and what is copied and saved from a row.

use std::cell::RefCell;
use std::path::PathBuf;

use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use session::detail::TabKind;
use session::dissector::ids::{ConnectionId, FrameId, MessageId, PacketId};
use wscope::gui::command::Command;
use wscope::gui::copying::Form;
use wscope::gui::state::{Selection, Tab};
use wscope_tests::place::Folder;

use crate::gui::{Driven, press, says, tour, until};

/// A word that is said in a compressed message only, and is nowhere in the captured bytes.
const INFLATED: &str = "\"from\":\"ben\",\"state\":\"online\"";

fn message(number: u32) -> Selection {
    Selection::Message(MessageId::new(number - 1))
}

fn find(harness: &mut Driven, typed: &str) {
    press(harness, Modifiers::COMMAND, Key::F);
    press(harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label("Find").type_text(typed);
    harness.run_steps(2);
    press(harness, Modifiers::NONE, Key::Enter);
}

/// What is copied until something is.
fn copied(harness: &mut Driven, what: &str) -> String {
    let text = RefCell::new(None);
    until(harness, what, |it| {
        for command in &it.output().platform_output.commands {
            if let OutputCommand::CopyText(copied) = command {
                *text.borrow_mut() = Some(copied.clone());
            }
        }
        text.borrow().is_some()
    });
    text.into_inner().unwrap()
}

/// A word is found in a message that is compressed with what came before it: the message is selected, its inflated
/// bytes are in front and the word is chosen in them. The next hit is another one, and the one before is it again.
#[test]
fn a_word_in_a_compressed_message() {
    let mut harness = tour("find-word");
    find(&mut harness, INFLATED);
    until(&mut harness, "the message", |it| it.state().selection() == Some(message(38)));
    until(&mut harness, "its bytes", |it| {
        let chosen = it.state().app().opened().unwrap().inspector.chosen();
        chosen.is_some_and(|(kind, bytes)| {
            kind == TabKind::Inflated(MessageId::new(37)) && bytes == INFLATED.as_bytes()
        })
    });
    assert!(says(&harness, "Message 38, bytes 36 to 64"), "the bar says where");
    harness.get_by_label("Payload").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Payload text").is_some(), "as it was sent, where the word is marked");

    find(&mut harness, "\"state\":\"online\"");
    until(&mut harness, "the first", |it| it.state().selection() == Some(message(38)));
    press(&mut harness, Modifiers::NONE, Key::F3);
    until(&mut harness, "the second", |it| it.state().selection() == Some(message(75)));
    press(&mut harness, Modifiers::COMMAND, Key::N);
    until(&mut harness, "the third", |it| it.state().selection() == Some(message(76)));
    press(&mut harness, Modifiers::SHIFT, Key::F3);
    until(&mut harness, "the second again", |it| it.state().selection() == Some(message(75)));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label("Find in content").is_none(), "Escape closes the bar");
}

/// From the last hit on it goes around and says so; what is nowhere is said to be nowhere.
#[test]
fn goes_around_and_ends() {
    let mut harness = tour("find-around");
    harness.state_mut().run(Command::Select(message(39)));
    find(&mut harness, INFLATED);
    until(&mut harness, "the message", |it| it.state().selection() == Some(message(38)));
    until(&mut harness, "the way round", |it| says(it, "went on from the first row"));
    find(&mut harness, "nobody has said this");
    until(&mut harness, "the end", |it| says(it, "Nothing found"));
    assert_eq!(harness.state().selection(), Some(message(38)));
}

/// Bytes are found in packets as they were captured; a half byte and a broken expression are said with their places.
#[test]
fn bytes_and_mistakes() {
    let mut harness = tour("find-bytes");
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    press(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_label("Find bytes in hex").click();
    harness.run_steps(2);
    find(&mut harness, "47 45 54 20 2f 6d 71 74 74");
    until(&mut harness, "the request", |it| {
        let chosen = it.state().app().opened().unwrap().inspector.chosen();
        chosen.is_some_and(|(kind, bytes)| matches!(kind, TabKind::Captured(_)) && bytes == b"GET /mqtt")
    });
    assert!(matches!(harness.state().selection(), Some(Selection::Packet(_))));
    find(&mut harness, "81 8");
    until(&mut harness, "the half byte", |it| {
        says(it, "“8” is half a byte: two digits make one, at character 4")
    });
    harness.get_by_label("Find by regular expression").click();
    find(&mut harness, "GET (/mqtt");
    until(&mut harness, "the mistake", |it| says(it, "Unclosed group, at character 5"));
    find(&mut harness, "get /[a-z]+ http");
    until(&mut harness, "the same request", |it| {
        let chosen = it.state().app().opened().unwrap().inspector.chosen();
        chosen.is_some_and(|(_, bytes)| bytes == b"GET /mqtt HTTP")
    });
    harness.get_by_label("Match case").click();
    find(&mut harness, "get /[a-z]+ http");
    until(&mut harness, "nothing of this case", |it| says(it, "Nothing found"));
}

/// Names are those of the detail tree: the line is chosen in it.
#[test]
fn names_of_fields() {
    let mut harness = tour("find-names");
    press(&mut harness, Modifiers::COMMAND, Key::F);
    harness.get_by_label("Find in fields").click();
    harness.run_steps(2);
    find(&mut harness, "permessage-deflate");
    until(&mut harness, "the first compressed message", |it| it.state().selection() == Some(message(5)));
    until(&mut harness, "its line", |it| says(it, "Extension: permessage-deflate"));
    assert!(says(&harness, "Message 5, Extension permessage-deflate"), "the bar says which");
}

/// Alt and the arrows lead back along what was looked at, tables and findings included, and forward again.
#[test]
fn back_and_forward() {
    let mut harness = tour("back");
    let visits =
        [message(1), message(50), Selection::Frame(FrameId::new(7)), Selection::Packet(PacketId::new(90))];
    for visit in &visits[1..] {
        harness.state_mut().run(Command::Follow(*visit));
        harness.run_steps(2);
    }
    for visit in visits[..3].iter().rev() {
        press(&mut harness, Modifiers::ALT, Key::ArrowLeft);
        assert_eq!(harness.state().selection(), Some(*visit));
    }
    assert_eq!(harness.state().app().opened().unwrap().tab, Tab::Messages);
    harness.get_by_label("Forward").click();
    harness.run_steps(3);
    harness.get_by_label("Forward").click();
    harness.run_steps(3);
    assert_eq!(harness.state().selection(), Some(visits[2]));
    assert_eq!(harness.state().app().opened().unwrap().tab, Tab::Frames);
}

/// What a number is of can be chosen, or typed; one that is too great is said with the greatest there is.
#[test]
fn numbers_of_other_kinds() {
    let mut harness = tour("go-to-kinds");
    let packets = harness.state().app().opened().unwrap().snapshot.packet_count();
    press(&mut harness, Modifiers::COMMAND, Key::G);
    harness.get_by_label("Go to number").type_text("packet 9999999");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    let greatest = wscope::gui::words::count(packets.into());
    assert!(says(&harness, &format!("There is no packet 9,999,999: the greatest is {greatest}")));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::G);
    harness.get_by_label("Go to number").type_text("p 12");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().selection(), Some(Selection::Packet(PacketId::new(11))));
    assert_eq!(harness.state().app().opened().unwrap().tab, Tab::Packets);
    press(&mut harness, Modifiers::COMMAND, Key::G);
    harness.get_by_label("Go to number").type_text("3");
    for _ in 0..4 {
        press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    }
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().selection(), Some(Selection::Connection(ConnectionId::new(2))));
}

/// A right click selects the row and opens its menu, from which its content is copied; Ctrl+C in the table copies it
/// as text, and a command line says the same again.
#[test]
fn copies_of_a_row() {
    let mut harness = tour("copies");
    harness.get_by_label_contains("9, 0.779266, from client").click_secondary();
    harness.run_steps(3);
    assert_eq!(harness.state().selection(), Some(message(9)));
    assert!(harness.query_by_label("Show only connection 2").is_some());
    let menu =
        |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some_and(|it| !it.ends_with('…'));
    harness.get_all_by_label_contains("Copy as").find(menu).unwrap().click();
    harness.run_steps(3);
    harness.get_by_label("Python bytes").click();
    assert_eq!(copied(&mut harness, "as Python"), r#"b"{\"type\":\"typing\",\"room\":\"support\"}""#);
    harness.event(egui::Event::Copy);
    assert_eq!(copied(&mut harness, "by Ctrl+C"), r#"{"type":"typing","room":"support"}"#);
    harness.state_mut().run(Command::CopyAs(Form::Websocat));
    let command = copied(&mut harness, "as a command");
    let said = r#"printf %s '{"type":"typing","room":"support"}' | websocat "#;
    assert!(
        command.starts_with(said) && command.contains("ws://") && command.ends_with("/rooms/support"),
        "{command}"
    );
}

/// What is saved is what was said, byte for byte; what is there already is replaced only when Enter is pressed twice.
#[test]
fn a_payload_is_saved() {
    let mut harness = tour("save-payload");
    let folder = Folder::new("saved");
    let path: PathBuf = folder.join("said.json");
    let truth = r#"{"type":"presence","room":"support","from":"ben","state":"online"}"#;
    harness.state_mut().run(Command::Select(message(38)));
    until(&mut harness, "the message", |it| says(it, "Inflated"));
    let ask = |harness: &mut Driven| {
        press(harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
        press(harness, Modifiers::COMMAND, Key::A);
        harness.get_by_label("Save payload as").type_text(&path.display().to_string());
        harness.run_steps(2);
        press(harness, Modifiers::NONE, Key::Enter);
    };
    ask(&mut harness);
    until(&mut harness, "the note", |it| says(it, "said.json was written: 66 bytes"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), truth);

    std::fs::write(&path, "mine").unwrap();
    ask(&mut harness);
    assert!(says(&harness, "There is such a file already"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the file", |_| std::fs::read_to_string(&path).is_ok_and(|text| text == truth));
}

//! What messages say, in the window: rows, the view of what is selected, what the user pins, and what is kept of that.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::{ConnectionId, MessageId};
use wscope::gui::command::Command;
use wscope::gui::layout::Pane;
use wscope::gui::preferences::{Appearance, Preferences, file};
use wscope::gui::state::Selection;

use crate::gui::{Driven, press, sample, says, until, window_in};
use crate::gui_pictures::picture;

/// A folder for settings; `name` keeps tests apart.
fn fresh(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("wscope-says-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn open(folder: PathBuf, file: &str, size: egui::Vec2) -> Driven {
    let mut harness = window_in(folder, Some(sample(file)), Vec::new(), size);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    until(&mut harness, "the first row", |it| it.state().selection().is_some());
    harness
}

/// A sample of which a message is looked at, with the payload in front.
fn look(name: &str, file: &str, message: u32) -> Driven {
    let mut harness = open(fresh(name), file, vec2(1280.0, 800.0));
    harness.state_mut().run(Command::ShowPane(Pane::Payload));
    harness.state_mut().run(Command::Select(Selection::Message(MessageId::new(message - 1))));
    harness.run_steps(3);
    harness
}

#[test]
fn looks() {
    let Ok(list) = std::env::var("WSCOPE_LOOKS") else { return };
    for entry in list.split(',') {
        let words: Vec<&str> = entry.split(':').collect();
        let (file_name, message) = (words[0], words[1].parse::<u32>().unwrap());
        for (tone, appearance) in [("dark", Appearance::Dark), ("light", Appearance::Light)] {
            let size = if words.get(2) == Some(&"big") { vec2(1920.0, 1080.0) } else { vec2(1280.0, 800.0) };
            let folder = fresh(&format!("{file_name}-{tone}"));
            let mut wanted = Preferences::default();
            wanted.appearance.theme = appearance;
            file::save(&wanted, &folder).join().unwrap();
            let mut harness = open(folder, file_name, size);
            harness.state_mut().run(Command::ShowPane(Pane::Payload));
            harness.state_mut().run(Command::Select(Selection::Message(MessageId::new(message - 1))));
            harness.run_steps(4);
            match words.get(3).copied() {
                Some("dialog") => harness.state_mut().run(Command::DecodeAs),
                Some("preferences") => {
                    harness.state_mut().run(Command::Preferences);
                    harness.run_steps(3);
                    harness.get_by_label("Protocols").click();
                }
                Some("handshake") => {
                    harness.state_mut().run(Command::Select(Selection::Connection(ConnectionId::new(0))));
                }
                _ => {}
            }
            harness.run_steps(4);
            picture(&mut harness, &format!("{file_name}-{message}-{tone}.png"));
        }
    }
}

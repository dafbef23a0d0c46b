//! The window while it captures: the devices it lists, start and end, rows that are followed until the user scrolls, and
//! the question before a capture is lost.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use session::capture::live::tool::Tool;
use session::capture::live::wanted::Wanted;
use wscope::gui::App;
use wscope::gui::command::{Command, When};
use wscope::gui::live::Means;
use wscope::gui::opened::Opened;
use wscope::gui::state::Tab;
use wscope_tests::place::Folder;

use super::program::{PATIENCE, helper_program, may_capture, open_folder};
use super::talk::Server;

struct Window {
    means: Means,
    app: Option<App>,
}

type Driven = Harness<'static, Window>;

impl Window {
    fn show(&mut self, ui: &mut Ui) {
        let app = self.app.get_or_insert_with(|| {
            let mut app = App::new(ui.ctx(), session::Options::default(), None);
            app.captures(self.means.clone());
            app
        });
        let whole = ui.ctx().content_rect();
        let mut whole_ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
        whole_ui.set_clip_rect(whole);
        app.show(&mut whole_ui);
    }

    fn opened(&self) -> Option<&Opened> {
        self.app.as_ref().unwrap().opened()
    }

    fn run(&mut self, command: Command) {
        self.app.as_mut().unwrap().run(command);
    }

    fn running(&self) -> bool {
        self.opened().is_some_and(Opened::capturing)
    }

    fn messages(&self) -> u32 {
        self.opened().map_or(0, |opened| opened.snapshot.message_count())
    }
}

fn window(folder: &Folder) -> Driven {
    let means = Means { tools: vec![Tool::Own(helper_program())], folder: folder.join("captures") };
    let builder = Harness::builder().with_size([1280.0, 800.0]).allow_missing_glyphs();
    let mut harness =
        builder.build_ui_state(|ui, window: &mut Window| window.show(ui), Window { means, app: None });
    harness.step();
    harness
}

/// Draws until something holds.
fn until(harness: &mut Driven, what: &str, holds: impl Fn(&Driven) -> bool) {
    let begun = Instant::now();
    while !holds(harness) {
        assert!(begun.elapsed() < PATIENCE, "never came: {what}");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run_steps(2);
}

fn says(harness: &Driven, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

fn press(harness: &mut Driven, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

/// Begins to capture what is said to a server.
fn capture(harness: &mut Driven, server: &Server) {
    let wanted =
        Wanted { devices: vec!["lo".to_owned()], filter: Some(server.filter()), ..Wanted::default() };
    harness.state_mut().run(Command::CaptureWith(Box::new(wanted)));
    until(harness, "the capture", |it| it.state().running());
}

fn spools(folder: &Folder) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("captures")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The devices are listed with what can be done with them; a capture is begun and ended with Ctrl+E, and begun anew with
/// Ctrl+R. One in which there is nothing leaves nothing behind.
#[test]
fn devices_start_and_stop() {
    if !may_capture("devices, start and stop in the window") {
        return;
    }
    let folder = open_folder("window-devices");
    let mut harness = window(&folder);
    until(&mut harness, "the devices", |it| says(it, "Device lo, "));
    assert!(says(&harness, "127.0.0.1"));
    harness.get_by_label_contains("Device lo, ").click();
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::E);
    until(&mut harness, "the capture", |it| it.state().running());
    assert!(says(&harness, "Capturing from lo"));
    assert_eq!(spools(&folder).len(), 1);
    press(&mut harness, Modifiers::COMMAND, Key::E);
    until(&mut harness, "its end", |it| !it.state().running());
    assert!(says(&harness, "Stopped"));
    harness.state_mut().run(Command::DiscardAnd(Box::new(Command::Close)));
    harness.run_steps(2);

    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    capture(&mut harness, &server);
    let path = |it: &Driven| it.state().opened().map(|opened| opened.path.clone());
    let first = path(&harness);
    press(&mut harness, Modifiers::COMMAND, Key::R);
    until(&mut harness, "another capture", |it| path(it) != first && it.state().running());
    press(&mut harness, Modifiers::COMMAND, Key::W);
    until(&mut harness, "the start page", |it| it.state().opened().is_none());
    assert!(spools(&folder).is_empty());
}

/// What peers say is there while they say it; the newest row is followed until the user scrolls up, and again when the
/// user comes back to the end. What is not saved is asked about before it is lost.
#[test]
fn rows_are_followed_and_captures_are_saved() {
    if !may_capture("a capture in the window") {
        return;
    }
    let folder = open_folder("window-follow");
    let mut harness = window(&folder);
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    capture(&mut harness, &server);
    let said = server.converse(40, 1);
    let messages = said.iter().map(|side| side.data.len()).sum::<usize>();
    until(&mut harness, "the messages", |it| it.state().messages() as usize >= messages);
    harness.run_steps(3);
    let last = |it: &Driven, tab: Tab| {
        let opened = it.state().opened().unwrap();
        let count = opened.lists.len(tab, &opened.snapshot);
        opened.tables[tab as usize].rows.sees(count - 1)
    };
    let follows = |it: &Driven| it.state().opened().unwrap().follows_tail();
    assert!(follows(&harness) && last(&harness, Tab::Messages));

    // Within a quarter of a second of being on the wire; half of them in a busy moment is enough.
    let mut soon = 0;
    for seed in 10..20 {
        let before = harness.state().messages();
        server.converse(1, seed);
        let since = Instant::now();
        until(&mut harness, "what was said last", |it| it.state().messages() > before);
        soon += u32::from(since.elapsed() < Duration::from_millis(250));
    }
    assert!(soon >= 5, "{soon} of 10 came within a quarter of a second");
    let messages = harness.state().messages() as usize;

    press(&mut harness, Modifiers::NONE, Key::Home);
    assert!(!follows(&harness));
    server.converse(40, 2);
    until(&mut harness, "more messages", |it| it.state().messages() as usize > messages);
    assert!(!last(&harness, Tab::Messages) && says(&harness, "Follow the newest rows"));
    press(&mut harness, Modifiers::NONE, Key::End);
    assert!(follows(&harness) && last(&harness, Tab::Messages));

    press(&mut harness, Modifiers::COMMAND, Key::W);
    assert!(says(&harness, "Save this capture?"));
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    assert!(harness.state().running() && !says(&harness, "Save this capture?"));
    press(&mut harness, Modifiers::COMMAND, Key::E);
    until(&mut harness, "its end", |it| !it.state().running());
    let shown = harness.state().messages();
    let kept = folder.join("kept.pcapng");
    harness.state_mut().run(Command::SaveTo(kept.clone(), Some(Box::new(Command::Close))));
    until(&mut harness, "the start page", |it| it.state().opened().is_none());
    assert!(spools(&folder).is_empty());
    harness.state_mut().run(Command::OpenPath(kept));
    until(&mut harness, "the same again", |it| it.state().messages() == shown);
}

/// A capture that was not saved when the program died is offered again; thrown away, it is gone.
#[test]
fn what_was_left_is_offered_again() {
    if !may_capture("a capture that was left") {
        return;
    }
    let folder = open_folder("window-left");
    let mut harness = window(&folder);
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    capture(&mut harness, &server);
    server.converse(5, 3);
    until(&mut harness, "messages", |it| it.state().messages() > 5);
    let again = window(&folder);
    assert!(!says(&again, "A capture was not saved"));
    drop(harness);

    // The reading threads hold the file for a moment longer than the window.
    let begun = Instant::now();
    let mut harness = loop {
        let mut harness = window(&folder);
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(5));
            harness.step();
        }
        if says(&harness, "A capture was not saved") {
            break harness;
        }
        assert!(begun.elapsed() < PATIENCE, "it is not offered");
    };
    harness.get_by_label("Recover").click();
    until(&mut harness, "its messages", |it| it.state().messages() > 5);
    assert!(harness.state().app.as_ref().unwrap().can(When::Unsaved));
    press(&mut harness, Modifiers::COMMAND, Key::W);
    harness.get_by_label("Discard").click();
    until(&mut harness, "the start page", |it| it.state().opened().is_none());
    assert!(spools(&folder).is_empty());
}

/// A capture filter that is none is said under its text, in the compiler's words.
#[test]
fn a_wrong_filter_is_said_where_it_was_typed() {
    if !may_capture("a wrong capture filter in the window") {
        return;
    }
    let folder = open_folder("window-filter");
    let mut harness = window(&folder);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    until(&mut harness, "the devices", |it| it.query_by_role_and_label(Role::CheckBox, "lo").is_some());
    harness.get_by_role_and_label(Role::CheckBox, "lo").click();
    harness.get_by_role_and_label(Role::TextInput, "Capture filter").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, "Capture filter").type_text("tcp port nowhere");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the compiler's words", |it| says(it, "unknown port"));
    assert!(says(&harness, "Capture options") && !harness.state().running());
}

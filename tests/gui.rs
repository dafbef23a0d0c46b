//! The window, driven by what it tells those who cannot see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::{FrameId, MessageId};
use wscope::gui::App;
use wscope::gui::command::Command;
use wscope::gui::lists::Narrow;
use wscope::gui::preferences::{self, Appearance, Preferences};
use wscope::gui::settings::Settings;
use wscope::gui::state::{Selection, Tab};
use wscope::gui::words;

use wscope_tests::place::Folder;
use wscope_tests::renderer::Renderer;

/// The application as a test holds it: made in the first pass, as only then there is a context.
pub(crate) struct Window {
    // Gone before the folder in which it keeps its settings.
    app: Option<App>,
    folder: Arc<Folder>,
    file: Option<PathBuf>,
    keys: Vec<PathBuf>,
}

impl Window {
    fn show(&mut self, ui: &mut Ui) {
        let app = self.app.get_or_insert_with(|| {
            let keys = self.keys.clone();
            let options = session::Options { keys, again: true, ..session::Options::default() };
            let mut app = App::new(ui.ctx(), options, Some(self.folder.to_path_buf()));
            if let Some(file) = &self.file {
                app.open(file);
            }
            app
        });
        // The harness leaves a margin around what it shows; a window has none.
        let whole = ui.ctx().content_rect();
        let mut whole_ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
        whole_ui.set_clip_rect(whole);
        app.show(&mut whole_ui);
    }
    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }
    pub(crate) fn run(&mut self, command: Command) {
        self.app.as_mut().unwrap().run(command);
    }
    pub(crate) fn selection(&self) -> Option<Selection> {
        self.app().opened().and_then(|opened| opened.selection)
    }
}

pub(crate) type Driven = Harness<'static, Window>;

pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name)
}

/// A window with settings of its own; `name` keeps tests apart.
fn window(name: &str, file: Option<PathBuf>, appearance: Appearance) -> Driven {
    window_with_keys(name, file, Vec::new(), appearance)
}

/// The same with key logs.
pub(crate) fn window_with_keys(
    name: &str,
    file: Option<PathBuf>,
    keys: Vec<PathBuf>,
    appearance: Appearance,
) -> Driven {
    let folder = Folder::new(name);
    let mut preferences = Preferences::default();
    preferences.appearance.theme = appearance;
    preferences::file::save(&preferences, &folder).join().unwrap();
    window_in(folder, file, keys, egui::vec2(1280.0, 800.0))
}

/// A window that remembers in a folder, with whatever stands there already.
pub(crate) fn window_in(
    folder: impl Into<Arc<Folder>>,
    file: Option<PathBuf>,
    keys: Vec<PathBuf>,
    size: egui::Vec2,
) -> Driven {
    let harness = Harness::builder().with_size(size).renderer(Renderer::default()).allow_missing_glyphs();
    harness.build_ui_state(
        |ui, window: &mut Window| window.show(ui),
        Window { app: None, folder: folder.into(), file, keys },
    )
}

/// The window is closed and opened again on the same file, with these settings.
pub(crate) fn again(harness: Driven, settings: &Settings) -> Driven {
    let window = harness.state();
    let (folder, file, keys) = (window.folder.clone(), window.file.clone(), window.keys.clone());
    drop(harness);
    settings.save(&folder).join().unwrap();
    window_in(folder, file, keys, egui::vec2(1280.0, 800.0))
}

/// Draws until something holds; threads read and list in the meantime.
pub(crate) fn until(harness: &mut Driven, what: &str, holds: impl Fn(&Driven) -> bool) {
    let begun = Instant::now();
    while !holds(harness) {
        assert!(begun.elapsed() < Duration::from_secs(20), "never came: {what}");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run_steps(2);
}

pub(crate) fn says(harness: &Driven, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

pub(crate) fn tour(name: &str) -> Driven {
    let mut harness = window(name, Some(sample("tour.pcapng")), Appearance::Dark);
    until(&mut harness, "the first message", |it| {
        it.state().selection() == Some(Selection::Message(MessageId::new(0)))
    });
    until(&mut harness, "its row", |it| says(it, "1, 0.152710, from client"));
    until(&mut harness, "the end", |it| !it.state().app().opened().unwrap().reading());
    harness
}

pub(crate) fn press(harness: &mut Driven, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

/// A capture opens on its first message; arrows and the other keys move what is looked at.
#[test]
fn keys_move_the_selection() {
    let mut harness = tour("keys");
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(harness.state().selection(), Some(Selection::Message(MessageId::new(1))));
    press(&mut harness, Modifiers::NONE, Key::End);
    let last = harness.state().app().opened().unwrap().snapshot.message_count() - 1;
    assert_eq!(harness.state().selection(), Some(Selection::Message(MessageId::new(last))));
    press(&mut harness, Modifiers::NONE, Key::Home);
    press(&mut harness, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(harness.state().selection(), Some(Selection::Message(MessageId::new(0))));
}

/// The switch and its keys show other rows, and stay with what is looked at.
#[test]
fn tabs_keep_the_selection() {
    let mut harness = tour("tabs");
    harness.get_by_label("Frames").click();
    harness.run_steps(3);
    assert_eq!(harness.state().app().opened().unwrap().tab, Tab::Frames);
    assert_eq!(harness.state().selection(), Some(Selection::Message(MessageId::new(0))));
    press(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(harness.state().selection(), Some(Selection::Frame(FrameId::new(1))));
    press(&mut harness, Modifiers::COMMAND, Key::Num3);
    assert_eq!(harness.state().app().opened().unwrap().tab, Tab::Packets);
}

/// Ctrl+G asks for a number and goes there; a number that is not there leaves the question open.
#[test]
fn go_to_a_number() {
    let mut harness = tour("go-to");
    press(&mut harness, Modifiers::COMMAND, Key::G);
    harness.get_by_label("Go to number").type_text("9999");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(says(&harness, "Go to number"));
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::COMMAND, Key::G);
    harness.get_by_label("Go to number").type_text("100");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().selection(), Some(Selection::Message(MessageId::new(99))));
    assert!(says(&harness, "Message 100 selected"));
}

/// A click on a connection leaves its rows only, and a click on the first line brings all back.
#[test]
fn one_connection_only() {
    let mut harness = tour("only");
    harness.get_by_label_contains("Connection 3, /stream").click();
    until(&mut harness, "its rows", |it| {
        let lists = &it.state().app().opened().unwrap().lists;
        lists.only().is_some() && lists.complete()
    });
    let opened = harness.state().app().opened().unwrap();
    let snapshot = &opened.snapshot;
    let all = (0..snapshot.message_count()).filter_map(|row| snapshot.message(MessageId::new(row)));
    let its: Vec<u32> =
        all.filter(|message| message.connection.number() == 3).map(|message| message.id.index()).collect();
    assert_eq!(opened.lists.len(Tab::Messages, snapshot), its.len() as u64);
    let listed: Vec<u32> =
        (0..its.len() as u64).filter_map(|place| opened.lists.row(Tab::Messages, place)).collect();
    assert_eq!(listed, its);
    harness.get_by_label_contains("All connections,").click();
    harness.run_steps(3);
    assert_eq!(harness.state().app().opened().unwrap().lists.only(), None);
}

/// A click on a finding selects its frame and lands on the very bytes; a chip leaves one kind only.
#[test]
fn a_finding_leads_to_its_bytes() {
    let mut harness = tour("findings");
    harness.get_by_label("Findings").click();
    until(&mut harness, "the findings", |it| says(it, "Only "));
    let snapshot = std::sync::Arc::clone(&harness.state().app().opened().unwrap().snapshot);
    let findings = snapshot.findings();
    let pointing = |place: &u32| {
        findings
            .row(*place)
            .is_some_and(|found| found.finding.frame.is_some() && found.finding.span.is_some())
    };
    let place = (0..findings.len().min(12)).find(pointing).unwrap();
    let found = findings.row(place).unwrap();
    let row = format!("{}, {}", place + 1, words::seconds(found.time - snapshot.totals.times.unwrap().0));
    harness.get_by_label_contains(&row).click();
    let frame = found.finding.frame.unwrap();
    until(&mut harness, "its frame", |it| it.state().selection() == Some(Selection::Frame(frame)));
    let line = format!("Finding: {}", found.finding.rule().code);
    until(&mut harness, "its line in the tree", |it| says(it, &line));

    let rule = found.finding.rule;
    let its = (0..findings.len()).filter(|place| findings.row(*place).unwrap().finding.rule == rule).count();
    harness.state_mut().run(Command::Narrow(Some(Narrow::Rule(rule))));
    until(&mut harness, "those of the rule", |it| it.state().app().opened().unwrap().lists.complete());
    let opened = harness.state().app().opened().unwrap();
    assert_eq!(opened.lists.len(Tab::Findings, &snapshot), its as u64);
}

/// A connection has cards: what its handshake came to, and how it ended, with the Ping that nobody answered.
#[test]
fn cards_of_a_connection() {
    let mut harness = tour("cards");
    harness.get_by_label_contains("Connection 8, /rooms/support").click();
    harness.get_by_label("Payload").click();
    until(&mut harness, "the handshake", |it| says(it, "Accept value") && says(it, "valid"));
    harness.get_by_label("Ending").click();
    until(&mut harness, "the ending", |it| says(it, "no Pong came after it"));
    assert!(says(&harness, "Reset") && says(&harness, "1006"));
}

/// The palette finds a command by its name and does it; the appearance is remembered.
#[test]
fn commands_by_name() {
    let mut harness = tour("palette");
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    harness.get_by_label("Command").type_text("appearance");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().app().preferences().appearance.theme, Appearance::Light);
    harness.get_by_label("Change appearance").click();
    harness.run_steps(3);
    assert_eq!(harness.state().app().preferences().appearance.theme, Appearance::System);
}

/// What is no capture is said above the panes, with the file's name, and can be taken away.
#[test]
fn a_bad_file_is_said() {
    let mut harness = window("bad", None, Appearance::Dark);
    let bad = harness.state().folder.join("notes.pcap");
    std::fs::write(&bad, "no capture at all, just words").unwrap();
    harness.step();
    harness.state_mut().app.as_mut().unwrap().open(&bad);
    until(&mut harness, "the message", |it| says(it, "notes.pcap"));
    harness.get_by_label("Dismiss").click();
    harness.run_steps(3);
    assert!(!says(&harness, "Dismiss"));
}

/// Pictures of whole scenes, drawn on the CPU, so that a change of looks is a change somebody has looked at.
#[test]
fn pictures() {
    let mut results = egui_kittest::SnapshotResults::new();
    for (name, appearance) in [("dark", Appearance::Dark), ("light", Appearance::Light)] {
        let mut harness = window(&format!("picture-{name}"), Some(sample("basic.pcap")), appearance);
        until(&mut harness, "the end", |it| {
            it.state().app().opened().is_some_and(|opened| !opened.reading())
        });
        until(&mut harness, "the activity", |it| {
            let opened = it.state().app().opened().unwrap();
            let first = opened.snapshot.connections().row(0).unwrap().id;
            opened.lists.activity(first).is_some()
        });
        settle(&mut harness);
        results.add(harness.try_snapshot(format!("window-{name}")));
    }
}

/// Waits until two pictures in a row are the same: nothing more is on its way.
pub(crate) fn settle(harness: &mut Driven) {
    let mut before = harness.render().unwrap();
    for _ in 0..50 {
        std::thread::sleep(Duration::from_millis(30));
        harness.run_steps(2);
        let now = harness.render().unwrap();
        if now == before {
            return;
        }
        before = now;
    }
    panic!("the window never comes to rest");
}

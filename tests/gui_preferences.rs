//! The window as its user wants it: preferences and their file, profiles, layouts, zoom, keys; and that at every size
//! everything can be reached, has a name, and lies under nothing else.

use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use wscope::gui::command::Command;
use wscope::gui::layout::{self, Pane};
use wscope::gui::preferences::{Appearance, Contrast, Preferences, file, profiles};
use wscope::gui::state::{Tab, Times};
use wscope_tests::crowding::{crowded, nameless};
use wscope_tests::place::Folder;

use crate::gui::{Driven, press, sample, says, until, window_in};

const PORTS: &str = "Ports that carry WebSocket";

fn window(folder: &Arc<Folder>) -> Driven {
    let mut harness = window_in(Arc::clone(folder), None, Vec::new(), vec2(1280.0, 800.0));
    harness.run_steps(3);
    harness
}

fn preferences(it: &Driven) -> &Preferences {
    it.state().app().preferences()
}

/// Waits until a file says something; what the window writes is written on threads.
fn written(harness: &mut Driven, path: &Path, words: &str) {
    let there = |_: &Driven| std::fs::read_to_string(path).is_ok_and(|text| text.contains(words));
    until(harness, words, there);
}

/// What is decided in the dialog holds at once and stands in the file when the dialog is closed; the next window reads it,
/// also what was edited in between.
#[test]
fn what_is_decided_holds_and_stays() {
    let folder = Arc::new(Folder::new("holds"));
    let mut harness = window(&folder);
    press(&mut harness, Modifiers::COMMAND, Key::Comma);
    harness.get_by_label("Theme: Light").click();
    harness.run_steps(2);
    harness.get_by_label("Contrast: High").click();
    harness.run_steps(2);
    assert_eq!(preferences(&harness).appearance.theme, Appearance::Light);
    assert_eq!(preferences(&harness).appearance.contrast, Contrast::High);
    harness.get_by_label("Table").click();
    harness.run_steps(2);
    harness.get_by_label("Times: Time of day").click();
    harness.run_steps(2);
    harness.get_by_label("Reading").click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, PORTS).click();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, PORTS).type_text("9000, x");
    harness.run_steps(2);
    assert!(says(&harness, "x is no port") && preferences(&harness).reading.websocket_ports.is_empty());
    press(&mut harness, Modifiers::NONE, Key::Escape);
    let path = folder.join(file::FILE);
    written(&mut harness, &path, "times = \"clock\"");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("theme = \"light\"", "theme = \"dark\" # at night")).unwrap();

    let mut harness = window(&folder);
    assert_eq!(preferences(&harness).appearance.theme, Appearance::Dark);
    assert_eq!(preferences(&harness).table.times, Times::Clock);
    harness.state_mut().run(Command::ZoomIn);
    written(&mut harness, &path, "zoom = 1.1");
    assert!(std::fs::read_to_string(&path).unwrap().contains("# at night"));
}

/// A file that cannot be read is said above the panes with the place, left as it is, and moved aside when another one is
/// written.
#[test]
fn a_bad_file_is_said_and_kept() {
    let folder = Arc::new(Folder::new("bad"));
    let bad = "[appearance]\ntheme = \"pink\"\n";
    std::fs::write(folder.join(file::FILE), bad).unwrap();
    let mut harness = window(&folder);
    assert!(says(&harness, "preferences.toml, line 2, column 9"));
    assert_eq!(*preferences(&harness), Preferences::default());
    assert_eq!(std::fs::read_to_string(folder.join(file::FILE)).unwrap(), bad);
    harness.state_mut().run(Command::NextContrast);
    written(&mut harness, &folder.join(file::FILE), "contrast = \"high\"");
    assert_eq!(std::fs::read_to_string(folder.join(file::BAD)).unwrap(), bad);
}

/// A profile is made, used, copied, renamed and deleted, each with preferences and a layout of its own; the default one is
/// as it was left.
#[test]
fn profiles_are_apart() {
    let folder = Arc::new(Folder::new("profiles"));
    let mut harness = window(&folder);
    let uses = |it: &Driven, name: &str| it.state().app().profile() == name;
    harness.state_mut().run(Command::NextTheme);
    harness.state_mut().run(Command::NewProfileAs("Night".to_owned()));
    until(&mut harness, "the new profile", |it| uses(it, "Night"));
    assert_eq!(*preferences(&harness), Preferences::default());
    harness.state_mut().run(Command::UseLayout("Reading".to_owned()));
    harness.state_mut().run(Command::CopyProfileAs("Later".to_owned()));
    until(&mut harness, "the copy", |it| uses(it, "Later"));
    assert!(!layout::shows(harness.state().app().layout(), Pane::Detail));
    harness.state_mut().run(Command::RenameProfileAs("Night".to_owned()));
    until(&mut harness, "why not", |it| says(it, "There is one of that name already"));
    harness.state_mut().run(Command::UseProfile(None));
    until(&mut harness, "the default one", |it| uses(it, profiles::DEFAULT));
    assert_eq!(preferences(&harness).appearance.theme, Appearance::Dark);
    assert!(layout::shows(harness.state().app().layout(), Pane::Detail));
    harness.state_mut().run(Command::UseProfile(Some("Later".to_owned())));
    until(&mut harness, "the copy again", |it| uses(it, "Later"));
    harness.state_mut().run(Command::DropProfileOf("Later".to_owned()));
    until(&mut harness, "the default one again", |it| uses(it, profiles::DEFAULT));
    assert_eq!(profiles::list(&folder), ["Night"]);
    // The corner of the status bar leads to all of them.
    harness.get_by_label_contains("Profile Default").click();
    harness.run_steps(3);
    harness.get_by_label("Night").click();
    until(&mut harness, "what was chosen", |it| uses(it, "Night"));
}

/// A layout is saved under a name, chosen in the palette by some letters of it, and back in the next window.
#[test]
fn layouts_by_name() {
    let folder = Arc::new(Folder::new("layouts"));
    let mut harness = window(&folder);
    harness.state_mut().run(Command::UseLayout("Reading".to_owned()));
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    harness.get_by_label("Command").type_text("save lay");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_label("Save layout as").type_text("Mine");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.state_mut().run(Command::ResetLayout);
    written(&mut harness, &folder.join("window.json"), "Mine");
    let mut harness = window(&folder);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    harness.get_by_label("Command").type_text("lmine");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(!layout::shows(harness.state().app().layout(), Pane::Bytes));
}

/// The tour in a window of a size, zoomed; sizes are those of the screen.
fn tour(name: &str, zoom: f32, width: f32, height: f32) -> Driven {
    let folder = Folder::new(name);
    let mut wanted = Preferences::default();
    (wanted.appearance.zoom, wanted.appearance.theme) = (zoom, Appearance::Dark);
    file::save(&wanted, &folder).join().unwrap();
    let mut harness = window_in(folder, Some(sample("tour.pcapng")), Vec::new(), vec2(width, height));
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    until(&mut harness, "the detail", |it| says(it, "Fields"));
    harness
}

/// States of the window, each as what leads to it.
const STATES: &[(&str, &[Command])] = &[
    ("messages", &[Command::Show(Tab::Messages)]),
    ("frames", &[Command::Show(Tab::Frames)]),
    ("packets", &[Command::Show(Tab::Packets)]),
    ("findings", &[Command::Show(Tab::Findings)]),
    ("payload", &[Command::ShowPane(Pane::Payload)]),
    ("the palette", &[Command::Palette]),
    ("the path of a file", &[Command::Open]),
    ("a number", &[Command::GoTo]),
    ("keys", &[Command::Keys]),
    ("preferences", &[Command::Preferences]),
    ("profiles", &[Command::Profiles]),
    ("a name", &[Command::SaveLayout]),
    ("the start page", &[Command::Close]),
];

fn faults_of(harness: &mut Driven, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (state, commands) in STATES {
        for command in *commands {
            harness.state_mut().run(command.clone());
        }
        harness.run_steps(6);
        let window = harness.ctx.content_rect();
        let root = harness.root();
        let named = |what: &str, fault: String| format!("{at}, {state}, {what}: {fault}");
        faults.extend(nameless(&root).into_iter().map(|fault| named("nameless", fault)));
        faults.extend(crowded(&root, window).into_iter().map(|fault| named("crowded", fault)));
        press(harness, Modifiers::NONE, Key::Escape);
    }
    faults
}

/// Whatever the size and the zoom: everything that can be used has a name and a role, is in the window or can be scrolled
/// to, and lies under nothing else.
#[test]
fn nothing_is_crowded_or_nameless() {
    let mut faults = Vec::new();
    for (zoom, width, height) in
        [(1.0, 1280.0, 800.0), (1.5, 1280.0, 800.0), (2.0, 1280.0, 800.0), (1.0, 640.0, 400.0)]
    {
        let at = format!("{width:.0}x{height:.0} at {:.0} %", zoom * 100.0);
        let mut harness = tour(&format!("crowded-{width}-{zoom}"), zoom, width, height);
        assert!((harness.ctx.content_rect().width() - width / zoom).abs() < 1.0, "{at}");
        faults.extend(faults_of(&mut harness, &at));
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// F6 gives the keyboard to one pane after the other, Shift+F6 back; the View menu is opened and used by keys alone.
#[test]
fn everything_by_keys() {
    let mut harness = tour("keys", 1.0, 1280.0, 800.0);
    let focused = |it: &Driven| it.ctx.memory(egui::Memory::focused);
    let first = focused(&harness);
    let mut met = Vec::new();
    for _ in 0..4 {
        press(&mut harness, Modifiers::NONE, Key::F6);
        met.extend(focused(&harness));
    }
    assert_eq!(met.last().copied(), first, "four panes are in sight: {met:?}");
    assert!(met.windows(2).all(|pair| pair[0] != pair[1]));
    press(&mut harness, Modifiers::SHIFT, Key::F6);
    assert_eq!(focused(&harness), met.get(2).copied());

    harness.get_by_label("View").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.run_steps(3);
    assert!(harness.get_by_role_and_label(Role::MenuItemCheckBox, "Connections").is_focused());
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(!layout::shows(harness.state().app().layout(), Pane::Connections));
}

/// The palette says why a command cannot be done, and lists first what was chosen last.
#[test]
fn the_palette_says_why() {
    let folder = Arc::new(Folder::new("why"));
    let mut harness = window(&folder);
    harness.state_mut().run(Command::Palette);
    harness.run_steps(2);
    harness.get_by_label("Command").type_text("goto");
    harness.run_steps(2);
    assert!(says(&harness, "open a capture first"));
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(says(&harness, "Go to number…"), "what cannot be done leaves the question open");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    harness.state_mut().run(Command::Palette);
    harness.run_steps(2);
    harness.get_by_label("Command").type_text("contrast");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().app().settings().commands, ["Change contrast"]);
}

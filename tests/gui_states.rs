//! The window in all its states, at the sizes that people have, dark and light: everything that can be used has a name, is in
//! sight or can be scrolled to, and lies under nothing else; every text is whole, large enough, and on nothing but its ground.

use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::{ConnectionId, FrameId, MessageId};
use wscope::gui::command::Command;
use wscope::gui::conversation::Way;
use wscope::gui::layout::Pane;
use wscope::gui::preferences::{Appearance, Preferences, file};
use wscope::gui::state::{Selection, Tab};
use wscope::gui::statistics::export::What;
use wscope_tests::crowding::{crowded, nameless};
use wscope_tests::legible::illegible;
use wscope_tests::place::Folder;

use crate::gui::{Driven, press, sample, says, until, window_in};

/// A state, and how it is come to from the one before.
type State = (&'static str, fn(&mut Driven));

fn run(harness: &mut Driven, command: Command) {
    harness.state_mut().run(command);
    harness.run_steps(3);
}

fn click(harness: &mut Driven, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn type_in(harness: &mut Driven, name: &str, text: &str) {
    harness.get_by_label(name).type_text(text);
    harness.run_steps(3);
}

fn message(number: u32) -> Command {
    Command::Select(Selection::Message(MessageId::new(number - 1)))
}

/// It belongs to the row that it lies over.
const MENU: &str = "the menu of a row";

/// Each leaves the window so that the next can come: Escape is pressed between them.
const STATES: &[State] = &[
    ("messages", |it| run(it, message(22))),
    ("frames", |it| run(it, Command::Show(Tab::Frames))),
    ("a frame drawn bit by bit", |it| {
        run(it, Command::Select(Selection::Frame(FrameId::new(472))));
        until(it, "the figure", |it| it.query_by_label("Figure").is_some());
        click(it, "Figure");
    }),
    ("packets", |it| run(it, Command::Show(Tab::Packets))),
    ("findings", |it| {
        run(it, Command::Show(Tab::Findings));
        run(it, Command::Finding(3));
    }),
    ("JSON", |it| {
        run(it, Command::Show(Tab::Messages));
        run(it, message(52));
        run(it, Command::ShowPane(Pane::Payload));
        until(it, "the views", |it| says(it, "JSON"));
    }),
    ("a handshake", |it| {
        run(it, Command::Only(Some(ConnectionId::new(1))));
        run(it, Command::Select(Selection::Connection(ConnectionId::new(1))));
        until(it, "the card", |it| says(it, "Offered and taken"));
    }),
    ("an ending", |it| click(it, "Ending")),
    ("the conversation", |it| {
        run(it, Command::Converse(Way::Chat));
        until(it, "what was said", |it| says(it, "from server"));
    }),
    ("the sequence diagram", |it| run(it, Command::Converse(Way::Sequence))),
    ("the statistics", |it| {
        run(it, Command::Only(None));
        run(it, Command::ShowPane(Pane::Statistics));
        until(it, "all numbers", |it| {
            let opened = it.state().app().opened().unwrap();
            opened.statistics.complete(&opened.snapshot)
        });
    }),
    ("saving statistics", |it| run(it, Command::SaveStatistics(What::All))),
    ("what is found", |it| {
        run(it, Command::Show(Tab::Messages));
        run(it, Command::Find);
        type_in(it, "Find", "orders-board");
        press(it, Modifiers::NONE, Key::Enter);
        until(it, "the hit", |it| says(it, "Message 47"));
    }),
    ("what is offered for a filter", |it| {
        run(it, Command::TypeFilter);
        type_in(it, "Display filter", "websocket.");
    }),
    ("a mistake in a filter", |it| {
        run(it, Command::TypeFilter);
        type_in(it, "Display filter", "ws.length == \"x\"");
    }),
    ("a filter", |it| {
        run(it, Command::Filter("ws.text contains \"order\"".to_owned()));
        until(it, "its rows", |it| it.state().app().opened().unwrap().lists.complete());
    }),
    ("nothing to show", |it| {
        run(it, Command::Filter("ws.length > 99999999".to_owned()));
        until(it, "its rows", |it| it.state().app().opened().unwrap().lists.complete());
    }),
    (MENU, |it| {
        run(it, Command::ClearFilter);
        run(it, message(1));
        until(it, "the row", |it| says(it, "1, 0.152710, from client"));
        it.query_all_by_label_contains("1, 0.152710, from client").next().unwrap().click_secondary();
        it.run_steps(4);
    }),
    ("the palette", |it| run(it, Command::Palette)),
    ("a path", |it| run(it, Command::Open)),
    ("a key log", |it| run(it, Command::AddKeys)),
    ("a number", |it| run(it, Command::GoTo)),
    ("saving a payload", |it| run(it, Command::SavePayload)),
    ("a comment", |it| run(it, Command::Comment)),
    ("columns", |it| run(it, Command::ChooseColumns)),
    ("colors", |it| run(it, Command::Colors)),
    ("keys", |it| run(it, Command::Keys)),
    ("profiles", |it| run(it, Command::Profiles)),
    ("layouts", |it| run(it, Command::Layouts)),
    ("a name", |it| run(it, Command::SaveLayout)),
    ("a name for a filter", |it| run(it, Command::SaveFilter("ws.length > 16384".to_owned()))),
    ("preferences", |it| run(it, Command::Preferences)),
    ("preferences of the table", |it| section(it, "Table")),
    ("preferences of reading", |it| section(it, "Reading")),
    ("preferences of capturing", |it| section(it, "Capture")),
    ("preferences of memory", |it| section(it, "Memory")),
    ("the start page", |it| run(it, Command::Close)),
];

fn section(harness: &mut Driven, name: &str) {
    run(harness, Command::Preferences);
    click(harness, name);
}

fn faults_at(zoom: f32, width: f32, height: f32, theme: Appearance) -> Vec<String> {
    let at = format!("{width:.0}x{height:.0}, {:.0} %, {theme:?}", zoom * 100.0);
    let folder = Folder::new("states");
    let mut wanted = Preferences::default();
    (wanted.appearance.zoom, wanted.appearance.theme) = (zoom, theme);
    file::save(&wanted, &folder).join().unwrap();
    let mut harness = window_in(folder, Some(sample("tour.pcapng")), Vec::new(), vec2(width, height));
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    let mut faults = Vec::new();
    for (state, come) in STATES {
        come(&mut harness);
        harness.run_steps(6);
        let window = harness.ctx.content_rect();
        let root = harness.root();
        let mut of_state = nameless(&root);
        of_state.extend(illegible(&harness.output().shapes, window));
        if *state != MENU {
            of_state.extend(crowded(&root, window));
        }
        faults.extend(of_state.into_iter().map(|fault| format!("{at}, {state}: {fault}")));
        press(&mut harness, Modifiers::NONE, Key::Escape);
    }
    faults
}

/// At the usual size, dark and light.
#[test]
fn at_the_usual_size() {
    let mut faults = faults_at(1.0, 1280.0, 800.0, Appearance::Dark);
    faults.extend(faults_at(1.0, 1280.0, 800.0, Appearance::Light));
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// On a large screen.
#[test]
fn on_a_large_screen() {
    let faults = faults_at(1.0, 1920.0, 1080.0, Appearance::Light);
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// One and a half times as large.
#[test]
fn zoomed() {
    let faults = faults_at(1.5, 1280.0, 800.0, Appearance::Dark);
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

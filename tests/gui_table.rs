//! The table of rows, driven by what it tells those who cannot see it: columns, sorting, times, notes, rows without end.

use std::path::PathBuf;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use session::Snapshot;
use session::detail::Subject;
use session::dissector::ids::{FrameId, MessageId, PacketId};
use session::request::since_request;
use wscope::gui::columns::{self, Value};
use wscope::gui::command::Command;
use wscope::gui::rows::VirtualRows;
use wscope::gui::settings::{Appearance, Settings};
use wscope::gui::state::{Selection, Tab, Times};
use wscope::gui::table::By;
use wscope::gui::words;

use crate::gui::{Driven, again, press, sample, says, until, window_with_keys};

const CTRL: Modifiers = Modifiers::COMMAND;

fn open(name: &str, file: PathBuf) -> Driven {
    let mut harness = window_with_keys(name, Some(file), Vec::new(), Appearance::Dark);
    whole(&mut harness);
    harness
}

/// Draws until all is read.
fn whole(harness: &mut Driven) {
    until(harness, "the end", |it| {
        let opened = it.state().app().opened();
        opened.is_some_and(|opened| !opened.reading() && opened.selection.is_some())
    });
}

fn tour(name: &str) -> Driven {
    open(name, sample("tour.pcapng"))
}

fn snapshot(harness: &Driven) -> Arc<Snapshot> {
    Arc::clone(&harness.state().app().opened().unwrap().snapshot)
}

fn select(harness: &mut Driven, selection: Selection) {
    harness.state_mut().run(Command::Follow(selection));
    harness.run_steps(2);
}

/// The titles of the columns that are shown, in order.
fn heads(harness: &Driven) -> Vec<String> {
    let heads = harness.query_all_by_role(Role::ColumnHeader);
    let mut heads: Vec<_> =
        heads.map(|head| (head.rect().min.x, head.accesskit_node().label().unwrap())).collect();
    heads.sort_by(|one, other| one.0.total_cmp(&other.0));
    heads.into_iter().map(|(_, label)| label).collect()
}

fn head<'a>(harness: &'a Driven, title: &'a str) -> egui_kittest::Node<'a> {
    harness.get_by_role_and_label(Role::ColumnHeader, title)
}

fn listed(harness: &Driven, tab: Tab) -> Vec<u32> {
    let opened = harness.state().app().opened().unwrap();
    let count = opened.lists.len(tab, &opened.snapshot);
    (0..count).map(|place| opened.lists.row(tab, place).unwrap()).collect()
}

/// A column that was chosen, moved and hidden is so in the next run too, and a reset forgets it.
#[test]
fn columns_survive_a_restart() {
    let mut harness = tour("columns");
    let first = heads(&harness);
    head(&harness, "Ratio").click_secondary();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::CheckBox, "Packet").click();
    harness.run_steps(3);
    harness.get_by_label("Hide Ratio").click();
    harness.run_steps(3);
    head(&harness, "Length").click_secondary();
    harness.run_steps(3);
    harness.get_by_label("Move left").click();
    harness.run_steps(3);
    let from = head(&harness, "Conn.").rect().center();
    let to = head(&harness, "#").rect().left_center() + vec2(4.0, 0.0);
    harness.drag_at(from);
    harness.run_steps(2);
    harness.hover_at(to);
    harness.run_steps(2);
    harness.drop_at(to);
    harness.run_steps(3);
    let arranged = heads(&harness);
    assert_eq!(arranged, ["Conn.", "#", "Time", "From", "Length", "Type", "Packet", "Preview"]);

    let kept = serde_json::to_string(harness.state().app().settings()).unwrap();
    let kept = kept.replace("\"name\":\"type\"", "\"name\":\"of another version\"");
    let settings: Settings = serde_json::from_str(&kept).unwrap();
    let mut harness = again(harness, &settings);
    whole(&mut harness);
    assert_eq!(heads(&harness), ["Conn.", "#", "Time", "From", "Length", "Packet", "Preview"]);
    harness.state_mut().run(Command::ResetColumns);
    harness.run_steps(3);
    assert_eq!(heads(&harness), first);
    assert!(harness.state().app().settings().columns.is_empty());
}

/// Columns are chosen and moved without a pointer.
#[test]
fn columns_by_keyboard() {
    let mut harness = tour("columns-keys");
    press(&mut harness, CTRL | Modifiers::SHIFT, Key::P);
    harness.get_by_label("Command").type_text("choose columns");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    harness.get_by_role_and_label(Role::CheckBox, "Delta").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Space);
    harness.get_by_label("Move Delta to the left").focus();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(heads(&harness)[..3], ["#", "Delta", "Time"]);
}

/// A click sorts, another one turns it round, a third brings the capture's order back; what is looked at stays.
#[test]
fn a_click_sorts() {
    let mut harness = tour("sort");
    select(&mut harness, Selection::Message(MessageId::new(6)));
    head(&harness, "Length").click();
    until(&mut harness, "the rows in order", |it| it.query_by_label("Length, sorted ascending").is_some());
    let snapshot = snapshot(&harness);
    let length = |row: &u32| {
        let message = snapshot.message(MessageId::new(*row)).unwrap();
        message.len.unwrap_or(message.wire_len)
    };
    let mut plain: Vec<u32> = (0..snapshot.message_count()).collect();
    plain.sort_by_key(length);
    assert_eq!(listed(&harness, Tab::Messages), plain);
    let opened = harness.state().app().opened().unwrap();
    let place = plain.iter().position(|row| *row == 6).unwrap() as u64;
    assert_eq!(
        (harness.state().selection(), opened.place()),
        (Some(Selection::Message(MessageId::new(6))), Some(place))
    );
    assert!(opened.tables[0].rows.sees(place));

    head(&harness, "Length, sorted ascending").click();
    until(&mut harness, "the other way", |it| it.query_by_label("Length, sorted descending").is_some());
    plain.sort_by_key(|row| std::cmp::Reverse(length(row)));
    assert_eq!(listed(&harness, Tab::Messages), plain);
    harness.get_by_label_contains("Connection 3, /stream").click();
    until(&mut harness, "those of one connection, sorted", |it| {
        let opened = it.state().app().opened().unwrap();
        let lists = &opened.lists;
        lists.only().is_some() && lists.complete() && lists.sorting.settled(Tab::Messages)
    });
    plain.retain(|row| snapshot.message(MessageId::new(*row)).unwrap().connection.number() == 3);
    assert_eq!(listed(&harness, Tab::Messages), plain);
    head(&harness, "Length, sorted descending").click();
    harness.run_steps(3);
    plain.sort_unstable();
    assert_eq!(listed(&harness, Tab::Messages), plain);
}

/// Every column that can be sorted by stands as a plain stable sort would have it, and each row is found in it again.
#[test]
fn every_column_sorts() {
    let mut harness = tour("sort-all");
    let snapshot = snapshot(&harness);
    for tab in Tab::ALL {
        harness.state_mut().run(Command::Show(tab));
        for head in columns::heads(tab).iter().filter(|head| head.sorts) {
            let column = columns::sortable(tab, head.name).unwrap();
            for descending in [false, true] {
                let by = By { column: head.name, descending };
                harness.state_mut().run(Command::SortBy(Some(by)));
                until(&mut harness, head.name, |it| {
                    it.state().app().opened().unwrap().lists.sorting.settled(tab)
                });
                let mut words = String::new();
                let mut value = |row: u32| {
                    let value = column.value(&snapshot, row, &mut words);
                    let number = if let Value::Number(number) = value { number } else { 0 };
                    (value == Value::None, number, words.clone())
                };
                let mut plain: Vec<_> = (0..tab.count(&snapshot)).map(|row| (value(row), row)).collect();
                plain.sort_by(|(one, _), (other, _)| {
                    let by = (one.1, &one.2).cmp(&(other.1, &other.2));
                    one.0.cmp(&other.0).then(if descending { by.reverse() } else { by })
                });
                let plain: Vec<u32> = plain.into_iter().map(|(_, row)| row).collect();
                assert_eq!(listed(&harness, tab), plain, "{tab:?} by {by:?}");
                let opened = harness.state().app().opened().unwrap();
                for (place, row) in plain.iter().enumerate() {
                    assert_eq!(opened.lists.place(tab, *row), Some(place as u64), "{tab:?} by {by:?}");
                }
            }
        }
    }
}

/// Marks, comments and time references are there again when the file is read again, and in the next run.
#[test]
fn notes_survive() {
    let mut harness = tour("notes");
    let (message, frame) = (Selection::Message(MessageId::new(4)), Selection::Frame(FrameId::new(8)));
    select(&mut harness, message);
    press(&mut harness, CTRL, Key::M);
    press(&mut harness, CTRL | Modifiers::ALT, Key::C);
    harness.get_by_label("Comment").type_text("Here it begins");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(says(&harness, "marked, comment: Here it begins, 5, "));
    select(&mut harness, frame);
    press(&mut harness, CTRL, Key::M);
    press(&mut harness, CTRL | Modifiers::SHIFT, Key::T);
    assert!(says(&harness, "marked, 9, REF, "));

    press(&mut harness, Modifiers::NONE, Key::F5);
    harness.run_steps(3);
    whole(&mut harness);
    let settings = harness.state().app().settings().clone();
    let mut harness = again(harness, &settings);
    whole(&mut harness);
    until(&mut harness, "the notes", |it| {
        let notes = &it.state().app().opened().unwrap().notes;
        notes.of(message).is_some() && notes.of(frame).is_some()
    });
    harness.run_steps(2);
    assert!(says(&harness, "marked, comment: Here it begins, 5, "));
    select(&mut harness, frame);
    assert!(says(&harness, "marked, 9, REF, "));
    let snapshot = snapshot(&harness);
    let time = |frame: u32| snapshot.frame(FrameId::new(frame)).unwrap().time;
    assert!(says(&harness, &format!("10, {}, ", words::seconds(time(9) - time(8)))));
    press(&mut harness, CTRL, Key::M);
    press(&mut harness, CTRL | Modifiers::SHIFT, Key::T);
    assert_eq!(harness.state().app().opened().unwrap().notes.of(frame), None);
}

/// The next mark is the next one in sight, and behind the last comes the first.
#[test]
fn marks_in_turn() {
    let mut harness = tour("marks");
    let message = |row: u32| Selection::Message(MessageId::new(row));
    press(&mut harness, CTRL | Modifiers::SHIFT, Key::M);
    assert!(says(&harness, "None of the messages shown is marked"));
    for row in [10, 3, 20] {
        select(&mut harness, message(row));
        press(&mut harness, CTRL, Key::M);
    }
    let mut seen = Vec::new();
    for _ in 0..4 {
        press(&mut harness, CTRL | Modifiers::SHIFT, Key::M);
        seen.extend(harness.state().selection());
    }
    press(&mut harness, CTRL | Modifiers::ALT, Key::M);
    seen.extend(harness.state().selection());
    assert_eq!(seen, [3, 10, 20, 3, 20].map(message));
}

/// The first rule that holds colors a row and is said with it; a rule with a mistake says where, and colors nothing.
#[test]
fn rows_have_colors() {
    let mut harness = tour("colors");
    harness.state_mut().run(Command::Show(Tab::Frames));
    harness.run_steps(3);
    let snapshot = snapshot(&harness);
    let frames = (0..snapshot.frame_count()).filter_map(|row| snapshot.frame(FrameId::new(row)));
    let ping = frames.into_iter().find(|frame| frame.header.opcode.0 == 9).unwrap().id;
    select(&mut harness, Selection::Frame(ping));
    until(&mut harness, "its color", |it| says(it, &format!("Pings and Pongs, {}, ", ping.number())));

    harness.state_mut().run(Command::Colors);
    harness.run_steps(3);
    harness.get_by_label("Add a rule").click();
    harness.run_steps(3);
    assert!(harness.get_by_label("Filter of Rule 7").is_focused());
    harness.get_by_label("Filter of Rule 7").type_text("websocket.opcode = ping");
    harness.run_steps(3);
    assert!(says(&harness, &session::filter::Filter::parse("websocket.opcode = ping").unwrap_err().says));
    harness.get_by_label("Remove Rule 7").click();
    harness.run_steps(3);
    harness.get_by_label("Add a rule").click();
    harness.run_steps(3);
    assert!(harness.get_by_label("Filter of Rule 7").is_focused());
    harness.get_by_label("Filter of Rule 7").type_text("websocket.opcode == ping");
    harness.run_steps(3);
    harness.get_by_label("Color of Rule 7: Teal").click();
    harness.run_steps(3);
    harness.get_by_label("Violet").click();
    harness.run_steps(3);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    until(&mut harness, "its other color", |it| says(it, &format!("Rule 7, {}, ", ping.number())));
    let colors = &harness.state().app().settings().colors;
    assert_eq!((colors.len(), colors[0].tint), (7, wscope::gui::theme::Tint::Violet));
}

/// The time since the other side's last word is that of the nearest earlier row of it, and is shown as such.
#[test]
fn times_since_the_request() {
    let mut harness = tour("times");
    let snapshot = snapshot(&harness);
    let message = |row: u32| snapshot.message(MessageId::new(row)).unwrap();
    let mut answered = 0;
    for row in 0..snapshot.message_count() {
        let it = message(row);
        let others =
            (0..row).map(message).filter(|other| other.connection == it.connection && other.side != it.side);
        let asked = others.rev().find(|other| other.time <= it.time);
        let since = asked.map(|asked| it.time - asked.time);
        assert_eq!(since_request(&snapshot, Subject::Message(it.id)), since, "message {}", it.id.number());
        answered += usize::from(since.is_some());
    }
    assert!(answered > 100);
    assert_eq!(since_request(&snapshot, Subject::Packet(PacketId::new(0))), None);
    while harness.state().app().preferences().table.times != Times::SinceRequest {
        press(&mut harness, CTRL, Key::T);
    }
    let second = since_request(&snapshot, Subject::Message(MessageId::new(1))).unwrap();
    until(&mut harness, "its time", |it| says(it, &format!("2, {}, from server", words::seconds(second))));
    press(&mut harness, CTRL, Key::T);
    assert_eq!(harness.state().app().preferences().table.times, Times::Clock);
}

/// Rows of a synthetic list.
struct Endless {
    rows: VirtualRows,
    count: u64,
    selected: Option<u64>,
    /// The first and the last row that was drawn, and the last one's lower edge over the list's.
    drawn: (u64, u64, f32),
}

fn endless(count: u64) -> Harness<'static, Endless> {
    let state = Endless { rows: VirtualRows::new(20.0), count, selected: Some(0), drawn: (0, 0, 0.0) };
    Harness::builder().with_size([300.0, 410.0]).build_ui_state(
        |ui, it: &mut Endless| {
            let whole = ui.ctx().content_rect();
            let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
            let mut drawn = (u64::MAX, 0, 0.0);
            let done = it.rows.show(&mut ui, "endless", it.count, it.selected, |row| {
                drawn = (drawn.0.min(row.index), row.index, row.rect.max.y - whole.max.y);
            });
            it.drawn = drawn;
            it.selected = done.chosen.or(it.selected);
        },
        state,
    )
}

fn wheel(harness: &mut Harness<'static, Endless>, delta: Vec2) {
    harness.hover_at(egui::pos2(100.0, 200.0));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    // The wheel is smoothed over some passes.
    harness.run_steps(60);
}

/// At a hundred million rows, and at as many as there are numbers, every way of moving lands exactly.
#[test]
fn rows_without_end() {
    for count in [100_000_000, u64::from(u32::MAX), 1 << 48] {
        let mut harness = endless(count);
        harness.run_steps(3);
        harness.get_by_role(Role::Table).focus();
        harness.run_steps(2);
        harness.key_press(Key::End);
        harness.run_steps(3);
        assert_eq!(harness.state().selected, Some(count - 1));
        assert_eq!(harness.state().drawn, (count - 21, count - 1, 0.0), "End");
        for step in 1..=5 {
            wheel(&mut harness, vec2(0.0, 20.0));
            let (first, last, over) = harness.state().drawn;
            assert_eq!((first, last), (count - 21 - step, count - 1 - step), "a row up, {step}");
            assert!(over.abs() < 0.1, "it stands still by {over}");
        }
        wheel(&mut harness, vec2(0.0, -1000.0));
        assert_eq!(harness.state().drawn, (count - 21, count - 1, 0.0), "down again");
        harness.key_press(Key::PageUp);
        harness.run_steps(3);
        assert_eq!(harness.state().selected, Some(count - 21));
        harness.key_press(Key::PageDown);
        harness.run_steps(3);
        assert_eq!(harness.state().selected, Some(count - 1));
        harness.key_press(Key::ArrowUp);
        harness.run_steps(3);
        assert_eq!((harness.state().selected, harness.state().drawn.1), (Some(count - 2), count - 1));

        let (top, bottom) = (egui::pos2(294.0, 10.0), egui::pos2(294.0, 405.0));
        harness.drag_at(bottom);
        harness.run_steps(2);
        harness.hover_at(top - vec2(0.0, 300.0));
        harness.run_steps(2);
        assert_eq!(harness.state().drawn.0, 0, "the bar at its top");
        harness.hover_at(egui::pos2(294.0, 205.0));
        harness.run_steps(2);
        let half = harness.state().drawn.0;
        assert!(half > count / 5 * 2 && half < count / 5 * 3, "the bar in the middle: {half} of {count}");
        harness.hover_at(bottom + vec2(0.0, 300.0));
        harness.run_steps(2);
        assert_eq!(harness.state().drawn, (count - 21, count - 1, 0.0), "the bar at its end");
        harness.drop_at(bottom);
        harness.run_steps(2);

        for row in [0, 16_777_217, count / 3, count - 30, count - 1] {
            harness.state_mut().rows.reveal(row);
            harness.run_steps(2);
            let (first, last, _) = harness.state().drawn;
            assert!((first..=last).contains(&row), "{row} is not among {first} to {last}");
            // One that is in sight already moves nothing.
            let stood = harness.state().drawn;
            harness.state_mut().rows.reveal((first + last) / 2);
            harness.run_steps(2);
            assert_eq!(harness.state().drawn, stood);
        }
    }
}

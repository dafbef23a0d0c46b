//! The statistics in the window: what the cards say, where they lead, and what they are written as.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use session::Content;
use session::dissector::ids::{ConnectionId, FrameId};
use session::statistics::{self, Figures};
use wscope::gui::command::Command;
use wscope::gui::settings::Appearance;
use wscope::gui::state::Selection;
use wscope::gui::statistics::export::{self, What};
use wscope::gui::theme::Theme;
use wscope_tests::place::Folder;

use crate::gui::{Driven, press, sample, says, until, window_with_keys};

/// A sample with its statistics in front.
fn open(name: &str, file: &str) -> Driven {
    let mut harness =
        window_with_keys(&format!("statistics-{name}"), Some(sample(file)), Vec::new(), Appearance::Dark);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    press(&mut harness, Modifiers::COMMAND, Key::Num7);
    gathered(&mut harness);
    harness
}

fn gathered(harness: &mut Driven) {
    until(harness, "all numbers", |it| {
        let opened = it.state().app().opened().unwrap();
        opened.statistics.complete(&opened.snapshot)
    });
}

fn figures(harness: &Driven, only: Option<ConnectionId>) -> Figures {
    let opened = harness.state().app().opened().unwrap();
    statistics::of(&opened.snapshot, &mut Content::default(), only)
}

/// Every card tells its number and its values to those who cannot see it.
#[test]
fn cards_say_their_numbers() {
    let harness = open("cards", "basic.pcap");
    for words in [
        "Over time: 12 frames in",
        "Message sizes: ",
        "median of 10 messages",
        "Message gaps: ",
        "Ping round trips: – median of 0 round trips",
        "No Ping was answered here",
        "Opcodes: 17 % of 12 frames are control frames",
        "Compression: None of the messages is compressed",
        "Overhead: ",
        "Without WebSocket: ",
        "reckoned, not measured",
        "Close: client 1 · ",
        "Message sizes: Greatest, server: ",
    ] {
        assert!(says(&harness, words), "{words}");
    }
}

/// Of a capture with more than WebSocket, what each transport cost is measured; of others there is no such card.
#[test]
fn transports_are_compared() {
    let harness = open("transports", "socketio-upgrade.pcap");
    for words in [
        "Transports: 86 % of what HTTP carried is headers, for 3 messages",
        "Measured, over the whole capture",
        "Transports: Headers each: 354 B",
        "Transports: At most: 5",
    ] {
        assert!(says(&harness, words), "{words}");
    }
    assert!(!says(&open("none", "basic.pcap"), "Transports"));
}

/// A Pong's time after its Ping is on its card, and a click leads to the slowest.
#[test]
fn ping_round_trips() {
    let mut harness = open("pings", "ping-pong.pcap");
    let figures = figures(&harness, None);
    let asked = figures.pings.by.iter().find(|asked| asked.trips.count() > 0).unwrap();
    let trips: u64 = figures.pings.by.iter().map(|asked| asked.trips.count()).sum();
    assert!(says(&harness, &format!("median of {trips} round trip")));
    let (_, (_, pong)) = asked.slowest.unwrap();
    let side = if asked == &figures.pings.by[0] { "client" } else { "server" };
    harness.get_by_label_contains(&format!("Ping round trips: Slowest, {side}: ")).click_accesskit();
    until(&mut harness, "the Pong", |it| it.state().selection() == Some(Selection::Frame(pong)));
    assert!(says(&harness, &format!("{}, ", pong.number())), "its row is in sight");
}

/// Of one connection only its own frames are counted; the longest idle time is a click from the frame after it.
#[test]
fn one_connection_and_its_longest_idle() {
    let mut harness = open("only", "tour.pcapng");
    let only = ConnectionId::new(2);
    harness.state_mut().run(Command::Only(Some(only)));
    harness.run_steps(2);
    gathered(&mut harness);
    let figures = figures(&harness, Some(only));
    let frames = figures.frames[0] + figures.frames[1];
    assert!(says(&harness, &format!("Over time: {frames} frames in")));
    let (_, (_, after)): (u64, (FrameId, FrameId)) = figures.idle.unwrap();
    harness.get_by_label_contains("Message gaps: Longest idle: ").click_accesskit();
    until(&mut harness, "the frame", |it| it.state().selection() == Some(Selection::Frame(after)));
}

/// The keyboard looks closer at a stretch of time, which then has a filter, and at all of it again.
#[test]
fn a_stretch_of_time() {
    let mut harness = open("stretch", "tour.pcapng");
    let whole = harness.state().app().opened().unwrap().statistics.shown().unwrap();
    harness.get_by_label_contains("Over time plot").click();
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Plus);
    gathered(&mut harness);
    let opened = harness.state().app().opened().unwrap();
    let (from, to) = opened.statistics.range.unwrap();
    assert!(from > whole.0 && to < whole.1 && ((to - from) * 2 - (whole.1 - whole.0)).abs() < 8);
    let snapshot = &opened.snapshot;
    let inside = (0..snapshot.frame_count()).filter_map(|row| snapshot.frame(FrameId::new(row)));
    let inside = inside.filter(|frame| (from..to).contains(&frame.time)).count();
    assert!(says(&harness, &format!("Over time: {inside} frames in")));
    let second = 1_000_000_000;
    let filter = format!(
        "frame.time_epoch >= {}.{:09} && frame.time_epoch <= {}.{:09}",
        from / second,
        from % second,
        (to - 1) / second,
        (to - 1) % second
    );
    assert!(session::filter::Filter::parse(&filter).is_ok(), "{filter}");
    harness.get_by_label("Filter to this range").click();
    until(&mut harness, "the filter", |it| {
        it.state().app().opened().unwrap().filtering.applied().text() == filter
    });
    harness.get_by_label("Zoom out").click();
    harness.run_steps(3);
    assert_eq!(harness.state().app().opened().unwrap().statistics.range, None);
}

/// Tables and plots are written as they are shown, and what is there already is not replaced without a question.
#[test]
fn what_is_written() {
    let mut harness = open("export", "lengths.pcap");
    let folder = Folder::new("statistics");
    harness.state_mut().run(Command::WriteStatistics(What::All, folder.to_path_buf()));
    until(&mut harness, "what was written", |it| says(it, "24 files were written to"));
    let figures = figures(&harness, None);
    let table = std::fs::read_to_string(folder.join("opcodes.csv")).unwrap();
    assert_eq!(table.lines().next(), Some("opcode,name,side,frames,payload_bytes"));
    let frames: u64 =
        table.lines().skip(1).map(|line| line.split(',').nth(3).unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(frames, figures.frames[0] + figures.frames[1]);
    let sizes = std::fs::read_to_string(folder.join("message-sizes.csv")).unwrap();
    assert!(sizes.lines().any(|line| line.starts_with("65536,131071,bytes,")), "{sizes}");

    let opened = harness.state().app().opened().unwrap();
    let cards = opened.statistics.cards().clone();
    for card in cards.iter() {
        let file = folder.join(What::Svg(card.title).name());
        let svg = std::fs::read_to_string(file).unwrap();
        assert_eq!(svg, export::svg(card, Theme::when(true)));
        assert!(svg.contains(&format!("<title>{}: ", card.title)) && svg.ends_with("</svg>\n"));
        let png = std::fs::read(folder.join(What::Png(card.title).name())).unwrap();
        assert!(png.starts_with(b"\x89PNG") && image::load_from_memory(&png).unwrap().width() == 1504);
    }

    let before = "somebody's own";
    let file = folder.join("opcodes.csv");
    std::fs::write(&file, before).unwrap();
    harness.state_mut().run(Command::SaveStatistics(What::Table("Opcodes")));
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::A);
    harness.get_by_label("Save statistics").type_text(&file.display().to_string());
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(says(&harness, "There is such a file already"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    until(&mut harness, "the table", |it| says(it, "opcodes.csv was written to"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), table);
}

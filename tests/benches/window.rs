//! What the window costs with ten million frames: `cargo bench -p wscope-tests --bench window`.
//!
//! The application is driven without a screen: each frame is laid out and tessellated as it would be for one, and nothing
//! is painted. Prints a table of what was promised and what was measured. It writes a capture of about 1.4 GB into the
//! temporary folder and removes it; one that `WSCOPE_BENCH_CAPTURE` names is kept, and read where it is there already.
//! `WSCOPE_BENCH_FRAMES` says how many frames there are to be.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{
    Context, Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2,
    vec2,
};
use session::capture::{self, Source};
use session::find::{self, Kind, Outcome, Pattern, Rows, Search, Within};
use session::{Content, Snapshot};
use wscope::gui::App;
use wscope::gui::command::Command;
use wscope::gui::opened::Opened;
use wscope::gui::state::Tab;
use wscope::gui::table::By;
use wscope_tests::traffic::{Payload, Profile, Random, Talk, Wire, generate};

/// Frames of the capture.
const FRAMES: u64 = 10_000_000;
/// Connections that speak at the same time, and frames of each.
const TALKS: u32 = 32;
const FRAMES_OF_TALK: u64 = 5000;
/// Time between two frames of a screen.
const SCREEN: Duration = Duration::from_millis(16);

fn main() {
    let frames = std::env::var("WSCOPE_BENCH_FRAMES").ok().and_then(|it| it.parse().ok()).unwrap_or(FRAMES);
    let kept = std::env::var_os("WSCOPE_BENCH_CAPTURE").map(PathBuf::from);
    let temporary = std::env::temp_dir().join(format!("wscope-window-{}.pcap", std::process::id()));
    let path = kept.clone().unwrap_or(temporary);
    if !path.is_file() {
        write(&path, frames);
    }
    println!("{:<62} {:>12} {:>12}", "", "measured", "promised");
    memory(&path);
    loading(&path);
    stopping(&path);
    let mut window = Window::new(&path);
    window.until(|opened| !opened.reading() && opened.lists.ready(&opened.snapshot));
    drawing(&mut window);
    sifting(&mut window);
    sorting(&mut window);
    finding(&window.opened().snapshot);
    closing(&mut window);
    bulk();
    if kept.is_none() {
        // A file that is left behind in a temporary folder harms nobody.
        let _ = std::fs::remove_file(&path);
    }
}

/// Request and answer, in small frames over many connections, one packet each.
fn write(path: &Path, frames: u64) {
    let file = File::create(path).expect("the temporary folder can be written to");
    let mut wire = Wire::new(BufWriter::new(file)).expect("the temporary folder has room");
    let mut random = Random::new(1);
    let mut number = 0..;
    let mut fresh = |wire: &mut Wire<BufWriter<File>>| {
        let mut talk = Talk::new(number.next().unwrap_or_default());
        talk.open(wire, false).expect("the temporary folder has room");
        (talk, 0)
    };
    let mut talks: Vec<(Talk, u64)> = (0..TALKS).map(|_| fresh(&mut wire)).collect();
    let mut text = String::new();
    for _ in 0..frames {
        let place = random.below(u64::from(TALKS)) as usize;
        let (talk, said) = &mut talks[place];
        random.json(20, 140, &mut text);
        let client = said.is_multiple_of(2);
        talk.send(&mut wire, client, Payload::Text(&text), &mut random).expect("the folder has room");
        *said += 1;
        if *said == FRAMES_OF_TALK {
            talk.close(&mut wire, &mut random).expect("the folder has room");
            talks[place] = fresh(&mut wire);
        }
    }
    wire.finish().expect("the temporary folder has room");
}

/// A line of the table.
fn line(what: &str, measured: impl Into<String>, promised: &str) {
    println!("{what:<62} {:>12} {promised:>12}", measured.into());
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Bytes of this process that lie in memory; nothing where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// What indexing costs without a window: time, and memory for each frame with its packet.
fn memory(path: &Path) {
    let before = resident();
    let begun = Instant::now();
    let mut capture =
        capture::open(Source::File { path: path.to_owned(), follow: false }).expect("a capture");
    let snapshot = session::read(capture.as_mut(), &session::Options::default(), &mut |_| {});
    let took = begun.elapsed();
    drop(capture);
    let grown = resident().saturating_sub(before) as f64;
    let frames = f64::from(snapshot.frame_count());
    let counts = [snapshot.packet_count(), snapshot.frame_count(), snapshot.connections().len()];
    line("packets, frames, connections", format!("{counts:?}"), "");
    let size = std::fs::metadata(path).map_or(0, |about| about.len());
    line("  file", format!("{} MB", size / 1_000_000), "");
    line("indexed in", format!("{:.2} s", took.as_secs_f64()), "");
    line("memory of packet, extent, frame and message", format!("{:.1} B", grown / frames), "84 B");
}

/// The application and what it is drawn with.
struct Window {
    ctx: Context,
    app: App,
    begun: Instant,
    events: Vec<Event>,
}

impl Window {
    fn new(path: &Path) -> Self {
        let ctx = Context::default();
        let options = session::Options { again: true, ..session::Options::default() };
        let mut app = App::new(&ctx, options, None);
        app.open(path);
        Self { ctx, app, begun: Instant::now(), events: Vec::new() }
    }

    fn opened(&self) -> &Opened {
        self.app.opened().expect("a capture is open")
    }

    fn press(&mut self, key: Key) {
        for pressed in [true, false] {
            let modifiers = Modifiers::NONE;
            self.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
    }

    fn wheel(&mut self, points: f32) {
        self.events.push(Event::PointerMoved(Pos2::new(640.0, 250.0)));
        self.events.push(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
    }

    /// Draws one frame, and says how long that took.
    fn frame(&mut self) -> Duration {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
            time: Some(self.begun.elapsed().as_secs_f64()),
            events: std::mem::take(&mut self.events),
            ..RawInput::default()
        };
        let app = &mut self.app;
        let begun = Instant::now();
        let output = self.ctx.run_ui(input, |ui| app.show(ui));
        divan::black_box(self.ctx.tessellate(output.shapes, output.pixels_per_point));
        begun.elapsed()
    }

    fn until(&mut self, holds: impl Fn(&Opened) -> bool) {
        while !self.app.opened().is_some_and(&holds) {
            self.frame();
            std::thread::sleep(SCREEN);
        }
    }

    /// Draws `count` frames as a screen would, each after `before`, and gives their times, the shortest first.
    fn frames(&mut self, count: usize, mut before: impl FnMut(&mut Self, usize)) -> Vec<Duration> {
        let mut times = Vec::with_capacity(count);
        for place in 0..count {
            before(self, place);
            times.push(self.frame());
            // What threads were asked for is there in the next frame, as it would be on a screen.
            std::thread::sleep(SCREEN);
        }
        times.sort_unstable();
        times
    }
}

/// A frame of each table, while nothing changes and while pages go by.
fn drawing(window: &mut Window) {
    for tab in [Tab::Messages, Tab::Frames, Tab::Packets] {
        window.app.run(Command::Show(tab));
        window.frames(10, |_, _| {});
        let name = tab.name();
        let say = |what: &str, times: &[Duration]| {
            line(&format!("frame of {name}, {what}"), ms(times[times.len() / 2]), "4 ms");
            line("  nine of ten", ms(times[times.len() * 9 / 10]), "");
        };
        say("nothing changes", &window.frames(200, |_, _| {}));
        // Down into what nobody has seen, and up through what is known by then.
        let page = |it: &mut Window, place: usize| {
            it.press(if place % 120 < 60 { Key::PageDown } else { Key::PageUp });
        };
        say("a page a frame, by key", &window.frames(240, page));
        let wheel = |it: &mut Window, place: usize| it.wheel(if place % 120 < 60 { -600.0 } else { 600.0 });
        say("a page a frame, by wheel", &window.frames(240, wheel));
    }
}

/// Filters, as the window sees them: from the command to the frame that shows what came of it.
fn sifting(window: &mut Window) {
    const FILTERS: [&str; 6] = [
        "websocket.opcode == 8",
        "ws.direction == client && ws.payload_length > 100",
        "frame.cap_len > 200",
        "ws.length > 100",
        "websocket",
        "ws.connection == 7",
    ];
    for tab in [Tab::Messages, Tab::Frames, Tab::Packets] {
        window.app.run(Command::Show(tab));
        for filter in FILTERS {
            window.frames(3, |_, _| {});
            let begun = Instant::now();
            window.app.run(Command::Filter(filter.to_owned()));
            let mut first = None;
            let (all, rows) = loop {
                window.frame();
                let opened = window.opened();
                let rows = opened.lists.len(tab, &opened.snapshot);
                let whole = opened.lists.progress(tab, &opened.snapshot).is_none();
                if whole || rows > 0 {
                    first.get_or_insert(begun.elapsed());
                }
                if whole {
                    break (begun.elapsed(), rows);
                }
                std::thread::sleep(Duration::from_millis(2));
            };
            line(&format!("{} with {filter}", tab.name()), ms(all), "300 ms");
            line(&format!("  first of {rows} rows"), ms(first.unwrap_or(all)), "50 ms");
        }
        window.app.run(Command::Filter(String::new()));
    }
}

/// All messages by length.
fn sorting(window: &mut Window) {
    window.app.run(Command::Show(Tab::Messages));
    window.frames(3, |_, _| {});
    let (before, begun) = (resident(), Instant::now());
    window.app.run(Command::SortBy(Some(By { column: "length", descending: true })));
    let mut most = before;
    window.frame();
    while !window.opened().lists.sorting.settled(Tab::Messages) {
        std::thread::sleep(SCREEN);
        window.frame();
        most = most.max(resident());
    }
    let rows = window.opened().snapshot.message_count();
    line(&format!("{rows} messages sorted by length"), format!("{:.2} s", begun.elapsed().as_secs_f64()), "");
    line("  memory while it is done", format!("{} MB", most.saturating_sub(before) / 1_000_000), "");
    let times = window.frames(100, |_, _| {});
    line("  a frame of what was sorted", ms(times[50]), "4 ms");
    window.app.run(Command::SortBy(None));
    window.frame();
}

/// Text that is nowhere, in 100 MB of small messages.
fn finding(snapshot: &Arc<Snapshot>) {
    let mean = snapshot.totals.payload / u64::from(snapshot.message_count().max(1));
    let count = (100_000_000 / mean.max(1)).min(u64::from(snapshot.message_count()));
    find_nothing(snapshot, count as u32, "small messages");
}

/// The same in large messages.
fn bulk() {
    let path = std::env::temp_dir().join(format!("wscope-window-bulk-{}.pcap", std::process::id()));
    let file = File::create(&path).expect("the temporary folder can be written to");
    generate(Profile::Bulk, 107_000_000, 1, BufWriter::new(file)).expect("the temporary folder has room");
    let mut capture = capture::open(Source::File { path: path.clone(), follow: false }).expect("a capture");
    let snapshot = session::read(capture.as_mut(), &session::Options::default(), &mut |_| {});
    find_nothing(&snapshot, snapshot.message_count(), "large messages");
    let _ = std::fs::remove_file(&path);
}

fn find_nothing(snapshot: &Arc<Snapshot>, count: u32, what: &str) {
    for (case, how) in [(true, "as it stands"), (false, "whatever the case")] {
        let search = Search {
            pattern: Pattern::read("nowhere to be found", Kind::Text, case).expect("text is a pattern"),
            of: find::Of::Messages,
            within: Within::Content,
            rows: Rows::All(count),
            from: 0,
            after: None,
            up: false,
        };
        let begun = Instant::now();
        let outcome = find::search(snapshot, &mut Content::default(), &search, &mut |_| true);
        assert_eq!(outcome, Outcome::Nothing(0));
        let what = format!("100 MB in {count} {what} searched, {how}");
        line(&what, format!("{:.2} s", begun.elapsed().as_secs_f64()), "");
    }
}

/// A key is pressed in each frame while the capture loads: how long a frame holds it up, and whether it did something.
fn loading(path: &Path) {
    let mut window = Window::new(path);
    window.until(|opened| opened.selection.is_some());
    let (mut times, mut answered, mut gap) = (Vec::new(), 0, Duration::ZERO);
    let mut last = Instant::now();
    while window.opened().reading() {
        let before = window.opened().selection;
        window.press(if times.len() % 200 < 100 { Key::ArrowDown } else { Key::ArrowUp });
        times.push(window.frame());
        answered += usize::from(window.opened().selection != before);
        gap = gap.max(last.elapsed());
        last = Instant::now();
        std::thread::sleep(SCREEN.saturating_sub(times.last().copied().unwrap_or_default()));
    }
    times.sort_unstable();
    let count = times.len();
    line(&format!("while it loads: {count} frames, half of them within"), ms(times[count / 2]), "");
    line("  the longest frame", ms(times[count - 1]), "50 ms");
    line("  the longest time from one frame to the next", ms(gap), "");
    line("  keys answered in the frame after them", format!("{answered} of {count}"), "all");
}

/// From the command to the frame that shows that reading has ended.
fn stopping(path: &Path) {
    let mut window = Window::new(path);
    window.until(|opened| opened.snapshot.frame_count() > 1_000_000 || !opened.reading());
    let begun = Instant::now();
    window.app.run(Command::Stop);
    while window.opened().reading() {
        window.frame();
        std::thread::sleep(Duration::from_millis(1));
    }
    line("loading stopped in", ms(begun.elapsed()), "100 ms");
}

/// The frame in which everything goes.
fn closing(window: &mut Window) {
    let begun = Instant::now();
    window.app.run(Command::Close);
    window.frame();
    line("closed in", ms(begun.elapsed()), "50 ms");
}

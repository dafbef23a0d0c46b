//! The application: what is open, what is remembered, and every command done in one place.

mod capturing;
mod telling;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::{CentralPanel, Context, Frame, Panel, Ui, ViewportCommand};
use session::Session;
use session::capture::Source;

use self::capturing::Began;
use super::command::{self, Command, When};
use super::dialog::{self, Dialog};
use super::inspector::Wish;
use super::layout::{self, Layout};
use super::live::Live;
use super::live::capture::{Capture, Failure};
use super::live::spool::Leftover;
use super::opened::{Opened, STDIN, name_of};
use super::panel::errors::Said;
use super::panel::panes::Panes;
use super::panel::toolbar::Toolbar;
use super::panel::{errors, start, status_bar, toolbar};
use super::samples::{self, Sample};
use super::settings::Settings;
use super::style;
use super::theme::{Level, STATUS, TOOLBAR, Theme};

/// The window's content; a test drives it without a window.
pub struct App {
    ctx: Context,
    options: session::Options,
    folder: Option<PathBuf>,
    settings: Settings,
    layout: Layout,
    opened: Option<Opened>,
    opening: Option<PathBuf>,
    live: Live,
    /// Where the capture is to be saved once it has ended, and what is done then.
    saving: Option<(PathBuf, Option<Box<Command>>)>,
    samples: Vec<Sample>,
    dialog: Option<Dialog>,
    errors: Vec<Said>,
    /// Whether the way reading ended was said.
    told: bool,
    tell: Sender<News>,
    news: Receiver<News>,
    title: String,
}

/// Endings of captures.
const CAPTURES: &[&str] = &["pcap", "pcapng", "cap", "gz", "zst", "lz4"];
/// Endings that key logs often have.
const KEY_LOGS: &[&str] = &["keys", "log", "keylog", "txt"];

/// What other threads say.
enum News {
    Opened(PathBuf, Result<Session, String>),
    Picked(Command),
    /// Files that were dropped, with whether each is a key log.
    Dropped(Vec<(PathBuf, bool)>),
    /// A key log was looked at: a sentence says why it is none.
    Keys(PathBuf, Result<(), String>),
    NoDialog,
    Samples(Vec<Sample>),
    Began(Result<Box<Began>, Failure>),
    Saved(PathBuf, Result<PathBuf, String>, Option<Box<Command>>),
    Left(Vec<Leftover>),
    Granted(Result<(), String>),
}

impl App {
    /// An application that remembers in `folder`, or nowhere.
    pub fn new(ctx: &Context, options: session::Options, folder: Option<PathBuf>) -> Self {
        style::apply(ctx);
        let mut settings = folder.as_deref().map(Settings::load).unwrap_or_default();
        ctx.set_theme(settings.appearance.preference());
        ctx.set_zoom_factor(settings.scale);
        let layout = layout::sound(settings.layout.take());
        let (tell, news) = channel();
        let app = Self {
            ctx: ctx.clone(),
            options,
            folder,
            settings,
            layout,
            opened: None,
            opening: None,
            live: Live::default(),
            saving: None,
            samples: Vec::new(),
            dialog: None,
            errors: Vec::new(),
            told: false,
            tell,
            news,
            title: String::new(),
        };
        app.on_thread(|| Some(News::Samples(samples::find())));
        app
    }

    /// What is open.
    pub fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }

    /// What is remembered.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn on_thread(&self, work: impl FnOnce() -> Option<News> + Send + 'static) {
        let (tell, ctx) = (self.tell.clone(), self.ctx.clone());
        std::thread::spawn(move || {
            if let Some(news) = work()
                && tell.send(news).is_ok()
            {
                ctx.request_repaint();
            }
        });
    }

    /// Opens a file on a thread of its own: unpacking and slow disks do not hold the window.
    pub fn open(&mut self, path: &Path) {
        let piped = path == Path::new(STDIN);
        let path = if piped { path.to_owned() } else { std::path::absolute(path).unwrap_or(path.to_owned()) };
        self.opening = Some(path.clone());
        let (options, ctx) = (self.options.clone(), self.ctx.clone());
        self.on_thread(move || {
            let source =
                if piped { Source::Stdin } else { Source::File { path: path.clone(), follow: false } };
            let session = Session::open(source, options, move || ctx.request_repaint());
            Some(News::Opened(path, session.map_err(|error| error.to_string())))
        });
    }

    /// Whether a command of this kind can be done now.
    pub fn can(&self, when: When) -> bool {
        match when {
            When::Always => true,
            When::Opened => self.opened.is_some(),
            When::Reading => {
                self.opened.as_ref().is_some_and(|opened| opened.reading() && !opened.capturing())
            }
            // What came through a pipe cannot be asked for again.
            When::Still => self
                .opened
                .as_ref()
                .is_some_and(|opened| !opened.capturing() && opened.path != Path::new(STDIN)),
            When::Live => self.live.means.is_some() && !self.live.starting,
            When::Captured => self.capture().is_some_and(|capture| capture.wanted.is_some()),
            When::Capturing => self.capturing(),
            When::Unsaved => {
                self.capture().is_some_and(|capture| !capture.running() && capture.unsaved().is_some())
            }
            When::Errors => !self.errors.is_empty(),
        }
    }

    fn capture(&self) -> Option<&Capture> {
        self.opened.as_ref()?.capture.as_ref()
    }

    /// Does a command.
    pub fn run(&mut self, command: Command) {
        if command.entry().is_some_and(|entry| !self.can(entry.when)) {
            return;
        }
        if self.asks_first(&command) {
            return;
        }
        match command {
            Command::Open => self.dialog = Some(Dialog::Open(dialog::open::Open::new(&self.settings.recent))),
            Command::Browse => self.browse("Captures", CAPTURES, Command::OpenPath),
            Command::OpenPath(path) => self.open(&path),
            Command::AddKeyLog(path) => self.look_at_keys(path),
            Command::Palette => self.dialog = Some(Dialog::Palette(dialog::palette::Palette::default())),
            Command::GoTo => self.dialog = Some(Dialog::GoTo(dialog::go_to::GoTo::default())),
            Command::Keys => self.dialog = Some(Dialog::Keys),
            Command::Close => drop(self.close()),
            Command::NextTime => self.settings.times = self.settings.times.next(),
            Command::NextTheme => {
                self.settings.appearance = self.settings.appearance.next();
                self.ctx.set_theme(self.settings.appearance.preference());
            }
            Command::ZoomIn => self.zoom(1.1),
            Command::ZoomOut => self.zoom(1.0 / 1.1),
            Command::ZoomReset => self.zoom(1.0 / self.settings.scale),
            Command::ResetLayout => self.layout = layout::fresh(),
            Command::DismissErrors => self.errors.clear(),
            Command::Quit => self.ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::Capture
            | Command::Restart
            | Command::CaptureOptions
            | Command::CaptureWith(_)
            | Command::Tail
            | Command::Save
            | Command::SaveAnd(_)
            | Command::SaveTo(..)
            | Command::DiscardAnd(_)
            | Command::OpenLeft(_)
            | Command::DiscardLeft(_)
            | Command::Grant => self.run_live(command),
            command => self.run_on_opened(command),
        }
    }

    fn run_on_opened(&mut self, command: Command) {
        let Some(opened) = &mut self.opened else { return };
        match command {
            Command::Reload => {
                let path = opened.path.clone();
                self.open(&path);
            }
            Command::Stop => opened.stop(),
            Command::AddKeys => {
                let open = dialog::open::Open::of_keys(&self.ctx, &opened.path);
                self.dialog = Some(Dialog::Open(open));
            }
            Command::BrowseKeys => self.browse("Key logs", KEY_LOGS, Command::AddKeyLog),
            Command::Show(tab) => opened.show(tab),
            Command::Only(connection) => opened.only(connection),
            Command::Select(selection) => opened.select(selection),
            Command::Follow(selection) => opened.follow(selection),
            Command::Finding(row) => opened.select_finding(row),
            Command::Narrow(narrow) => opened.lists.narrow(narrow, &opened.snapshot),
            Command::GoToNumber(number) => drop(opened.go_to(number)),
            _ => {}
        }
    }

    fn zoom(&mut self, factor: f32) {
        // In steps of a tenth, so that a way there and back ends where it began.
        let scale = (self.settings.scale * factor * 10.0).round() / 10.0;
        self.settings.scale = scale.clamp(0.5, 3.0);
        self.ctx.set_zoom_factor(self.settings.scale);
    }

    fn browse(&self, name: &'static str, endings: &'static [&'static str], take: fn(PathBuf) -> Command) {
        self.on_thread(move || {
            let dialog = rfd::FileDialog::new().add_filter(name, endings).add_filter("All files", &["*"]);
            let portal = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
            match dialog.pick_file() {
                Some(path) => Some(News::Picked(take(path))),
                None => (!portal).then_some(News::NoDialog),
            }
        });
    }

    /// Looks at a key log on a thread of its own before it is used.
    fn look_at_keys(&self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.on_thread(move || {
            let readable = session::keys::readable(&path);
            Some(News::Keys(path, readable))
        });
    }

    /// Reads a key log, for what is open and for what will be: a file that is read again needs its keys again.
    fn add_keys(&mut self, path: PathBuf) {
        if !self.options.keys.contains(&path) {
            self.options.keys.push(path.clone());
        }
        match &mut self.opened {
            Some(opened) => opened.add_keys(path),
            None => {
                let name = name_of(&path);
                self.say(
                    Level::Note,
                    format!("{name} is a key log: it is used for what is opened from now on"),
                );
            }
        }
    }

    fn hear(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Samples(samples) => self.samples = samples,
                News::Began(began) => self.began(began),
                News::Saved(from, saved, then) => self.saved(&from, saved, then),
                News::Left(left) => self.live.left = left,
                News::Granted(granted) => self.granted(granted),
                News::Picked(command) => self.run(command),
                News::Keys(path, Ok(())) => self.add_keys(path),
                News::Keys(_, Err(words)) => self.say(Level::Error, words),
                News::Dropped(files) => {
                    // Keys first: a capture that is dropped with them is opened with them.
                    let (keys, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, keys)| *keys);
                    let opens = !others.is_empty();
                    for (path, _) in keys {
                        if opens && !self.options.keys.contains(&path) {
                            self.options.keys.push(path);
                        } else {
                            self.add_keys(path);
                        }
                    }
                    if let Some((path, _)) = others.into_iter().next() {
                        self.run(Command::OpenPath(path));
                    }
                }
                News::NoDialog => {
                    self.say(
                        Level::Note,
                        "This desktop has no file dialog: type a path with Ctrl+O or Ctrl+K, or drop a file",
                    );
                }
                // A file that was asked for before another one is not shown any more.
                News::Opened(path, _) if self.opening.as_ref() != Some(&path) => {}
                News::Opened(path, Ok(session)) => self.show_session(path, session, None),
                News::Opened(_, Err(words)) => {
                    self.opening = None;
                    self.say(Level::Error, words);
                }
            }
        }
    }

    fn show_session(&mut self, path: PathBuf, session: Session, capture: Option<Capture>) {
        self.opening = None;
        self.told = false;
        let same = self.opened.as_ref().is_some_and(|before| before.path == path);
        let mut before = if same { self.opened.take() } else { self.close().and(None) };
        let capture = capture.or_else(|| before.as_mut()?.capture.take());
        let piped = path == Path::new(STDIN);
        if !piped && capture.as_ref().is_none_or(|capture| capture.unsaved().is_none()) {
            self.settings.opened(&path);
        }
        let ctx = self.ctx.clone();
        let mut opened = Opened::new(path, session, move || ctx.request_repaint());
        if let Some(before) = before {
            opened.come_back(&before);
        }
        if let Some(capture) = capture {
            opened.captured(capture);
        }
        self.opened = Some(opened);
        self.remember();
    }

    /// Writes down what is to be remembered, beside the drawing.
    fn remember(&self) -> Option<std::thread::JoinHandle<()>> {
        let settings = Settings { layout: Some(self.layout.clone()), ..self.settings.clone() };
        self.folder.as_deref().map(|folder| settings.save(folder))
    }

    /// What the panes of the inspector ask of the window.
    fn wishes(&mut self, out: &mut Vec<Command>) {
        let wishes = self.opened.as_mut().map(|opened| opened.inspector.wishes()).unwrap_or_default();
        for wish in wishes {
            match wish {
                Wish::Go(selection) => out.push(Command::Follow(selection)),
                Wish::AddKeys => out.push(Command::AddKeys),
                Wish::Filter(filter) => {
                    self.say(Level::Note, format!("Copied as a filter: {filter}"));
                    self.ctx.copy_text(filter);
                }
            }
        }
    }

    fn dropped(&mut self, ui: &Ui) {
        let paths = ui.input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect::<Vec<_>>()
        });
        if !paths.is_empty() {
            self.on_thread(|| {
                let told = paths.into_iter().map(|path| (session::keys::is_key_log(&path), path));
                Some(News::Dropped(told.map(|(keys, path)| (path, keys)).collect()))
            });
        }
        if ui.input(|input| !input.raw.hovered_files.is_empty()) {
            let words = if self.opened.is_some() { "Drop a capture, or a key log" } else { "Drop to open" };
            dialog::quick::veil(ui.ctx(), Theme::of(ui), words);
        }
    }

    /// Draws one frame and does what the user asks for.
    pub fn show(&mut self, ui: &mut Ui) {
        self.hear();
        if let Some(opened) = &mut self.opened {
            opened.refresh();
        }
        self.tell_end();
        self.tell_capture_end();
        self.watch_devices();
        self.hold_window();
        let mut out = Vec::new();
        if self.dialog.is_none() {
            out.extend(ui.input_mut(|input| command::pressed(input, &|when| self.can(when))));
        }
        self.bars(ui, &mut out);
        let ground = Frame::new().fill(Theme::of(ui).base);
        CentralPanel::no_frame().frame(ground).show(ui, |ui| match &mut self.opened {
            Some(opened) => {
                let mut panes = Panes { opened, times: self.settings.times, out: &mut out, tabs: 0 };
                self.layout.ui(&mut panes, ui);
            }
            None => start::show(ui, &self.settings.recent, &self.samples, &mut self.live, &mut out),
        });
        self.wishes(&mut out);
        self.dialogs(&mut out);
        self.dropped(ui);
        for command in out {
            self.run(command);
        }
        self.retitle();
    }

    fn bars(&mut self, ui: &mut Ui, out: &mut Vec<Command>) {
        let name = self.opened.as_ref().map(Opened::name);
        let can = |when| self.can(when);
        let bar = Toolbar {
            file: name.as_deref(),
            captures: self.live.means.is_some(),
            capturing: self.capturing(),
            can: &can,
            scale: self.settings.scale,
            appearance: self.settings.appearance.name(),
        };
        let strip = |panel: Panel, size| {
            panel.exact_size(size).resizable(false).show_separator_line(false).frame(Frame::new())
        };
        strip(Panel::top("toolbar"), TOOLBAR).show(ui, |ui| toolbar::show(ui, &bar, out));
        let opening = self.opening.as_deref().map(name_of);
        strip(Panel::bottom("status"), STATUS)
            .show(ui, |ui| status_bar::show(ui, self.opened.as_ref(), opening.as_deref(), out));
        if !self.errors.is_empty() {
            let panel = Panel::top("errors").resizable(false).show_separator_line(false).frame(Frame::new());
            panel.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                errors::show(ui, &mut self.errors);
            });
        }
    }

    fn dialogs(&mut self, out: &mut Vec<Command>) {
        let Some(mut dialog) = self.dialog.take() else { return };
        let stays = match &mut dialog {
            Dialog::Open(open) => open.show(&self.ctx, out),
            Dialog::Palette(palette) => palette.show(&self.ctx, &|when| self.can(when), out),
            Dialog::GoTo(go_to) => self.opened.as_ref().is_some_and(|opened| {
                go_to.show(&self.ctx, opened.tab, u64::from(opened.tab.count(&opened.snapshot)), out)
            }),
            Dialog::Options(options) => {
                options.show(&self.ctx, self.live.devices.as_ref(), self.live.starting, out)
            }
            Dialog::Save(save) => save.show(&self.ctx, out),
            Dialog::Ask(ask) => ask.show(&self.ctx, self.capturing(), out),
            Dialog::Keys => dialog::keys::show(&self.ctx),
        };
        if stays {
            self.dialog = Some(dialog);
        } else if let Some(opened) = &mut self.opened {
            opened.take_focus = true;
        }
    }

    fn retitle(&mut self) {
        let title = self
            .opened
            .as_ref()
            .map_or_else(|| "wscope".to_owned(), |opened| format!("{} – wscope", opened.name()));
        if title != self.title {
            self.ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        drop(self.close());
        if let Some(writing) = self.remember() {
            // Not written is not remembered; there is nobody left to tell.
            let _ = writing.join();
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Theme::when(visuals.dark_mode).base.to_normalized_gamma_f32()
    }
}

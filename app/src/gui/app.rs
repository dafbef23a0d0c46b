//! The application: what is open, what is remembered, and every command done in one place.

mod arranging;
mod capturing;
mod decoding;
mod doing;
mod news;
mod noting;
mod passing;
mod sifting;
mod statistics;
mod telling;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::{CentralPanel, Context, Frame, Panel, Ui, ViewportCommand};
use session::Session;
use session::capture::Source;
use session::decoding::Pin;

use self::news::News;
use super::command::{self, Command};
use super::dialog::{self, Dialog};
use super::layout::{self, Layout};
use super::live::Live;
use super::live::capture::Capture;
use super::notes::store::Store;
use super::opened::{Opened, STDIN, name_of};
use super::panel::errors::Said;
use super::panel::panes::Panes;
use super::panel::toolbar::Toolbar;
use super::panel::{errors, filter_bar, start, status_bar, toolbar};
use super::preferences::{Preferences, profiles};
use super::ring::{self, Ring};
use super::samples::{self, Sample};
use super::settings::Settings;
use super::style;
use super::theme::{STATUS, TOOLBAR, Theme};
use super::wireshark::Wireshark;

/// The window's content; a test drives it without a window.
pub struct App {
    ctx: Context,
    options: session::Options,
    folder: Option<PathBuf>,
    preferences: Preferences,
    /// The preferences as they stand in their file, if there is one.
    saved: Option<Preferences>,
    settings: Settings,
    /// The profiles that are there beside the default one.
    profiles: Vec<String>,
    layout: Layout,
    /// The default profile's layout while another one is in use.
    default_layout: Option<Layout>,
    /// Where the panes were drawn last.
    places: Vec<egui::Rect>,
    ring: Ring,
    /// What is being written down.
    writing: Option<std::thread::JoinHandle<()>>,
    opened: Option<Opened>,
    opening: Option<PathBuf>,
    live: Live,
    /// Where the capture is to be saved once it has ended, and what is done then.
    saving: Option<(PathBuf, Option<Box<Command>>)>,
    samples: Vec<Sample>,
    wireshark: Wireshark,
    dialog: Option<Dialog>,
    errors: Vec<Said>,
    /// Whether the way reading ended was said.
    told: bool,
    /// Whether it was said that an index is not used, or could not be kept.
    told_index: bool,
    /// The display filter of the capture that is opened first.
    first_filter: Option<String>,
    /// What the command line says of how messages are read.
    told_pins: Vec<Pin>,
    /// Where notes are kept between two runs.
    store: Option<Store>,
    tell: Sender<News>,
    news: Receiver<News>,
    title: String,
}

impl App {
    /// An application that remembers in `folder`, or nowhere.
    pub fn new(ctx: &Context, options: session::Options, folder: Option<PathBuf>) -> Self {
        style::apply(ctx);
        let (tell, news) = channel();
        let store = folder.as_deref().map(Store::new);
        let mut app = Self {
            ctx: ctx.clone(),
            options,
            folder,
            preferences: Preferences::default(),
            saved: None,
            settings: Settings::default(),
            profiles: Vec::new(),
            layout: layout::fresh(),
            default_layout: None,
            places: Vec::new(),
            ring: Ring::default(),
            writing: None,
            opened: None,
            opening: None,
            live: Live::default(),
            saving: None,
            samples: Vec::new(),
            wireshark: Wireshark::default(),
            dialog: None,
            errors: Vec::new(),
            told: false,
            told_index: false,
            first_filter: None,
            told_pins: Vec::new(),
            store,
            tell,
            news,
            title: String::new(),
        };
        app.begin();
        app.on_thread(|| Some(News::Samples(samples::find())));
        app.seek_wireshark();
        app
    }

    /// What is open.
    pub fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }

    /// What the user has decided.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Where the panes are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// What is remembered.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Opens a file on a thread of its own: unpacking and slow disks do not hold the window.
    pub fn open(&mut self, path: &Path) {
        let piped = path == Path::new(STDIN);
        let path = if piped { path.to_owned() } else { std::path::absolute(path).unwrap_or(path.to_owned()) };
        self.opening = Some(path.clone());
        let (options, ctx) = (self.reading(), self.ctx.clone());
        self.on_thread(move || {
            let source =
                if piped { Source::Stdin } else { Source::File { path: path.clone(), follow: false } };
            let session = Session::open(source, options, move || ctx.request_repaint());
            Some(News::Opened(path, session.map_err(|error| error.to_string())))
        });
    }

    fn show_session(&mut self, path: PathBuf, session: Session, capture: Option<Capture>) {
        self.opening = None;
        (self.told, self.told_index) = (false, false);
        let same = self.opened.as_ref().is_some_and(|before| before.path == path);
        let mut before = if same { self.opened.take() } else { None };
        if !same {
            self.let_go();
        }
        let capture = capture.or_else(|| before.as_mut()?.capture.take());
        let piped = path == Path::new(STDIN);
        if !piped && capture.as_ref().is_none_or(|capture| capture.unsaved().is_none()) {
            self.settings.opened(&path, self.preferences.memory.recent_files);
        }
        let ctx = self.ctx.clone();
        let mut opened = Opened::new(path, session, move || ctx.request_repaint());
        self.furnish(&mut opened);
        opened.decide(self.decided_pins());
        if let Some(before) = before {
            opened.come_back(&before);
            Self::free(before);
        }
        if let Some(capture) = capture {
            opened.captured(capture);
        }
        self.opened = Some(opened);
        if let Some(filter) = self.first_filter.take() {
            self.run(Command::Filter(filter));
        }
        self.remember();
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
        self.ring.notice(ui.ctx());
        out.extend(command::wheeled(ui.ctx()));
        if self.dialog.is_none() {
            self.escape_find(ui, &mut out);
            out.extend(ui.input_mut(|input| command::pressed(input, &|when| self.can(when))));
        }
        self.bars(ui, &mut out);
        let ground = Frame::new().fill(Theme::of(ui).base);
        CentralPanel::no_frame().frame(ground).show(ui, |ui| match &mut self.opened {
            Some(opened) => {
                self.places.clear();
                let table = &self.preferences.table;
                let mut panes = Panes {
                    opened,
                    times: table.times,
                    height: table.rows.height(),
                    wireshark: &self.wireshark,
                    out: &mut out,
                    tabs: 0,
                    places: &mut self.places,
                };
                self.layout.ui(&mut panes, ui);
                ring::name_edges(ui.ctx());
            }
            None => start::show(ui, &self.settings.recent, &self.samples, &mut self.live, &mut out),
        });
        self.wishes(&mut out);
        self.dialogs(&mut out);
        self.dropped(ui);
        self.ring.draw(ui.ctx());
        for command in out {
            self.run(command);
        }
        self.keep();
        self.measure();
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
            scale: self.preferences.appearance.zoom,
            appearance: self.preferences.appearance.theme.name(),
            layout: &self.layout,
            layouts: &self.settings.layouts,
        };
        let strip = |panel: Panel, size| {
            panel.exact_size(size).resizable(false).show_separator_line(false).frame(Frame::new())
        };
        strip(Panel::top("toolbar"), TOOLBAR).show(ui, |ui| toolbar::show(ui, &bar, out));
        let opening = self.opening.as_deref().map(name_of);
        strip(Panel::bottom("status"), STATUS).show(ui, |ui| {
            status_bar::show(ui, self.opened.as_ref(), opening.as_deref(), self.profile(), out)
        });
        if let Some(opened) = &mut self.opened {
            let filters = &self.settings.filters;
            strip(Panel::top("filter"), filter_bar::BAR)
                .show(ui, |ui| filter_bar::show(ui, opened, filters, out));
        }
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
            Dialog::GoTo(go_to) => {
                self.opened.as_ref().is_some_and(|opened| go_to.show(&self.ctx, opened, out))
            }
            Dialog::Palette(palette) => {
                let can = |when| self.can(when);
                let (stays, chosen) = palette.show(&self.ctx, &self.settings.commands, &can, out);
                chosen.iter().for_each(|words| self.settings.chosen(words));
                stays
            }
            Dialog::Preferences(deciding) => {
                let place = self.folder.as_deref();
                let place = place.map(|root| profiles::folder(root, self.settings.profile.as_deref()));
                let place = place.map(|folder| folder.display().to_string());
                deciding.show(&self.ctx, &self.preferences, place.as_deref(), out)
            }
            Dialog::Name(name) => name.show(&self.ctx, out),
            Dialog::Choose(choose) => choose.show(&self.ctx, out),
            Dialog::Options(options) => {
                options.show(&self.ctx, self.live.devices.as_ref(), self.live.starting, out)
            }
            Dialog::Save(save) => save.show(&self.ctx, out),
            Dialog::SaveStatistics(save) => save.show(&self.ctx, out),
            Dialog::Ask(ask) => ask.show(&self.ctx, self.capturing(), out),
            Dialog::NameFilter(name) => name.show(&self.ctx, out),
            Dialog::DecodeAs(decode) => decode.show(&self.ctx, out),
            Dialog::Comment(comment) => comment.show(&self.ctx, out),
            Dialog::Columns => self.opened.as_mut().is_some_and(|opened| {
                dialog::columns::show(&self.ctx, &mut opened.tables[opened.tab as usize])
            }),
            Dialog::Colors => dialog::colors::show(&self.ctx, &mut self.settings.colors),
            Dialog::Keys => dialog::keys::show(&self.ctx),
        };
        if stays {
            self.dialog = Some(dialog);
            return;
        }
        if matches!(dialog, Dialog::Preferences(_)) {
            self.remember();
        }
        if let Some(opened) = &mut self.opened {
            opened.take_focus = true;
        }
    }

    /// Notes how large the window is, where it is one and does not fill the screen.
    fn measure(&mut self) {
        let zoom = self.ctx.zoom_factor();
        let (rect, fills) = self.ctx.input(|input| {
            let viewport = input.viewport();
            let fills = viewport.maximized == Some(true) || viewport.fullscreen == Some(true);
            (viewport.inner_rect, fills)
        });
        if let Some(rect) = rect.filter(|_| !fills) {
            self.settings.window = Some([rect.width() * zoom, rect.height() * zoom]);
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
        self.remember();
        if let Some(writing) = self.writing.take() {
            // Not written is not remembered; there is nobody left to tell.
            let _ = writing.join();
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        Theme::shown(visuals).base.to_normalized_gamma_f32()
    }
}

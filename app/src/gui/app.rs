//! The application: what is open, what is remembered, and every command done in one place.

mod capturing;
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
    settings: Settings,
    layout: Layout,
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
    /// The display filter of the capture that is opened first.
    first_filter: Option<String>,
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
        let mut settings = folder.as_deref().map(Settings::load).unwrap_or_default();
        ctx.set_theme(settings.appearance.preference());
        ctx.set_zoom_factor(settings.scale);
        let layout = layout::sound(settings.layout.take());
        let (tell, news) = channel();
        let store = folder.as_deref().map(Store::new);
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
            wireshark: Wireshark::default(),
            dialog: None,
            errors: Vec::new(),
            told: false,
            first_filter: None,
            store,
            tell,
            news,
            title: String::new(),
        };
        app.on_thread(|| Some(News::Samples(samples::find())));
        app.seek_wireshark();
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
        self.furnish(&mut opened);
        if let Some(before) = before {
            opened.come_back(&before);
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

    /// Writes down what is to be remembered, beside the drawing.
    fn remember(&self) -> Option<std::thread::JoinHandle<()>> {
        let settings = Settings { layout: Some(self.layout.clone()), ..self.settings.clone() };
        self.folder.as_deref().map(|folder| settings.save(folder))
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
            self.escape_find(ui, &mut out);
            out.extend(ui.input_mut(|input| command::pressed(input, &|when| self.can(when))));
        }
        self.bars(ui, &mut out);
        let ground = Frame::new().fill(Theme::of(ui).base);
        CentralPanel::no_frame().frame(ground).show(ui, |ui| match &mut self.opened {
            Some(opened) => {
                let (times, wireshark) = (self.settings.times, &self.wireshark);
                let mut panes = Panes { opened, times, wireshark, out: &mut out, tabs: 0 };
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
        self.keep();
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
            Dialog::Palette(palette) => palette.show(&self.ctx, &|when| self.can(when), out),
            Dialog::GoTo(go_to) => {
                self.opened.as_ref().is_some_and(|opened| go_to.show(&self.ctx, opened, out))
            }
            Dialog::Options(options) => {
                options.show(&self.ctx, self.live.devices.as_ref(), self.live.starting, out)
            }
            Dialog::Save(save) => save.show(&self.ctx, out),
            Dialog::SaveStatistics(save) => save.show(&self.ctx, out),
            Dialog::Ask(ask) => ask.show(&self.ctx, self.capturing(), out),
            Dialog::NameFilter(name) => name.show(&self.ctx, out),
            Dialog::Comment(comment) => comment.show(&self.ctx, out),
            Dialog::Columns => self.opened.as_mut().is_some_and(|opened| {
                dialog::columns::show(&self.ctx, &mut opened.tables[opened.tab as usize])
            }),
            Dialog::Colors => dialog::colors::show(&self.ctx, &mut self.settings.colors),
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

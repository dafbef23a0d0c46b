//! Asks how a capture is made: from which devices, what of it, and when it is enough.

use egui::{Context, Key, Modifiers, ScrollArea, Ui};
use session::capture::live::device::Obstacle;
use session::capture::live::wanted::Wanted;

use super::{form, modal};
use crate::gui::command::Command;
use crate::gui::icon::Icon;
use crate::gui::live::capture::Failure;
use crate::gui::live::devices::Devices;
use crate::gui::theme::{GRID, Theme};
use crate::gui::{card, fonts, widget};

/// What was chosen and typed so far.
pub struct Options {
    devices: Vec<String>,
    promiscuous: bool,
    filter: String,
    numbers: [String; 5],
    failed: Option<Failure>,
    /// Whether the filter takes the keyboard when it is drawn next.
    focus: bool,
}

/// The fields of numbers: name, what stands in the empty one, the largest.
const NUMBERS: [(&str, &str, u64); 5] = [
    ("Snap length", "everything", 262_144),
    ("Buffer, MB", "16", 2000),
    ("Packets", "any number", u64::MAX),
    ("Seconds", "any time", 999_999_999),
    ("Megabytes", "any size", 1_000_000_000),
];
const FILTER: &str = "Capture filter";
const MEGABYTE: u64 = 1_000_000;

impl Options {
    /// Begins with what was wanted last; with `meant`, where that was no device.
    pub fn new(wanted: &Wanted, meant: Option<&str>) -> Self {
        let text = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
        Self {
            devices: if wanted.devices.is_empty() {
                meant.map(str::to_owned).into_iter().collect()
            } else {
                wanted.devices.clone()
            },
            promiscuous: !wanted.not_promiscuous,
            filter: wanted.filter.clone().unwrap_or_default(),
            numbers: [
                text(wanted.snap_len.map(u64::from)),
                text(wanted.buffer.map(u64::from)),
                text(wanted.packets),
                wanted.seconds.map_or_else(String::new, |seconds| seconds.to_string()),
                text(wanted.bytes.map(|bytes| bytes / MEGABYTE)),
            ],
            failed: None,
            focus: true,
        }
    }

    /// The capture did not begin.
    pub fn failed(&mut self, failure: Failure) {
        self.focus = failure.filter;
        self.failed = Some(failure);
    }

    /// Draws it; whether it stays open.
    pub fn show(
        &mut self,
        ctx: &Context,
        devices: Option<&Devices>,
        starting: bool,
        out: &mut Vec<Command>,
    ) -> bool {
        let mut stays = true;
        let open = modal::show(ctx, "Capture options", 520.0, |ui| {
            let theme = Theme::of(ui);
            self.pick_devices(ui, theme, devices);
            self.type_filter(ui, theme);
            let places = |ui: &mut Ui, numbers: &mut [String], names: &[(&str, &str, u64)]| {
                let width = ((ui.available_width() - GRID * 4.0) / 3.0).min(168.0);
                ui.horizontal_top(|ui| {
                    for (text, (name, hint, _)) in numbers.iter_mut().zip(names) {
                        form::field(ui, name, text, hint, width, fonts::body());
                    }
                });
            };
            let (how, stop) = self.numbers.split_at_mut(2);
            places(ui, how, &NUMBERS[..2]);
            form::check(ui, "Promiscuous: also what is meant for others", &mut self.promiscuous);
            card::heading(ui, "Stop after");
            places(ui, stop, &NUMBERS[2..]);
            let wanted = self.wanted();
            let other = self.failed.as_ref().filter(|failure| !failure.filter);
            let says = other.map(|failure| &failure.says).or(wanted.as_ref().err());
            if let Some(says) = says {
                card::words(ui, says, fonts::body(), theme.error);
            }
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                let label = if starting { "Starting…" } else { "Start" };
                let start = widget::button(ui, Some(Icon::Capture), label, true).clicked();
                let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
                if let (true, false, Ok(wanted)) = (start || enter, starting, wanted) {
                    self.failed = None;
                    out.push(Command::CaptureWith(Box::new(wanted)));
                }
                stays = !widget::button(ui, None, "Cancel", false).clicked();
            });
        });
        stays && open
    }

    fn pick_devices(&mut self, ui: &mut Ui, theme: &Theme, devices: Option<&Devices>) {
        card::heading(ui, "Devices");
        let all = devices.map_or(&[][..], Devices::all);
        if all.is_empty() {
            card::words(ui, "Looking for devices…", fonts::body(), theme.dim);
        }
        ScrollArea::vertical().max_height(132.0).show(ui, |ui| {
            widget::scrolls(ui);
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            for device in all {
                let mut on = self.devices.contains(&device.name);
                let note = match (&device.obstacle, &device.description) {
                    (Some(Obstacle::Rights(_)), _) => "no right to capture",
                    (Some(Obstacle::Other(says)), _) => says,
                    (None, Some(words)) => words,
                    (None, None) => "",
                };
                if form::check_with(ui, &device.name, note, &mut on) {
                    self.failed = None;
                    self.devices.retain(|name| *name != device.name);
                    if on {
                        self.devices.push(device.name.clone());
                    }
                }
            }
        });
    }

    fn type_filter(&mut self, ui: &mut Ui, theme: &Theme) {
        let hint = "tcp port 8080";
        let width = ui.available_width();
        if std::mem::take(&mut self.focus) {
            ui.memory_mut(|memory| memory.request_focus(form::id(FILTER)));
        }
        if form::field(ui, FILTER, &mut self.filter, hint, width, fonts::mono()) {
            self.failed = None;
        }
        if let Some(failure) = self.failed.as_ref().filter(|failure| failure.filter) {
            card::words(ui, &failure.says, fonts::mono(), theme.error);
        }
    }

    /// What is wanted, or what stands in its way, in a sentence.
    fn wanted(&self) -> Result<Wanted, String> {
        if self.devices.is_empty() {
            return Err("Choose a device".to_owned());
        }
        let mut numbers = [None; 4];
        for ((number, text), (name, _, most)) in
            numbers.iter_mut().zip(without_seconds(&self.numbers)).zip(without_seconds(&NUMBERS))
        {
            *number = whole(text, *most).map_err(|()| format!("{name}: a whole number is asked for"))?;
        }
        let [snap_len, buffer, packets, megabytes] = numbers;
        let small = |number: Option<u64>| number.and_then(|number| u32::try_from(number).ok());
        let seconds = self.numbers[3].trim();
        let seconds = match seconds.parse::<f64>() {
            _ if seconds.is_empty() => None,
            Ok(seconds) if seconds > 0.0 && seconds < 1e9 => Some(seconds),
            _ => return Err("Seconds: a number is asked for".to_owned()),
        };
        let filter = self.filter.trim();
        Ok(Wanted {
            devices: self.devices.clone(),
            filter: (!filter.is_empty()).then(|| filter.to_owned()),
            snap_len: small(snap_len),
            not_promiscuous: !self.promiscuous,
            buffer: small(buffer),
            packets,
            seconds,
            bytes: megabytes.map(|megabytes| megabytes.saturating_mul(MEGABYTE)),
            ..Wanted::default()
        })
    }
}

fn without_seconds<T>(all: &[T; 5]) -> [&T; 4] {
    let [snap_len, buffer, packets, _, megabytes] = all;
    [snap_len, buffer, packets, megabytes]
}

fn whole(text: &str, most: u64) -> Result<Option<u64>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse::<u64>().map_err(|_| ())?;
    (1..=most).contains(&number).then_some(Some(number)).ok_or(())
}

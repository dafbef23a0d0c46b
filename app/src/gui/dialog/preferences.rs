//! What the user decides, in sections. Everything holds at once; there is nothing to confirm.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui::{Context, Sense, Ui, WidgetInfo, vec2};

use super::protocols::Pins;
use super::{form, modal, open};
use crate::gui::command::Command;
use crate::gui::icon::Icon;
use crate::gui::preferences::{Appearance, BUFFER, Contrast, Density, Preferences, RECENT, file};
use crate::gui::state::Times;
use crate::gui::table::text;
use crate::gui::theme::{CONTROL, GRID, ROUND, Theme};
use crate::gui::{card, fonts, widget};

/// Which section is open, and what was typed so far.
pub struct Deciding {
    section: Section,
    ports: String,
    key_log: String,
    recent: String,
    buffer: String,
    index_from: String,
    pins: Pins,
}

/// A section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Appearance,
    Table,
    Reading,
    Protocols,
    Capture,
    Memory,
}

const SECTIONS: [(Section, &str); 6] = [
    (Section::Appearance, "Appearance"),
    (Section::Table, "Table"),
    (Section::Reading, "Reading"),
    (Section::Protocols, "Protocols"),
    (Section::Capture, "Capture"),
    (Section::Memory, "Memory"),
];
const WIDTH: f32 = 660.0;
const NAMES: f32 = 132.0;
/// The sheet keeps its height when another section is opened.
const HEIGHT: f32 = 320.0;

impl Deciding {
    /// Begins with what holds.
    pub fn new(now: &Preferences) -> Self {
        let ports: Vec<String> = now.reading.websocket_ports.iter().map(ToString::to_string).collect();
        Self {
            section: Section::Appearance,
            ports: ports.join(", "),
            key_log: String::new(),
            recent: now.memory.recent_files.to_string(),
            buffer: now.capture.buffer.to_string(),
            index_from: now.reading.index_from.to_string(),
            pins: Pins::default(),
        }
    }

    /// Draws it; whether it stays open. `place` is where the file is.
    pub fn show(
        &mut self,
        ctx: &Context,
        now: &Preferences,
        place: Option<&str>,
        out: &mut Vec<Command>,
    ) -> bool {
        let mut wanted = now.clone();
        let stays = modal::show(ctx, "Preferences", WIDTH, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GRID * 5.0;
                ui.vertical(|ui| {
                    ui.set_width(NAMES);
                    ui.spacing_mut().item_spacing.y = 2.0;
                    self.sections(ui);
                });
                ui.vertical(|ui| {
                    ui.set_min_height(HEIGHT.min(ctx.content_rect().height() - 140.0));
                    ui.spacing_mut().item_spacing = vec2(GRID * 2.0, GRID * 2.0);
                    match self.section {
                        Section::Appearance => looks(ui, &mut wanted),
                        Section::Table => tables(ui, &mut wanted),
                        Section::Reading => self.reading(ui, &mut wanted),
                        Section::Protocols => self.pins.show(ui, &mut wanted.protocols),
                        Section::Capture => self.capture(ui, &mut wanted),
                        Section::Memory => self.memory(ui, &mut wanted),
                    }
                });
            });
            let theme = Theme::of(ui);
            let says = match place {
                Some(place) => format!("Everything holds at once, and stands in {place}/{}", file::FILE),
                None => "Everything holds at once, until the window is closed".to_owned(),
            };
            card::words(ui, &says, fonts::small(), theme.dim);
        });
        if wanted != *now {
            out.push(Command::Prefer(Box::new(wanted)));
        }
        stays
    }

    fn sections(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        for (section, name) in SECTIONS {
            let (rect, response) = ui.allocate_exact_size(vec2(NAMES, CONTROL), Sense::click());
            let active = section == self.section;
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, active, name));
            if active || response.hovered() {
                let fill = if active { theme.selected_weak } else { theme.hover };
                ui.painter().rect_filled(rect, ROUND, fill);
            }
            let color = if active { theme.strong } else { theme.text };
            text(ui.painter(), rect, name, fonts::body(), color, false);
            if response.clicked() {
                self.section = section;
            }
        }
    }

    fn reading(&mut self, ui: &mut Ui, wanted: &mut Preferences) {
        let theme = Theme::of(ui);
        let width = ui.available_width();
        if form::field(ui, "Ports that carry WebSocket", &mut self.ports, "9000, 8081", width, fonts::mono())
            && let Ok(ports) = ports(&self.ports)
        {
            wanted.reading.websocket_ports = ports;
        }
        match ports(&self.ports) {
            Ok(_) => {
                let says = "TCP ports of servers whose handshake was not captured, as --decode-as has them";
                card::words(ui, says, fonts::small(), theme.dim);
            }
            Err(word) => {
                let says = format!("{word} is no port: numbers from 1 to 65535, with commas between them");
                card::words(ui, &says, fonts::small(), theme.error);
            }
        }
        ui.add_space(GRID);
        form::field(ui, "TLS key logs", &mut self.key_log, "Path of a key log", width, fonts::mono());
        let path = open::expand(&self.key_log);
        let fresh = !self.key_log.trim().is_empty() && !wanted.reading.key_logs.contains(&path);
        ui.horizontal(|ui| {
            if widget::button(ui, Some(Icon::Key), "Add", false).clicked() && fresh {
                wanted.reading.key_logs.push(std::path::absolute(&path).unwrap_or(path));
                self.key_log.clear();
            }
            card::words(ui, "Every capture is read with them", fonts::small(), theme.dim);
        });
        let mut gone: Option<PathBuf> = None;
        for log in &wanted.reading.key_logs {
            let says = log.display().to_string();
            ui.horizontal(|ui| {
                if widget::icon_button(ui, Icon::Close, &format!("Remove {says}"), "", true).clicked() {
                    gone = Some(log.clone());
                }
                card::words(ui, &says, fonts::mono(), theme.text);
            });
        }
        wanted.reading.key_logs.retain(|log| Some(log) != gone.as_ref());
        ui.add_space(GRID);
        number(ui, "Index for captures from, MB", &mut self.index_from, 0..=u64::from(u32::MAX), |size| {
            wanted.reading.index_from = size as u32;
        });
        let says = "Kept in the cache folder, so that large captures open again at once; 0 keeps none";
        card::words(ui, says, fonts::small(), theme.dim);
    }

    fn capture(&mut self, ui: &mut Ui, wanted: &mut Preferences) {
        let theme = Theme::of(ui);
        form::check(ui, "Promiscuous: also what is meant for others", &mut wanted.capture.promiscuous);
        number(ui, "Buffer, MB", &mut self.buffer, 1..=u64::from(BUFFER), |buffer| {
            wanted.capture.buffer = buffer as u32;
        });
        card::words(
            ui,
            "They hold for captures that are begun from now on; Capture options… says more for one",
            fonts::small(),
            theme.dim,
        );
    }

    fn memory(&mut self, ui: &mut Ui, wanted: &mut Preferences) {
        form::check(ui, "Bring the panes back where they were", &mut wanted.memory.arrangement);
        number(ui, "Files that were opened", &mut self.recent, 0..=RECENT as u64, |count| {
            wanted.memory.recent_files = count as usize;
        });
    }
}

fn looks(ui: &mut Ui, wanted: &mut Preferences) {
    let looks = &mut wanted.appearance;
    form::choose(ui, "Theme", &Appearance::ALL, &mut looks.theme);
    form::choose(ui, "Contrast", &Contrast::ALL, &mut looks.contrast);
    const ZOOMS: [(u16, &str); 6] =
        [(80, "80 %"), (100, "100 %"), (125, "125 %"), (150, "150 %"), (200, "200 %"), (300, "300 %")];
    let mut zoom = (looks.zoom * 100.0).round() as u16;
    if form::choose(ui, "Zoom", &ZOOMS, &mut zoom) {
        looks.zoom = f32::from(zoom) / 100.0;
    }
}

fn tables(ui: &mut Ui, wanted: &mut Preferences) {
    const TIMES: [(Times, &str); 4] = [
        (Times::SinceStart, "Since start"),
        (Times::SincePrevious, "Since previous"),
        (Times::SinceRequest, "Since request"),
        (Times::Clock, "Time of day"),
    ];
    form::choose(ui, "Times", &TIMES, &mut wanted.table.times);
    form::choose(ui, "Rows", &Density::ALL, &mut wanted.table.rows);
}

/// A field of a number, said to be wrong where it is none in `range`.
fn number(
    ui: &mut Ui,
    name: &str,
    typed: &mut String,
    range: std::ops::RangeInclusive<u64>,
    take: impl FnOnce(u64),
) {
    let theme = Theme::of(ui);
    let changed = form::field(ui, name, typed, "", 168.0, fonts::body());
    match typed.trim().parse::<u64>().ok().filter(|number| range.contains(number)) {
        Some(number) if changed => take(number),
        Some(_) => {}
        None => {
            let says = format!("A whole number from {} to {}", range.start(), range.end());
            card::words(ui, &says, fonts::small(), theme.error);
        }
    }
}

/// Ports with commas or spaces between them, or the word that is none.
fn ports(text: &str) -> Result<Vec<u16>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    words
        .map(|word| word.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| word.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ports are read with commas and spaces; the word that is no port is named.
    #[test]
    fn ports_as_people_write_them() {
        assert_eq!(ports("9000, 8081 80"), Ok(vec![9000, 8081, 80]));
        assert_eq!(ports(""), Ok(Vec::new()));
        for (text, word) in [("80, http", "http"), ("70000", "70000"), ("0", "0"), ("-1", "-1")] {
            assert_eq!(ports(text), Err(word.to_owned()));
        }
    }
}

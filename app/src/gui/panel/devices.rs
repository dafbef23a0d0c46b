//! The devices on the start page: each with its state, its addresses and how busy it is; and what to do where the right
//! to capture is lacking.

use egui::{Align, Layout, Painter, Rect, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2};
use session::capture::live::device::{Device, Obstacle};
use session::capture::live::wanted::Wanted;

use crate::gui::command::Command;
use crate::gui::icon::{self, Icon};
use crate::gui::live::devices::Devices;
use crate::gui::live::{Live, grant, rates};
use crate::gui::rows::Row;
use crate::gui::table::text;
use crate::gui::theme::{GRID, ROUND, ROUND_LARGE, Theme};
use crate::gui::{fonts, panel, widget, words};

/// A device's height.
pub const HEIGHT: f32 = 40.0;
const HEAD: f32 = 32.0;
const STRIP: f32 = 36.0;

/// How high the part is that shows so many devices.
pub fn height(live: &Live, most: usize) -> f32 {
    let Some(devices) = &live.devices else { return 0.0 };
    let strip = if devices.lacks_rights() { STRIP } else { 0.0 };
    HEAD + devices.all().len().clamp(1, most) as f32 * HEIGHT + strip
}

/// Draws it.
pub fn show(ui: &mut Ui, rect: Rect, live: &mut Live, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let wanted = live.wanted.clone();
    let Some(devices) = &mut live.devices else { return };
    head(ui, theme, rect.with_max_y(rect.min.y + HEAD), out);
    let mut body = rect.with_min_y(rect.min.y + HEAD);
    if devices.lacks_rights() {
        body.max.y -= STRIP;
    }
    ui.painter().rect(body, ROUND_LARGE, theme.header, Stroke::new(1.0, theme.line), StrokeKind::Outside);
    let mut list = ui.new_child(UiBuilder::new().max_rect(body));
    list.set_clip_rect(body.intersect(ui.clip_rect()));
    match &devices.listed {
        None => return panel::quiet(&mut list, "Looking for devices…"),
        Some(Err(says)) => return panel::quiet(&mut list, says),
        Some(Ok(all)) if all.is_empty() => {
            return panel::quiet(&mut list, "No devices here: open a capture, or drop one");
        }
        Some(Ok(_)) => {}
    }
    let chosen = devices.meant().map(|device| device.name.clone());
    let place = devices.all().iter().position(|device| Some(&device.name) == chosen.as_ref());
    let mut rows = devices.rows.clone();
    let count = devices.all().len() as u64;
    let done = rows.show(&mut list, "Devices", count, place.map(|place| place as u64), |row| {
        if let Some(device) = devices.all().get(row.index as usize) {
            line(theme, row, device, devices.rates(&device.name));
        }
    });
    devices.rows = rows;
    let name = done.chosen.and_then(|place| Some(devices.all().get(place as usize)?.name.clone()));
    devices.chosen = name.or(devices.chosen.take());
    if done.opened
        && let Some(device) = devices.meant()
    {
        out.push(Command::CaptureWith(Box::new(Wanted { devices: vec![device.name.clone()], ..wanted })));
    }
    if devices.lacks_rights() {
        rights(ui, theme, rect.with_min_y(body.max.y), devices, out);
    }
}

fn head(ui: &mut Ui, theme: &Theme, rect: Rect, out: &mut Vec<Command>) {
    let y = rect.center().y - 4.0;
    let sign = Rect::from_center_size(pos2(rect.min.x + 8.0, y), Vec2::splat(14.0));
    icon::paint(ui.painter(), Icon::Capture, sign, theme.dim);
    let place = pos2(sign.max.x + GRID * 2.0, y);
    ui.painter().text(place, egui::Align2::LEFT_CENTER, "Capture", fonts::small_strong(), theme.dim);
    let bar = rect.with_max_y(rect.max.y - 8.0);
    let mut right = ui.new_child(UiBuilder::new().max_rect(bar).layout(Layout::right_to_left(Align::Center)));
    right.spacing_mut().item_spacing.x = GRID;
    if widget::quiet_button(&mut right, "Options…", "Capture options…").clicked() {
        out.push(Command::CaptureOptions);
    }
}

/// One device.
fn line(theme: &Theme, row: Row<'_>, device: &Device, rates: Option<&[u64]>) {
    let painter = row.painter;
    let inner = row.rect.shrink2(vec2(2.0, 2.0));
    if row.selected {
        painter.rect_filled(inner, ROUND_LARGE - 2, theme.selected_weak);
    } else if row.hovered {
        painter.rect_filled(inner, ROUND_LARGE - 2, theme.raised);
    }
    let (state, color) = match (device, &device.obstacle) {
        (Device { up: false, .. }, Some(Obstacle::Other(_))) => ("down".to_owned(), theme.faint),
        (_, Some(Obstacle::Rights(_))) => ("no right to capture".to_owned(), theme.warn),
        (_, Some(Obstacle::Other(says))) => (says.clone(), theme.warn),
        (Device { up: true, running: true, .. }, _) => ("up".to_owned(), theme.good),
        (Device { up: true, .. }, _) => ("no link".to_owned(), theme.dim),
        _ => ("down".to_owned(), theme.faint),
    };
    let dot = pos2(row.rect.min.x + 16.0, row.rect.center().y);
    match device.up {
        true => drop(painter.circle_filled(dot, 3.5, color)),
        false => drop(painter.circle_stroke(dot, 3.0, Stroke::new(1.0, color))),
    }
    let graph = Rect::from_min_max(row.rect.max - vec2(156.0, 32.0), row.rect.max - vec2(12.0, 8.0));
    let says = rates.and_then(|rates| rates.last()).map(|rate| format!("{}/s", words::count(*rate)));
    let rate_room =
        Rect::from_min_max(pos2(graph.min.x - 90.0, graph.min.y), pos2(graph.min.x - 2.0, graph.max.y));
    if let (Some(rates), Some(says)) = (rates, &says) {
        sparkline(painter, theme, graph, rates);
        text(painter, rate_room, says, fonts::small(), theme.dim, true);
    }
    let right = if says.is_some() { rate_room.min.x } else { row.rect.max.x };
    let room = Rect::from_min_max(pos2(dot.x + 6.0, inner.min.y + 2.0), pos2(right, inner.max.y - 2.0));
    let (first, second) = (room.with_max_y(room.center().y), room.with_min_y(room.center().y));
    text(painter, first, &device.name, fonts::strong(), theme.strong, false);
    let width = painter.layout_no_wrap(device.name.clone(), fonts::strong(), theme.strong).size().x;
    let description = device.description.as_deref().unwrap_or_default();
    text(
        painter,
        first.with_min_x(first.min.x + width + 10.0),
        description,
        fonts::small(),
        theme.dim,
        false,
    );
    let addresses: Vec<String> = device.addresses.iter().map(ToString::to_string).collect();
    let addresses = addresses.join("  ");
    let state_color = if device.obstacle.is_some() && device.up { theme.warn } else { theme.dim };
    text(painter, second, &state, fonts::small(), state_color, false);
    let width = painter.layout_no_wrap(state.clone(), fonts::small(), theme.dim).size().x;
    let beside = second.with_min_x(second.min.x + width + 10.0);
    text(painter, beside, &addresses, fonts::small(), theme.dim, false);
    *row.name = format!(
        "Device {}, {description}, {state}, {addresses}{}",
        device.name,
        says.map_or_else(String::new, |says| format!(", {says} packets"))
    );
}

/// Packets a second, the newest at the right.
fn sparkline(painter: &Painter, theme: &Theme, rect: Rect, rates: &[u64]) {
    painter.hline(rect.x_range(), rect.max.y, Stroke::new(1.0, theme.line));
    let most = rates.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return;
    }
    let step = rect.width() / (rates::SECONDS - 1) as f32;
    let begins = rect.max.x - rates.len().saturating_sub(1) as f32 * step;
    let at = |(place, rate): (usize, &u64)| {
        let share = *rate as f32 / most as f32;
        pos2(begins + place as f32 * step, rect.max.y - share * rect.height())
    };
    let points: Vec<_> = rates.iter().enumerate().map(at).collect();
    for pair in points.windows(2) {
        if let [a, b] = *pair {
            let corners = vec![a, b, pos2(b.x, rect.max.y), pos2(a.x, rect.max.y)];
            painter.add(Shape::convex_polygon(corners, theme.accent_weak, Stroke::NONE));
        }
    }
    painter.add(Shape::line(points, Stroke::new(1.2, theme.accent)));
}

/// The command that grants the right, to be copied or, where `pkexec` is, to be run.
fn rights(ui: &mut Ui, theme: &Theme, rect: Rect, devices: &Devices, out: &mut Vec<Command>) {
    let Some((advice, command)) = devices.grant() else { return };
    let bar = rect.with_min_y(rect.min.y + 8.0);
    let mut right = ui.new_child(UiBuilder::new().max_rect(bar).layout(Layout::right_to_left(Align::Center)));
    right.spacing_mut().item_spacing.x = GRID * 2.0;
    if let Some(command) = &command {
        if grant::pkexec().is_some() && widget::button(&mut right, None, "Grant…", true).clicked() {
            out.push(Command::Grant);
        }
        if widget::button(&mut right, None, "Copy command", false).clicked() {
            ui.copy_text(command.clone());
        }
    }
    let room = bar.with_max_x(right.min_rect().min.x - GRID * 2.0);
    let (words, font) = match command {
        Some(command) => (command, fonts::mono()),
        None => (advice, fonts::body()),
    };
    ui.painter().rect(room, ROUND, theme.sunken, Stroke::new(1.0, theme.line), StrokeKind::Inside);
    text(ui.painter(), room, &words, font, theme.text, false);
    let response = ui.interact(room, ui.scope_id().with("grant"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &words));
    response.on_hover_text(
        "This user has no right to capture; the command grants it to the one program that opens devices",
    );
}

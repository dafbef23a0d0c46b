//! The sheet of keys: everything that can be done without looking for it, in groups; what the mouse does; how display
//! filters are written.

use egui::accesskit::Role;
use egui::{Align2, Context, Key, Modifiers, Sense, Ui, WidgetInfo, pos2, vec2};
use session::filter::tree::Join;

use super::modal;
use crate::gui::command::{COMMANDS, Command};
use crate::gui::conversation::Way;
use crate::gui::layout::Pane;
use crate::gui::state::Tab;
use crate::gui::theme::{CELL, Theme};
use crate::gui::{fonts, table, widget};

/// Commands that belong together. What is in none of these groups stands in the last.
const GROUPS: &[(&str, &[Command])] = &[
    (
        "Files",
        &[
            Command::Open,
            Command::Browse,
            Command::Reload,
            Command::Close,
            Command::Stop,
            Command::AddKeys,
            Command::BrowseKeys,
            Command::SavePayload,
        ],
    ),
    ("Capturing", &[Command::Capture, Command::Restart, Command::CaptureOptions, Command::Save]),
    (
        "Looking",
        &[
            Command::Show(Tab::Messages),
            Command::Show(Tab::Frames),
            Command::Show(Tab::Packets),
            Command::Show(Tab::Findings),
            Command::Converse(Way::Chat),
            Command::Converse(Way::Sequence),
            Command::ShowPane(Pane::Statistics),
            Command::Only(None),
            Command::NextTime,
            Command::DecodeAs,
        ],
    ),
    (
        "Finding",
        &[
            Command::TypeFilter,
            Command::FilterChosen(Join::Instead),
            Command::Find,
            Command::FindNext,
            Command::FindPrevious,
            Command::GoTo,
            Command::Back,
            Command::Forward,
        ],
    ),
    (
        "Marks",
        &[Command::Mark, Command::NextMark, Command::PreviousMark, Command::Comment, Command::Reference],
    ),
    (
        "Window",
        &[
            Command::Palette,
            Command::Preferences,
            Command::NextTheme,
            Command::ZoomIn,
            Command::ZoomOut,
            Command::ZoomReset,
            Command::Keys,
            Command::Quit,
        ],
    ),
];
const REST: &str = "More";

/// Keys of tables, trees and fields, which are no commands.
const MOVING: &[(&str, &str)] = &[
    ("Next pane, previous pane", "F6"),
    ("Next button or field", "Tab"),
    ("Row up, row down", "Up+Down"),
    ("Page up, page down", "PgUp+PgDn"),
    ("First row, last row", "Home+End"),
    ("Fold, unfold in a tree", "Left+Right"),
    ("Take, press, go there", "Enter"),
    ("Copy what is chosen", "Ctrl+C"),
    ("Close what is above the window", "Esc"),
];

/// What the mouse does, where it is not plain.
const MOUSE: &[(&str, &str)] = &[
    ("The same bytes elsewhere", "point at a field or byte"),
    ("Choose several bytes", "drag over them"),
    ("Copy, or copy as filter", "right-click a field"),
    ("Go to what a field leads to", "double-click it"),
    ("Rows of one connection", "click a connection"),
    ("Width of a column", "drag its edge"),
    ("Move a pane, or split another", "drag its tab"),
    ("Open a capture or a key log", "drop it anywhere"),
    ("Larger, smaller", "Ctrl and the wheel"),
];

/// How display filters are written.
const FILTERS: &[(&str, &str)] = &[
    ("Compare", "== != < <= > >="),
    ("Part of a text or of bytes", "contains"),
    ("A regular expression", "matches \"(?i)error\""),
    ("One of several, or a range", "in {1 2 8..10}"),
    ("Both, one of them, not", "&& || !"),
    ("Is there at all", "websocket.mask"),
    ("Some of the bytes", "payload[0:4]"),
    ("A value of JSON", "ws.json.user.id == 7"),
];

const COLUMN: f32 = 340.0;
/// Room between two columns.
const GAP: f32 = 28.0;
const LINE: f32 = 22.0;
const HEAD: f32 = 26.0;
const BELOW: f32 = 10.0;

/// What stands to the right of a line.
enum Right<'a> {
    Keys(String),
    Words(&'a str),
    Code(&'a str),
}

type Group<'a> = (&'a str, Vec<(&'a str, Right<'a>)>);

fn groups() -> Vec<Group<'static>> {
    let with_key = || {
        COMMANDS.iter().filter(|entry| entry.key.is_some() && !matches!(entry.command, Command::StepPane(_)))
    };
    let line = |command: &Command| {
        let entry = with_key().find(|entry| entry.command == *command)?;
        Some((entry.text.trim_end_matches('…'), Right::Keys(entry.key_words())))
    };
    let mut all: Vec<Group<'_>> =
        GROUPS.iter().map(|(name, commands)| (*name, commands.iter().filter_map(line).collect())).collect();
    let placed = |command: &Command| GROUPS.iter().any(|(_, commands)| commands.contains(command));
    let rest: Vec<_> =
        with_key().filter(|entry| !placed(&entry.command)).filter_map(|entry| line(&entry.command)).collect();
    if !rest.is_empty() {
        all.push((REST, rest));
    }
    all.push((
        "Moving about",
        MOVING.iter().map(|(text, keys)| (*text, Right::Keys((*keys).to_owned()))).collect(),
    ));
    all.push(("Mouse", MOUSE.iter().map(|(text, how)| (*text, Right::Words(how))).collect()));
    all.push(("Display filters", FILTERS.iter().map(|(text, code)| (*text, Right::Code(code))).collect()));
    all
}

/// Draws it; whether it stays open.
pub fn show(ctx: &Context) -> bool {
    let room = ctx.content_rect().width() - 80.0;
    let columns = ((room / COLUMN) as usize).clamp(1, 3);
    let stays = modal::show(ctx, "Keys", columns as f32 * COLUMN + 16.0, |ui| {
        let groups = groups();
        let height = |group: &Group<'_>| HEAD + group.1.len() as f32 * LINE + BELOW;
        // In order, each column about as long as the others.
        let all: f32 = groups.iter().map(height).sum();
        let mut placed: Vec<Vec<&Group<'_>>> = vec![Vec::new(); columns];
        let mut above = 0.0;
        for group in &groups {
            let middle = above + height(group) / 2.0;
            let column = ((middle / all * columns as f32) as usize).min(columns - 1);
            placed[column].push(group);
            above += height(group);
        }
        ui.spacing_mut().item_spacing.x = GAP;
        ui.columns(columns, |uis| {
            for (ui, groups) in uis.iter_mut().zip(&placed) {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (place, group) in groups.iter().enumerate() {
                    if place > 0 {
                        ui.add_space(BELOW);
                    }
                    draw(ui, group);
                }
            }
        });
    });
    stays && !ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F1))
}

fn draw(ui: &mut Ui, (name, lines): &Group<'_>) {
    let theme = Theme::of(ui);
    let width = ui.available_width();
    let (head, response) = ui.allocate_exact_size(vec2(width, HEAD), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, *name));
    let at = pos2(head.min.x, head.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::small_strong(), theme.accent);
    ui.painter().hline(head.x_range(), head.max.y - 2.0, (1.0, theme.line));
    for (text, right) in lines {
        let (rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::hover());
        response.widget_info(|| {
            let says = match right {
                Right::Keys(keys) => keys,
                Right::Words(words) | Right::Code(words) => *words,
            };
            WidgetInfo::labeled(Role::ListItem, true, format!("{text}: {says}"))
        });
        let end = pos2(rect.max.x, rect.center().y);
        let left = match right {
            Right::Keys(keys) => widget::key_cap(ui, theme, end, keys),
            Right::Words(words) => {
                ui.painter().text(end, Align2::RIGHT_CENTER, words, fonts::small(), theme.dim).min.x
            }
            Right::Code(code) => {
                ui.painter().text(end, Align2::RIGHT_CENTER, code, fonts::mono(), theme.values.key).min.x
            }
        };
        let room = rect.with_min_x(rect.min.x - CELL).with_max_x(left);
        table::text(ui.painter(), room, text, fonts::body(), theme.text, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command with a key stands in the sheet, once.
    #[test]
    fn every_key_is_there_once() {
        let all = groups();
        for entry in COMMANDS.iter().filter(|entry| entry.key.is_some()) {
            if matches!(entry.command, Command::StepPane(_)) {
                continue;
            }
            let text = entry.text.trim_end_matches('…');
            let there = all.iter().flat_map(|(_, lines)| lines).filter(|(line, _)| *line == text).count();
            assert_eq!(there, 1, "{text}");
        }
    }
}

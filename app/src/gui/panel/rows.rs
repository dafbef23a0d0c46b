//! The table of messages, frames, packets or findings, and the switch between them.

use egui::{Align2, Event, Ui};

use super::{find_bar, row_menu, strip};
use crate::gui::columns::{self, Around};
use crate::gui::command::Command;
use crate::gui::copying::Form;
use crate::gui::opened::Opened;
use crate::gui::rows::VirtualRows;
use crate::gui::state::{Tab, Times};
use crate::gui::table::{Table, Wish};
use crate::gui::theme::{ROW, Theme};
use crate::gui::wireshark::Wireshark;
use crate::gui::{fonts, widget, words};

/// The switch, in the bar above the table.
pub fn switch(ui: &mut Ui, opened: &Opened, out: &mut Vec<Command>) {
    let roomy = ui.clip_rect().width() > 480.0;
    let count = |tab| roomy.then(|| opened.lists.len(tab, &opened.snapshot));
    // Most captures have nothing but WebSocket.
    let there = |tab: &Tab| *tab != Tab::Deliveries || opened.snapshot.delivery_count() > 0;
    let items: Vec<_> = Tab::ALL.into_iter().filter(there).map(|tab| (tab, tab.name(), count(tab))).collect();
    if let Some(tab) = widget::segments(ui, &items, opened.tab) {
        out.push(Command::Show(tab));
    }
}

/// The table.
pub fn show(ui: &mut Ui, opened: &mut Opened, times: Times, wireshark: &Wireshark, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let tab = opened.tab;
    let count = opened.lists.len(tab, &opened.snapshot);
    let place = opened.place();
    if opened.find.open {
        ui.spacing_mut().item_spacing.y = 0.0;
        find_bar::show(ui, opened, out);
    }
    if tab == Tab::Findings {
        ui.spacing_mut().item_spacing.y = 0.0;
        strip::show(ui, opened, out);
    }
    let rect = ui.available_rect_before_wrap();
    if std::mem::take(&mut opened.take_focus) {
        ui.memory_mut(|memory| memory.request_focus(VirtualRows::id(tab.name())));
    }
    // The table is taken out while it is drawn, as its rows look at all the rest.
    let mut table = std::mem::replace(&mut opened.tables[tab as usize], Table::new("", Vec::new()));
    let zone = opened.zone.clone();
    let (first, last) = opened.snapshot.totals.times.unwrap_or_default();
    let days = times == Times::Clock && words::days_apart(first, last, &zone);
    fit(&mut table, opened, times, days);
    let sorted = opened.lists.sorting.sorted(tab);
    let (done, wishes) = table.show(ui, count, place, sorted, |cells| {
        let index = cells.row.index;
        let Some(row) = opened.lists.row(tab, index) else { return };
        let above = index.checked_sub(1).filter(|_| times == Times::SincePrevious);
        let above = above.and_then(|place| opened.lists.row(tab, place));
        let previous = above.and_then(|row| columns::time_of(&opened.snapshot, tab, row));
        columns::draw(cells, opened, row, &Around { times, previous, zone: &zone, days });
    });
    let (first, _) = table.rows.place();
    opened.tables[tab as usize] = table;
    color(opened, tab, first, rect.height());
    out.extend(wishes.into_iter().map(|wish| match wish {
        Wish::Sort(by) => Command::SortBy(by),
        Wish::Choose => Command::ChooseColumns,
    }));
    if !opened.lists.sorting.settled(tab) || opened.notes.pending() {
        // Nobody else may wake the window for it.
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(250));
    }
    if let Some(row) = done.chosen.and_then(|place| opened.lists.row(tab, place)) {
        match tab {
            Tab::Findings => out.push(Command::Finding(row)),
            tab => out.extend(tab.selection(&opened.snapshot, row).map(Command::Select)),
        }
    }
    let copies = done.focused && ui.input(|input| input.events.iter().any(|it| matches!(it, Event::Copy)));
    if copies {
        out.push(Command::CopyAs(Form::Text));
    }
    if let Some(list) = ui.ctx().read_response(VirtualRows::id(tab.name())) {
        let lines = row_menu::lines(opened, wireshark);
        if !lines.is_empty() {
            let before = out.len();
            list.context_menu(|ui| row_menu::show(ui, &lines, out));
            // The keyboard goes back to where the menu was opened.
            opened.take_focus |= out.len() > before;
        }
    }
    if count == 0 {
        let words = match (opened.reading() || !opened.lists.complete(), tab) {
            (true, _) if opened.capturing() => "Waiting for traffic…",
            (true, _) => "Reading…",
            (false, _) if !opened.filtering.applied().is_empty() => {
                "Nothing passes the display filter: Ctrl+/ changes it"
            }
            (false, Tab::Messages) => "No messages here: Ctrl+Shift+A shows those of all connections",
            (false, Tab::Frames) => "No WebSocket frames here: Ctrl+3 shows the packets",
            (false, Tab::Packets) => "No packets here: the capture is empty",
            (false, Tab::Findings) => "Nothing was found here: no rule has anything to say",
            (false, Tab::Deliveries) => "HTTP carries no messages here: Ctrl+Shift+A shows all connections",
        };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, fonts::body(), theme.faint);
    }
}

/// Asks what colors the rows in sight have, and those next to them, so that they are there when they come into sight.
fn color(opened: &mut Opened, tab: Tab, first: u64, height: f32) {
    let seen = (height / ROW).ceil() as u64;
    let near = first.saturating_sub(seen / 2)..first;
    let places = (first..first + seen * 2).chain(near);
    let Opened { coloring, lists, snapshot, .. } = opened;
    let count = lists.len(tab, snapshot);
    coloring.ask(
        snapshot,
        tab,
        places.filter(|place| *place < count).filter_map(|place| lists.row(tab, place)),
    );
}

/// Columns of numbers are as wide as their largest one needs.
fn fit(table: &mut Table, opened: &Opened, times: Times, days: bool) {
    let digits = |number: u32| words::count(u64::from(number)).len();
    let snapshot = &opened.snapshot;
    table.columns.fit("number", digits(opened.tab.count(snapshot)));
    table.columns.fit("connection", digits(snapshot.connections().len()));
    table.columns.fit("frame", digits(snapshot.frame_count()));
    table.columns.fit("packet", digits(snapshot.packet_count()));
    table.columns.fit("session", digits(snapshot.push_sessions().len()));
    let time = match times {
        Times::Clock if days => "0000-00-00 00:00:00.000000".len(),
        Times::Clock => "00:00:00.000000".len(),
        _ => 0,
    };
    table.columns.fit("time", time);
}

//! Every command done in one place, and when it can be.

use std::path::Path;

use egui::ViewportCommand;
use session::conversation::Form;

use super::App;
use crate::gui::command::{Command, When};
use crate::gui::dialog::{self, Dialog};
use crate::gui::inspector::Wish;
use crate::gui::layout::{self, Pane};
use crate::gui::live::capture::Capture;
use crate::gui::opened::STDIN;
use crate::gui::preferences::Preferences;
use crate::gui::ring;
use crate::gui::state::Selection;
use crate::gui::theme::Level;
use crate::gui::words;

/// Endings of captures.
const CAPTURES: &[&str] = &["pcap", "pcapng", "cap", "gz", "zst", "lz4"];
/// Endings that key logs often have.
const KEY_LOGS: &[&str] = &["keys", "log", "keylog", "txt"];

impl App {
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
            When::Filtered => {
                self.opened.as_ref().is_some_and(|opened| !opened.filtering.applied().is_empty())
            }
            When::Said => self.opened.as_ref().is_some_and(|opened| {
                opened.selection.is_some_and(|it| !matches!(it, Selection::Connection(_)))
            }),
            When::Speaks => self.opened.as_ref().is_some_and(|opened| opened.speaker().is_some()),
            When::Back => self.opened.as_ref().is_some_and(|opened| opened.history.has_back()),
            When::Forward => self.opened.as_ref().is_some_and(|opened| opened.history.has_forward()),
            When::Wireshark => self.opened.as_ref().is_some_and(|opened| {
                opened.packet().is_some() && self.wireshark.why_not(&opened.path).is_none()
            }),
            When::Errors => !self.errors.is_empty(),
            When::InProfile => self.settings.profile.is_some(),
            When::SavedLayout => !self.settings.layouts.is_empty(),
        }
    }

    pub(super) fn capture(&self) -> Option<&Capture> {
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
            Command::Palette => {
                self.dialog = Some(Dialog::Palette(dialog::palette::Palette::new(self.named())))
            }
            Command::GoTo => self.dialog = Some(Dialog::GoTo(dialog::go_to::GoTo::default())),
            Command::Colors => self.dialog = Some(Dialog::Colors),
            Command::Keys => self.dialog = Some(Dialog::Keys),
            Command::Close => self.let_go(),
            Command::NextTime => self.decide(|it| it.table.times = it.table.times.next()),
            Command::NextTheme => self.decide(|it| it.appearance.theme = it.appearance.theme.next()),
            Command::ZoomIn => self.zoom(1.1),
            Command::ZoomOut => self.zoom(1.0 / 1.1),
            Command::ZoomReset => self.decide(|it| it.appearance.zoom = 1.0),
            Command::StepPane(forward) => ring::step(&self.ctx, &self.places, forward),
            Command::Preferences
            | Command::Prefer(_)
            | Command::NextContrast
            | Command::UseLayout(_)
            | Command::Layouts
            | Command::SaveLayout
            | Command::SaveLayoutAs(_)
            | Command::DropLayouts
            | Command::DropLayout(_)
            | Command::Profiles
            | Command::UseProfile(_)
            | Command::NewProfile
            | Command::NewProfileAs(_)
            | Command::CopyProfile
            | Command::CopyProfileAs(_)
            | Command::RenameProfile
            | Command::RenameProfileAs(_)
            | Command::DropProfile
            | Command::DropProfileOf(_) => self.arrange(command),
            Command::ShowPane(pane) => layout::show(&mut self.layout, pane),
            Command::TogglePane(pane) => layout::toggle(&mut self.layout, pane),
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
            Command::DecodeAs | Command::Decode(..) => self.run_decoding(command),
            Command::Filter(_)
            | Command::AddFilter(..)
            | Command::FilterChosen(_)
            | Command::TypeFilter
            | Command::ClearFilter
            | Command::SaveFilter(_)
            | Command::KeepFilter(..)
            | Command::ForgetFilter(_) => self.run_filter(command),
            Command::Converse(way) => {
                layout::show(&mut self.layout, Pane::Conversation);
                if let Some(opened) = &mut self.opened {
                    opened.conversation.show(way);
                }
            }
            Command::CopyAs(_) | Command::SavePayload | Command::SavePayloadTo(..) | Command::Wireshark => {
                self.run_passing(command);
            }
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
            Command::Show(tab) => {
                opened.show(tab);
                layout::show(&mut self.layout, Pane::Rows);
            }
            Command::Only(connection) => opened.only(connection),
            Command::Select(selection) => opened.select(selection),
            Command::Follow(selection) => opened.follow(selection),
            Command::Finding(row) => opened.select_finding(row),
            Command::Narrow(narrow) => opened.lists.narrow(narrow, &opened.snapshot),
            Command::SaveStatistics(what) => {
                opened.statistics.refresh(opened.lists.only(), &opened.snapshot);
                let cards = std::sync::Arc::clone(opened.statistics.cards());
                let save = dialog::save_statistics::SaveStatistics::new(what, cards);
                self.dialog = Some(Dialog::SaveStatistics(save));
            }
            Command::WriteStatistics(what, path) => self.write_statistics(what, path),
            Command::CopyTable(title) => self.copy_table(title),
            Command::CopyConversation => opened.copy_conversation(Form::Text),
            Command::CopyDiagram => opened.copy_conversation(Form::Mermaid),
            Command::GoToNumber(kind, number) => drop(opened.go_to(kind, number)),
            Command::Find => opened.open_find(),
            Command::FindNext => opened.seek(false),
            Command::FindPrevious => opened.seek(true),
            Command::CloseFind => opened.close_find(),
            Command::Back => opened.travel(false),
            Command::Forward => opened.travel(true),
            command => self.run_on_rows(command),
        }
    }

    fn zoom(&mut self, factor: f32) {
        // In steps of a tenth, so that a way there and back ends where it began.
        self.decide(|it| it.appearance.zoom = (it.appearance.zoom * factor * 10.0).round() / 10.0);
    }

    pub(super) fn decide(&mut self, change: impl FnOnce(&mut Preferences)) {
        let mut wanted = self.preferences.clone();
        change(&mut wanted);
        self.prefer(wanted);
    }

    /// What the panes of the inspector ask of the window, and what was to be copied.
    pub(super) fn wishes(&mut self, out: &mut Vec<Command>) {
        if let Some((form, text)) = self.opened.as_mut().and_then(|opened| opened.conversation.copied()) {
            let lines = words::counted(text.lines().count() as u64, "line", "lines");
            let what = match form {
                Form::Text => "The conversation was copied as text",
                Form::Mermaid => "The conversation was copied as a Mermaid sequence diagram",
            };
            self.say(Level::Note, format!("{what}: {lines}"));
            self.ctx.copy_text(text);
        }
        let wishes = self.opened.as_mut().map(|opened| opened.inspector.wishes()).unwrap_or_default();
        for wish in wishes {
            match wish {
                Wish::Go(selection) => out.push(Command::Follow(selection)),
                Wish::Copy(form, bytes, range) => self.copy_bytes(form, bytes, range),
                Wish::CopySaid(form) => out.push(Command::CopyAs(form)),
                Wish::AddKeys => out.push(Command::AddKeys),
                Wish::DecodeAs => out.push(Command::DecodeAs),
                Wish::Filter(join, condition) => out.push(Command::AddFilter(join, condition)),
                Wish::CopyFilter(filter) => {
                    self.say(Level::Note, format!("Copied as a filter: {filter}"));
                    self.ctx.copy_text(filter);
                }
            }
        }
    }
}

//! Everything a user can do, as data: toolbar, menus, keys, palette and tests send the same values.
//!
//! Says what an action is called, its key and when it can be done; how it is done is the application's matter.

mod table;
mod when;

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};
use session::capture::live::wanted::Wanted;
use session::decoding::Where;
use session::dissector::ids::ConnectionId;
use session::filter::tree::Join;
use session::place::Place;

pub use self::table::COMMANDS;

use super::conversation::Way;
use super::copying::Form;
use super::layout::Pane;
use super::lists::Narrow;
use super::opened::Numbered;
use super::preferences::Preferences;
use super::state::{Selection, Tab};
use super::statistics::export::What;
use super::table::By;

pub use self::when::When;

/// One action.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Ask for a file.
    Open,
    /// Ask for a file with the desktop's own dialog.
    Browse,
    /// Open this file.
    OpenPath(PathBuf),
    /// Ask for a key log.
    AddKeys,
    /// Ask for a key log with the desktop's own dialog.
    BrowseKeys,
    /// Read this key log.
    AddKeyLog(PathBuf),
    /// Read the file again from its beginning.
    Reload,
    /// Close the file and show the start page.
    Close,
    /// Stop reading.
    Stop,
    /// Ask for a number.
    GoTo,
    /// Show what has this number, counted from one.
    GoToNumber(Numbered, u64),
    /// Open the find bar.
    Find,
    /// Look for the next hit.
    FindNext,
    /// Look for the one before.
    FindPrevious,
    /// Take the find bar away.
    CloseFind,
    /// Look at what was looked at before.
    Back,
    /// Undo that.
    Forward,
    /// Copy what is selected in this form.
    CopyAs(Form),
    /// Ask where to save what is selected.
    SavePayload,
    /// Save what stands here there; whether over a file that is there already.
    SavePayloadTo(PathBuf, Place, bool),
    /// Open the packet of what is selected in Wireshark.
    Wireshark,
    /// Show these rows.
    Show(Tab),
    /// Show rows of one connection only, or of all.
    Only(Option<ConnectionId>),
    /// Select something.
    Select(Selection),
    /// Select what a finding is about, and the very bytes.
    Finding(u32),
    /// Show only findings of one kind, or all.
    Narrow(Option<Narrow>),
    /// Show only rows for which this display filter holds.
    Filter(String),
    /// Put a condition to the display filter.
    AddFilter(Join, String),
    /// Put the field that is chosen in the tree to the display filter.
    FilterChosen(Join),
    /// Type a display filter.
    TypeFilter,
    /// Show all rows.
    ClearFilter,
    /// Ask for a name for this display filter.
    SaveFilter(String),
    /// Keep this display filter under this name.
    KeepFilter(String, String),
    /// Forget the display filter of this name.
    ForgetFilter(String),
    /// Select something and show the table that it is a row of.
    Follow(Selection),
    /// Sort the rows that are shown by a column, or put them back in the order of the capture.
    SortBy(Option<By>),
    /// Ask which columns the table has.
    ChooseColumns,
    /// Ask by which rules rows are colored.
    Colors,
    /// Give the table the columns that it had at first.
    ResetColumns,
    /// Ask what reads the messages of the connection that is looked at.
    DecodeAs,
    /// Messages of these connections are read by the decoder of this name, or by what their traffic tells.
    Decode(Where, Option<&'static str>),
    /// Mark what is selected, or take its mark away.
    Mark,
    /// Select the next row that is marked.
    NextMark,
    /// Select the one before.
    PreviousMark,
    /// Make times count from what is selected, or no longer.
    Reference,
    /// Ask what is to be written beside what is selected.
    Comment,
    /// Write this beside it; nothing takes away what was written.
    CommentOn(Selection, String),
    /// The next way to show times.
    NextTime,
    /// The next of dark, light and the system's own.
    NextTheme,
    /// Larger.
    ZoomIn,
    /// Smaller.
    ZoomOut,
    /// As large as it was made.
    ZoomReset,
    /// Show a pane, in front of those that share its place.
    ShowPane(Pane),
    /// Show or hide a pane.
    TogglePane(Pane),
    /// Show the conversation of what is selected, in this way.
    Converse(Way),
    /// Copy the conversation as text.
    CopyConversation,
    /// Copy the conversation as a sequence diagram in Mermaid's language.
    CopyDiagram,
    /// Put the panes back where they were.
    ResetLayout,
    /// Arrange the panes as one of the arrangements, or as the user saved them under this name.
    UseLayout(String),
    /// Ask which.
    Layouts,
    /// Ask for a name to save the layout under.
    SaveLayout,
    /// Save it under this name.
    SaveLayoutAs(String),
    /// Ask which saved layout to delete.
    DropLayouts,
    /// Delete it.
    DropLayout(String),
    /// Let the user decide about the program.
    Preferences,
    /// This is decided from now on.
    Prefer(Box<Preferences>),
    /// Usual or high contrast.
    NextContrast,
    /// Ask which profile to use.
    Profiles,
    /// Use this profile, or the default one.
    UseProfile(Option<String>),
    /// Ask for the name of a new profile.
    NewProfile,
    /// Make it, with everything as it was made.
    NewProfileAs(String),
    /// Ask for the name of a copy of the profile.
    CopyProfile,
    /// Make it.
    CopyProfileAs(String),
    /// Ask for another name for the profile.
    RenameProfile,
    /// Give it.
    RenameProfileAs(String),
    /// Ask whether to delete the profile.
    DropProfile,
    /// Delete this profile.
    DropProfileOf(String),
    /// Give the keyboard to the next pane, or the one before.
    StepPane(bool),
    /// List all commands.
    Palette,
    /// List all keys.
    Keys,
    /// Take away the messages above the panes.
    DismissErrors,
    /// Begin to capture, or end it.
    Capture,
    /// Begin the capture anew.
    Restart,
    /// Ask how to capture.
    CaptureOptions,
    /// Capture this.
    CaptureWith(Box<Wanted>),
    /// Keep the newest row in sight.
    Tail,
    /// Ask where to save the capture.
    Save,
    /// The same, and then do this.
    SaveAnd(Box<Command>),
    /// Save the capture here, and then do this.
    SaveTo(PathBuf, Option<Box<Command>>),
    /// Throw the capture away and do this.
    DiscardAnd(Box<Command>),
    /// Open a capture that was left by a program that died.
    OpenLeft(PathBuf),
    /// Throw it away.
    DiscardLeft(PathBuf),
    /// Ask where to write statistics.
    SaveStatistics(What),
    /// Write statistics here.
    WriteStatistics(What, PathBuf),
    /// Copy the table of a card, by its title, as CSV.
    CopyTable(&'static str),
    /// Give the capturing program the right to capture.
    Grant,
    /// End the program.
    Quit,
}

/// A command that stands in the palette.
#[derive(Debug)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// Sentence case; an ellipsis where more is asked.
    pub text: &'static str,
    /// Its key.
    pub key: Option<KeyboardShortcut>,
    /// When it can be done.
    pub when: When,
}

impl Command {
    /// What the palette says of it.
    pub fn entry(&self) -> Option<&'static Entry> {
        COMMANDS.iter().find(|entry| entry.command == *self)
    }
}

impl Entry {
    /// Its key in words: `Ctrl+Shift+P`.
    pub fn key_words(&self) -> String {
        let Some(KeyboardShortcut { modifiers, logical_key }) = self.key else { return String::new() };
        let mut words = String::new();
        if modifiers.command {
            words.push_str("Ctrl+");
        }
        if modifiers.alt {
            words.push_str("Alt+");
        }
        if modifiers.shift {
            words.push_str("Shift+");
        }
        words.push_str(match logical_key {
            Key::Plus => "+",
            Key::Minus => "-",
            Key::Comma => ",",
            Key::Slash => "/",
            Key::Escape => "Esc",
            other => other.name(),
        });
        words
    }
}

/// The commands that can be done and whose keys were pressed; other keys are left to whoever wants them. Those with Shift or Alt
/// come first, so that a key without does not take them.
pub fn pressed(input: &mut egui::InputState, can: &dyn Fn(When) -> bool) -> Vec<Command> {
    let mut entries: Vec<&Entry> = COMMANDS.iter().collect();
    entries.sort_by_key(|entry| entry.key.is_none_or(|key| !key.modifiers.shift && !key.modifiers.alt));
    let mut commands = Vec::new();
    for entry in entries {
        if can(entry.when) && entry.key.is_some_and(|key| input.consume_shortcut(&key)) {
            commands.push(entry.command.clone());
        }
    }
    // Wireshark's keys for the same.
    for (key, command) in [(Key::N, Command::FindNext), (Key::B, Command::FindPrevious)] {
        if can(When::Opened) && input.consume_key(Modifiers::COMMAND, key) {
            commands.push(command);
        }
    }
    // Ctrl and the plus sign is Ctrl and the equals sign on many keyboards.
    if input.consume_key(Modifiers::COMMAND, Key::Equals) {
        commands.push(Command::ZoomIn);
    }
    commands
}

/// Larger or smaller, where the wheel is turned with Ctrl.
pub fn wheeled(ctx: &egui::Context) -> Option<Command> {
    ctx.input(|input| {
        let turned = input.events.iter().filter_map(|event| match event {
            egui::Event::MouseWheel { delta, modifiers, .. } if modifiers.command => Some(delta.y),
            egui::Event::Zoom(factor) => Some(factor - 1.0),
            _ => None,
        });
        let way: f32 = turned.sum();
        if way == 0.0 { None } else { Some(if way > 0.0 { Command::ZoomIn } else { Command::ZoomOut }) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No two commands share a key or a name.
    #[test]
    fn keys_and_names_are_unique() {
        for (place, entry) in COMMANDS.iter().enumerate() {
            for other in &COMMANDS[..place] {
                assert_ne!(entry.text, other.text);
                assert!(entry.key.is_none() || entry.key != other.key, "{} and {}", entry.text, other.text);
            }
        }
    }
}

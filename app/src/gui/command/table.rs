//! The table of commands: palette, keys, menus and the cheat sheet read it.

use egui::{Key, KeyboardShortcut, Modifiers};
use session::filter::tree::Join;

use super::{Command, Entry, When};
use crate::gui::conversation::Way;
use crate::gui::copying::Form;
use crate::gui::layout::Pane;
use crate::gui::state::Tab;
use crate::gui::statistics::export::What;

const fn ctrl(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::COMMAND, key))
}

const fn plain(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::NONE, key))
}

const fn alt(key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(Modifiers::ALT, key))
}

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const CTRL_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);

const fn entry(command: Command, text: &'static str, key: Option<KeyboardShortcut>, when: When) -> Entry {
    Entry { command, text, key, when }
}

/// All commands that need nothing more to be known.
pub const COMMANDS: &[Entry] = &[
    entry(Command::Open, "Open…", ctrl(Key::O), When::Always),
    entry(
        Command::Browse,
        "Browse for a file…",
        Some(KeyboardShortcut::new(CTRL_SHIFT, Key::O)),
        When::Always,
    ),
    entry(Command::AddKeys, "Add a key log…", ctrl(Key::K), When::Opened),
    entry(
        Command::BrowseKeys,
        "Browse for a key log…",
        Some(KeyboardShortcut::new(CTRL_SHIFT, Key::K)),
        When::Opened,
    ),
    entry(Command::Reload, "Reload", plain(Key::F5), When::Still),
    entry(Command::Capture, "Start or stop capturing", ctrl(Key::E), When::Live),
    entry(Command::Restart, "Restart capture", ctrl(Key::R), When::Captured),
    entry(
        Command::CaptureOptions,
        "Capture options…",
        Some(KeyboardShortcut::new(CTRL_SHIFT, Key::E)),
        When::Live,
    ),
    entry(Command::Save, "Save capture as…", ctrl(Key::S), When::Unsaved),
    entry(Command::Tail, "Follow newest rows", None, When::Capturing),
    entry(Command::Stop, "Stop reading", plain(Key::Escape), When::Reading),
    entry(Command::Close, "Close file", ctrl(Key::W), When::Opened),
    entry(Command::GoTo, "Go to number…", ctrl(Key::G), When::Opened),
    entry(Command::Back, "Back", alt(Key::ArrowLeft), When::Back),
    entry(Command::Forward, "Forward", alt(Key::ArrowRight), When::Forward),
    entry(Command::Find, "Find…", ctrl(Key::F), When::Opened),
    entry(Command::FindNext, "Find next", plain(Key::F3), When::Opened),
    entry(
        Command::FindPrevious,
        "Find previous",
        Some(KeyboardShortcut::new(Modifiers::SHIFT, Key::F3)),
        When::Opened,
    ),
    entry(Command::CopyAs(Form::Text), "Copy as text", None, When::Said),
    entry(Command::CopyAs(Form::Json), "Copy as indented JSON", None, When::Said),
    entry(Command::CopyAs(Form::Hex), "Copy as hex", None, When::Said),
    entry(Command::CopyAs(Form::Dump), "Copy as hex dump", None, When::Said),
    entry(Command::CopyAs(Form::Base64), "Copy as base64", None, When::Said),
    entry(Command::CopyAs(Form::C), "Copy as C array", None, When::Said),
    entry(Command::CopyAs(Form::Rust), "Copy as Rust array", None, When::Said),
    entry(Command::CopyAs(Form::Python), "Copy as Python bytes", None, When::Said),
    entry(Command::CopyAs(Form::JsonString), "Copy as JSON string", None, When::Said),
    entry(Command::CopyAs(Form::Websocat), "Copy as websocat command", None, When::Said),
    entry(Command::CopyAs(Form::Wscat), "Copy as wscat command", None, When::Said),
    entry(Command::SavePayload, "Save payload…", Some(KeyboardShortcut::new(CTRL_SHIFT, Key::S)), When::Said),
    entry(Command::Wireshark, "Open this packet in Wireshark", None, When::Wireshark),
    entry(Command::Show(Tab::Messages), "Show messages", ctrl(Key::Num1), When::Opened),
    entry(Command::Show(Tab::Frames), "Show frames", ctrl(Key::Num2), When::Opened),
    entry(Command::Show(Tab::Packets), "Show packets", ctrl(Key::Num3), When::Opened),
    entry(Command::Show(Tab::Findings), "Show findings", ctrl(Key::Num4), When::Opened),
    entry(Command::Show(Tab::Deliveries), "Show messages over HTTP", None, When::Opened),
    entry(Command::ShowPane(Pane::Statistics), "Show statistics", ctrl(Key::Num7), When::Opened),
    entry(Command::SaveStatistics(What::All), "Save statistics…", None, When::Opened),
    entry(Command::Converse(Way::Chat), "Show conversation", ctrl(Key::Num5), When::Opened),
    entry(Command::Converse(Way::Sequence), "Show sequence diagram", ctrl(Key::Num6), When::Opened),
    entry(Command::CopyConversation, "Copy conversation as text", None, When::Opened),
    entry(Command::CopyDiagram, "Copy conversation as Mermaid sequence diagram", None, When::Opened),
    entry(
        Command::Only(None),
        "Show all connections",
        Some(KeyboardShortcut::new(CTRL_SHIFT, Key::A)),
        When::Opened,
    ),
    entry(Command::Mark, "Mark or unmark row", ctrl(Key::M), When::Opened),
    entry(Command::NextMark, "Next mark", Some(KeyboardShortcut::new(CTRL_SHIFT, Key::M)), When::Opened),
    entry(
        Command::PreviousMark,
        "Previous mark",
        Some(KeyboardShortcut::new(CTRL_ALT, Key::M)),
        When::Opened,
    ),
    entry(Command::Comment, "Comment…", Some(KeyboardShortcut::new(CTRL_ALT, Key::C)), When::Opened),
    entry(Command::SortBy(None), "Order of the capture", None, When::Opened),
    entry(Command::ChooseColumns, "Choose columns…", None, When::Opened),
    entry(Command::Colors, "Row colors…", None, When::Always),
    entry(Command::ResetColumns, "Reset columns", None, When::Opened),
    entry(
        Command::Reference,
        "Set or remove time reference",
        Some(KeyboardShortcut::new(CTRL_SHIFT, Key::T)),
        When::Opened,
    ),
    entry(Command::DecodeAs, "Decode as…", Some(KeyboardShortcut::new(CTRL_SHIFT, Key::U)), When::Speaks),
    entry(Command::TypeFilter, "Type a display filter", ctrl(Key::Slash), When::Opened),
    entry(
        Command::FilterChosen(Join::Instead),
        "Apply chosen field as filter",
        Some(KeyboardShortcut::new(CTRL_SHIFT, Key::F)),
        When::Opened,
    ),
    entry(Command::FilterChosen(Join::Not), "Apply chosen field as filter, negated", None, When::Opened),
    entry(Command::FilterChosen(Join::And), "Add chosen field to filter with and", None, When::Opened),
    entry(Command::FilterChosen(Join::Or), "Add chosen field to filter with or", None, When::Opened),
    entry(Command::FilterChosen(Join::AndNot), "Add chosen field to filter with and not", None, When::Opened),
    entry(Command::ClearFilter, "Clear display filter", None, When::Filtered),
    entry(Command::NextTime, "Change time display", ctrl(Key::T), When::Opened),
    entry(
        Command::NextTheme,
        "Change appearance",
        Some(KeyboardShortcut::new(CTRL_SHIFT, Key::L)),
        When::Always,
    ),
    entry(Command::ZoomIn, "Larger", ctrl(Key::Plus), When::Always),
    entry(Command::ZoomOut, "Smaller", ctrl(Key::Minus), When::Always),
    entry(Command::ZoomReset, "Actual size", ctrl(Key::Num0), When::Always),
    entry(Command::TogglePane(Pane::Connections), "Show or hide connections", None, When::Opened),
    entry(Command::TogglePane(Pane::Conversation), "Show or hide conversation", None, When::Opened),
    entry(Command::TogglePane(Pane::Detail), "Show or hide detail", None, When::Opened),
    entry(Command::TogglePane(Pane::Bytes), "Show or hide bytes", None, When::Opened),
    entry(Command::TogglePane(Pane::Payload), "Show or hide payload", None, When::Opened),
    entry(Command::TogglePane(Pane::Statistics), "Show or hide statistics", None, When::Opened),
    entry(Command::ResetLayout, "Reset layout", None, When::Always),
    entry(Command::Layouts, "Choose a layout…", None, When::Always),
    entry(Command::SaveLayout, "Save layout…", None, When::Always),
    entry(Command::DropLayouts, "Delete a layout…", None, When::SavedLayout),
    entry(Command::StepPane(true), "Next pane", plain(Key::F6), When::Opened),
    entry(
        Command::StepPane(false),
        "Previous pane",
        Some(KeyboardShortcut::new(Modifiers::SHIFT, Key::F6)),
        When::Opened,
    ),
    entry(Command::Preferences, "Preferences…", ctrl(Key::Comma), When::Always),
    entry(Command::NextContrast, "Change contrast", None, When::Always),
    entry(Command::Profiles, "Switch profile…", None, When::Always),
    entry(Command::NewProfile, "New profile…", None, When::Always),
    entry(Command::CopyProfile, "Duplicate profile…", None, When::Always),
    entry(Command::RenameProfile, "Rename profile…", None, When::InProfile),
    entry(Command::DropProfile, "Delete profile…", None, When::InProfile),
    entry(Command::DismissErrors, "Dismiss messages", None, When::Errors),
    entry(Command::Palette, "All commands…", Some(KeyboardShortcut::new(CTRL_SHIFT, Key::P)), When::Always),
    entry(Command::Keys, "Keys", plain(Key::F1), When::Always),
    entry(Command::Quit, "Quit", ctrl(Key::Q), When::Always),
];

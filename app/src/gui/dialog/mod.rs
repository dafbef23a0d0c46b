//! What opens above the window: quick inputs at the top and the sheet of keys. Escape or a click beside closes them.

pub mod ask;
pub mod choose;
pub mod colors;
pub mod columns;
pub mod comment;
pub mod decode_as;
pub mod form;
pub mod go_to;
pub mod keys;
pub mod modal;
pub mod name;
pub mod name_filter;
pub mod open;
pub mod options;
pub mod palette;
pub mod preferences;
mod protocols;
pub mod quick;
pub mod save;
pub mod save_statistics;

/// The one that is open.
pub enum Dialog {
    /// A path is asked for.
    Open(open::Open),
    /// A number is asked for.
    GoTo(go_to::GoTo),
    /// A command is asked for.
    Palette(palette::Palette),
    /// How to capture is asked for.
    Options(options::Options),
    /// Where to save a capture is asked for.
    Save(save::Save),
    /// Where to write statistics is asked for.
    SaveStatistics(save_statistics::SaveStatistics),
    /// Whether a capture may be lost is asked.
    Ask(ask::Ask),
    /// What is to be written beside a row is asked for.
    Comment(comment::Comment),
    /// What reads messages is asked for.
    DecodeAs(decode_as::DecodeAs),
    /// A name for a display filter is asked for.
    NameFilter(name_filter::NameFilter),
    /// Which columns the table has is asked.
    Columns,
    /// By which rules rows are colored is asked.
    Colors,
    /// What the user decides.
    Preferences(preferences::Deciding),
    /// A name is asked for.
    Name(name::Name),
    /// One of a few things is asked for.
    Choose(choose::Choose),
    /// The keys are shown.
    Keys,
}

//! When a command can be done, and why not otherwise. Whether it is so now is the application's matter.

/// When a command can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At any time.
    Always,
    /// While a file is open.
    Opened,
    /// While a file is being read.
    Reading,
    /// While a file is open that no capture of this window adds to.
    Still,
    /// Where this window captures.
    Live,
    /// While a capture of this window is open.
    Captured,
    /// While a capture runs.
    Capturing,
    /// While a capture has ended and is not saved.
    Unsaved,
    /// While a display filter hides rows.
    Filtered,
    /// While there is something to be taken away.
    Errors,
    /// While something is selected that says something.
    Said,
    /// While something is selected that a connection said.
    Speaks,
    /// While there is something to go back to.
    Back,
    /// While there is something to go forward to.
    Forward,
    /// While Wireshark can show what is selected.
    Wireshark,
    /// While another profile than the default one is in use.
    InProfile,
    /// While there is a layout that was saved.
    SavedLayout,
}

impl When {
    /// Why a command cannot be done otherwise, in a few words.
    pub const fn otherwise(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::Opened => "open a capture first",
            Self::Reading => "nothing is being read",
            Self::Still => "not from a pipe, nor while capturing",
            Self::Live => "nothing here can capture",
            Self::Captured => "only for a capture of this window",
            Self::Capturing => "no capture is running",
            Self::Unsaved => "there is no capture to save",
            Self::Errors => "there are no messages",
            Self::Filtered => "no display filter hides rows",
            Self::Said => "select something that says something",
            Self::Speaks => "select a connection or something that it said",
            Self::Back => "there is nothing to go back to",
            Self::Forward => "there is nothing to go forward to",
            Self::Wireshark => "Wireshark cannot show what is selected",
            Self::InProfile => "not for the default profile",
            Self::SavedLayout => "no layout was saved",
        }
    }
}

//! Why an index file is not used.

use std::io;

/// Why an index file is not used.
#[derive(Debug)]
pub(super) enum Refusal {
    /// There is none.
    Absent,
    /// It was written by another version of the program, or for other options.
    Other,
    /// The capture is not the one that it was written for.
    Changed,
    /// It is not what was written.
    Damaged,
    /// It cannot be read.
    Unreadable(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Unreadable(error),
        }
    }
}

impl Refusal {
    /// In words; nothing where there is nothing to say.
    pub(super) fn says(&self) -> Option<String> {
        let why = match self {
            Self::Absent => return None,
            Self::Other => "it was written by another version".to_owned(),
            Self::Changed => "the capture has changed since".to_owned(),
            Self::Damaged => "it is damaged".to_owned(),
            Self::Unreadable(error) => error.to_string(),
        };
        Some(format!("the index of the capture is not used: {why}; the capture is read instead"))
    }
}

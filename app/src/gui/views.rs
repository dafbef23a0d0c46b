//! A payload made ready to be read: as text, indented, as a tree of JSON. Made once, off the window's thread.

use std::sync::Arc;

use session::detail::{Detail, PayloadKind, Subject};

use super::json_document::Document;

/// The ways to look at a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// As its protocol says it.
    Decoded,
    /// As text.
    Text,
    /// As a tree of JSON.
    Json,
    /// As bytes.
    Hex,
    /// The card of a Close.
    Close,
    /// The card of an opening handshake.
    Handshake,
    /// The card of how a connection ended.
    Ending,
    /// The card of what protects a connection.
    Security,
}

/// What of a payload is ready.
#[derive(Clone, Debug, Default)]
pub struct Views {
    /// The text; of what is not UTF-8, with a sign where bytes are not text.
    pub text: Arc<str>,
    /// Whether `text` is the payload byte for byte.
    pub exact: bool,
    /// The same indented, where it is JSON.
    pub pretty: Option<Arc<str>>,
    /// The same as a tree.
    pub json: Option<Arc<Document>>,
    /// The first view to show.
    pub first: Option<View>,
}

/// Text that is longer is not indented: what is indented is longer still.
const INDENTED: usize = 4 << 20;

impl Views {
    /// Reads a payload.
    pub fn of(detail: &Detail) -> Self {
        let bytes = detail.payload_bytes();
        let kind = detail.payload.kind;
        let body = if kind == PayloadKind::Close { bytes.get(2..).unwrap_or_default() } else { bytes };
        let text = std::str::from_utf8(body);
        let exact = text.is_ok() && kind != PayloadKind::Close;
        let json = text.ok().and_then(Document::parse).map(Arc::new);
        let pretty =
            json.as_ref().filter(|json| json.text().len() <= INDENTED).map(|json| Arc::from(json.pretty()));
        let readable = text.is_ok_and(|text| !text.is_empty() && !text.chars().any(unreadable));
        let connection = matches!(detail.subject, Subject::Connection(_));
        let first = match kind {
            PayloadKind::Head if connection => Some(View::Handshake),
            PayloadKind::Nothing if connection => Some(View::Ending),
            PayloadKind::Nothing => None,
            PayloadKind::Close => Some(View::Close),
            _ if json.is_some() => Some(View::Json),
            PayloadKind::Text | PayloadKind::Head => Some(View::Text),
            _ if readable => Some(View::Text),
            _ => Some(View::Hex),
        };
        Self { text: Arc::from(String::from_utf8_lossy(body)), exact, pretty, json, first }
    }
}

fn unreadable(character: char) -> bool {
    character.is_control() && !character.is_ascii_whitespace()
}

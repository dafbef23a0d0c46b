//! Walks along one side's frames, chunk by chunk: header, payload, header, or lost in between.
//!
//! Keeps at most a header and the body of a control frame. States what it sees and judges nothing; a header
//! can always be read as one, and the next frame is always attempted.

use crate::event::{Close, Event, Frame, Opening, Part};
use crate::glance::Text;
use crate::ids::{ExtentId, Side, StreamId};
use crate::layer::{Input, Up};
use crate::recall;
use crate::span::Span;
use crate::websocket::close::Body;
use crate::websocket::connection::{Deflate, Opened};
use crate::websocket::header::{FrameHeader, Parsed};
use crate::websocket::mask::unmask_into;
use crate::websocket::message::{Begun, Messages};
use crate::websocket::opcode::Opcode;
use crate::websocket::resync::{Certainty, Search};
use crate::websocket::utf8::{Utf8, Verdict};

/// Longest body of a control frame (RFC 6455 5.5); of a longer one only this much is read.
const CONTROL: usize = 125;

/// Binary messages longer than this are not looked into.
const LOOKED_AT: u64 = 1024;

/// One side's frames.
pub(crate) struct Walker {
    opened: Opened,
    side: Side,
    stream: StreamId,
    walk: Walk,
    messages: Messages,
    /// The extent that the stream stands at.
    extent: ExtentId,
    /// Whether the next header was found and is not simply next in line.
    found: bool,
}

enum Walk {
    /// At a header, of which so many bytes have come.
    Header { at: u64, bytes: [u8; FrameHeader::MAX_LEN], len: usize },
    /// In a payload.
    Payload(Open),
    /// The next header is looked for.
    Lost(Box<Search>),
    /// Behind the end of the stream.
    Over,
}

/// A frame whose payload is being walked over.
struct Open {
    at: u64,
    header: FrameHeader,
    /// Payload bytes gone by, captured or not.
    done: u64,
    missing: u64,
    /// The body of a control frame, unmasked.
    control: Vec<u8>,
    /// Whether the payload by itself is text.
    utf8: Option<Utf8>,
    /// Its last byte, where it is looked at for whether it is text.
    last: u8,
    begun: Begun,
}

impl Walker {
    pub(crate) fn new(opened: Opened, side: Side, stream: StreamId) -> Self {
        let walk = Walk::Header { at: 0, bytes: [0; FrameHeader::MAX_LEN], len: 0 };
        let [client, server] = opened.limited;
        let limited = if side == Side::Client { client } else { server };
        let messages = Messages::new(opened.id, side, stream, limited);
        let found = opened.opening == Opening::MidStream;
        Self { opened, side, stream, walk, messages, extent: ExtentId::new(0), found }
    }

    /// Looks at all that the next bytes will ask for.
    pub(crate) fn warm(&self) -> u64 {
        let at = match &self.walk {
            Walk::Header { at, .. } => *at,
            Walk::Payload(open) => open.done,
            Walk::Lost(_) | Walk::Over => 0,
        };
        let open = self.messages.is_open() || self.found;
        at ^ u64::from(self.opened.id.index()) ^ u64::from(self.extent.index()) ^ u64::from(open)
    }

    /// Looks for the next header from offset `at` on, or takes it that one begins there.
    pub(crate) fn lose(&mut self, at: u64, known: bool, up: &mut Up<'_>) {
        self.found = true;
        self.messages.lose(up);
        self.walk = if known { Walk::at(at) } else { Walk::Lost(Box::new(Search::from(at))) };
    }

    pub(crate) fn input(&mut self, input: Input<'_>, up: &mut Up<'_>) {
        match input {
            Input::Bytes { at, bytes, extent, texts } => {
                self.extent = extent.unwrap_or(self.extent);
                self.bytes(at, bytes, texts, up);
            }
            Input::Gap { at, len } => self.gap(at, len, up),
            Input::Astray { at } => self.astray(at, up),
            Input::End => self.end(up),
        }
    }

    /// The next bytes; `texts` are the whole texts at their beginning, if a frame begins there.
    fn bytes(&mut self, mut at: u64, mut bytes: &[u8], mut texts: &[Text], up: &mut Up<'_>) {
        while !bytes.is_empty() {
            let used = match &mut self.walk {
                Walk::Over => return,
                Walk::Header { at: begun, len, .. } => {
                    if *len == 0 {
                        *begun = at;
                        if let Some(text) =
                            texts.split_off_first().filter(|text| self.whole_text(at, text, up))
                        {
                            let used = text.frame_len();
                            at += used as u64;
                            bytes = bytes.get(used..).unwrap_or_default();
                            continue;
                        }
                    }
                    texts = &[];
                    let Walk::Header { bytes: buf, len, .. } = &mut self.walk else { return };
                    match collect(buf, len, bytes) {
                        (used, Some(header)) => {
                            self.open(header, up);
                            used
                        }
                        (used, None) => used,
                    }
                }
                Walk::Payload(open) => {
                    let left = open.header.payload_len - open.done;
                    let len = left.min(bytes.len() as u64) as usize;
                    let payload = bytes.get(..len).unwrap_or_default();
                    open.payload(payload, &mut self.messages, up.scratch);
                    if open.done == open.header.payload_len {
                        self.close(false, up);
                    }
                    len
                }
                Walk::Lost(search) => {
                    search.bytes(at, bytes);
                    self.found_again(Certainty::Expected, up);
                    return;
                }
            };
            at += used as u64;
            bytes = bytes.get(used..).unwrap_or_default();
        }
    }

    /// Goes on where a header is believed to be, with the bytes that went by since.
    fn found_again(&mut self, certainty: Certainty, up: &mut Up<'_>) {
        let Walk::Lost(search) = &mut self.walk else { return };
        let masked = self.side == Side::Client;
        let compressed = self.opened.deflate != Deflate::No;
        search.expect(masked, compressed);
        let Some(believed) = search.believed(certainty) else { return };
        self.walk = Walk::at(believed.at);
        self.found = true;
        let stand = self.extent;
        let mut next = believed.at;
        for run in recall::runs(up.sink, Some(stand), believed.at, usize::MAX) {
            if run.at > next {
                self.gap(next, run.at - next, up);
            }
            let bytes = up.recall.run(up.sink, &run);
            self.extent = run.extent;
            self.bytes(run.at, &bytes, &[], up);
            next = run.at + u64::from(run.len);
        }
    }

    /// A header is complete.
    fn open(&mut self, header: FrameHeader, up: &mut Up<'_>) {
        let Walk::Header { at, .. } = self.walk else { return };
        // RFC 7692 6: RSV1 on the first frame of a message says that it is compressed.
        let compressed = header.rsv1() && self.opened.deflate != Deflate::No;
        let begun = self.messages.frame(&header, compressed, up);
        let plain_text = begun.part == Part::Whole && header.opcode == Opcode::TEXT && !begun.compressed;
        let open = Open {
            at,
            header,
            done: 0,
            missing: 0,
            control: Vec::new(),
            utf8: plain_text.then(Utf8::default),
            last: 0,
            begun,
        };
        let empty = header.payload_len == 0;
        self.walk = Walk::Payload(open);
        if empty {
            self.close(false, up);
        }
    }

    /// A frame that is there whole, and a valid text, as somebody has seen: nearly all there are. Says whether it is a
    /// message by itself; else it must be looked at like any other.
    #[inline]
    fn whole_text(&mut self, at: u64, text: &Text, up: &mut Up<'_>) -> bool {
        if self.messages.is_open() {
            return false;
        }
        let id = up.ids.frame();
        let message = Some(up.ids.message());
        let frame = Frame {
            id,
            connection: self.opened.id,
            side: self.side,
            stream: self.stream,
            at,
            header: text.header,
            extent: self.extent,
            missing: 0,
            truncated: false,
            resynchronized: core::mem::take(&mut self.found),
            message,
            part: Part::Whole,
            previous: None,
            compressed: false,
            utf8: Some(Verdict::Valid),
            like_json: false,
            close: None,
            echo: None,
        };
        up.say_frame(frame);
        true
    }

    /// A frame is complete, or the stream ended inside it.
    fn close(&mut self, truncated: bool, up: &mut Up<'_>) {
        let Walk::Payload(open) = core::mem::replace(&mut self.walk, Walk::at(0)) else { return };
        let Open { at, header, missing, control, utf8, last, begun, .. } = open;
        let id = up.ids.frame();
        let message = self.messages.number(&begun, up);
        let known = missing == 0;
        let mut utf8 = utf8.filter(|_| known).map(Utf8::finish);
        let text = utf8.take_if(|_| header.opcode == Opcode::BINARY);
        let like_json = text.is_some_and(|text| text.is_valid()) && matches!(last, b'}' | b']');
        let close = (header.opcode == Opcode::CLOSE && known).then(|| {
            let body = Body::read(&control);
            utf8 = Some(body.reason_verdict());
            Close { code: body.code(), reason: Box::from(body.reason()) }
        });
        let echoes = matches!(header.opcode, Opcode::PING | Opcode::PONG) && known;
        let echo = echoes.then(|| control.into_boxed_slice());
        let frame = Frame {
            id,
            connection: self.opened.id,
            side: self.side,
            stream: self.stream,
            at,
            header,
            extent: self.extent,
            missing,
            truncated,
            resynchronized: core::mem::take(&mut self.found),
            message,
            part: begun.part,
            previous: begun.previous,
            compressed: begun.compressed,
            utf8,
            like_json,
            close,
            echo,
        };
        up.say_frame(frame);
        self.messages.frame_done(id, at, &header, missing, truncated, &begun, up);
    }

    fn gap(&mut self, at: u64, len: u64, up: &mut Up<'_>) {
        match &mut self.walk {
            Walk::Over => {}
            Walk::Lost(search) => search.gap(at, len),
            Walk::Payload(open) => {
                let left = open.header.payload_len - open.done;
                let inside = left.min(len);
                open.missing += inside;
                open.done += inside;
                open.utf8 = None;
                self.messages.missing(inside, &open.begun, up);
                if inside == left {
                    self.close(false, up);
                }
                if len > inside {
                    self.gap(at + inside, len - inside, up);
                }
            }
            // What is missing began with a header, or has one in it.
            Walk::Header { .. } => {
                self.messages.abandon(up);
                let mut search = Search::from(at);
                search.gap(at, len);
                self.walk = Walk::Lost(Box::new(search));
                self.messages.lose(up);
            }
        }
    }

    /// It is not known what was missing: what is open has an end that was not seen.
    fn astray(&mut self, at: u64, up: &mut Up<'_>) {
        if let Walk::Payload(open) = &mut self.walk {
            let left = open.header.payload_len - open.done;
            open.missing += left;
            open.utf8 = None;
            self.messages.missing(left, &open.begun, up);
            self.close(false, up);
        }
        if !matches!(self.walk, Walk::Over) {
            self.messages.abandon(up);
            self.walk = Walk::Lost(Box::new(Search::from(at)));
            self.messages.lose(up);
        }
    }

    fn end(&mut self, up: &mut Up<'_>) {
        if let Walk::Lost(_) = self.walk {
            self.found_again(Certainty::ExpectedAtEnd, up);
        }
        if let Walk::Payload(open) = &mut self.walk {
            let left = open.header.payload_len - open.done;
            open.missing += left;
            open.utf8 = None;
            self.messages.missing(left, &open.begun, up);
            self.close(true, up);
        }
        if let Walk::Header { at, len, .. } = self.walk
            && len > 0
        {
            let span = Span { stream: self.stream, at, len: len as u64 };
            up.say(Event::Leftover { connection: self.opened.id, side: self.side, span });
        }
        if !matches!(self.walk, Walk::Over) {
            self.messages.abandon(up);
            self.walk = Walk::Over;
        }
    }
}

impl Walk {
    fn at(at: u64) -> Self {
        Self::Header { at, bytes: [0; FrameHeader::MAX_LEN], len: 0 }
    }
}

impl Open {
    /// Whether the payload is a small binary message that begins as JSON does.
    fn begins_json(&self, bytes: &[u8]) -> bool {
        let key = self.header.mask.map_or(0, |[first, ..]| first);
        self.header.opcode == Opcode::BINARY
            && self.begun.part == Part::Whole
            && !self.begun.compressed
            && (2..=LOOKED_AT).contains(&self.header.payload_len)
            && bytes.first().is_some_and(|byte| matches!(byte ^ key, b'{' | b'['))
    }

    /// Some of the payload.
    fn payload(&mut self, bytes: &[u8], messages: &mut Messages, scratch: &mut [u8]) {
        if self.done == 0 && self.begins_json(bytes) {
            self.utf8 = Some(Utf8::default());
        }
        let keep =
            if self.header.opcode.is_control() { CONTROL.saturating_sub(self.control.len()) } else { 0 };
        let wants_plain = self.utf8.is_some() || keep > 0 || messages.wants_bytes(&self.begun);
        if !wants_plain {
            self.done += bytes.len() as u64;
            return;
        }
        let Some(key) = self.header.mask else {
            self.plain(bytes, keep, messages);
            self.done += bytes.len() as u64;
            return;
        };
        for chunk in bytes.chunks(scratch.len().max(1)) {
            let Some(plain) = scratch.get_mut(..chunk.len()) else { break };
            unmask_into(chunk, plain, key, self.done);
            self.plain(plain, keep.saturating_sub(self.control.len()), messages);
            self.done += chunk.len() as u64;
        }
    }

    fn plain(&mut self, bytes: &[u8], keep: usize, messages: &mut Messages) {
        if let Some(utf8) = &mut self.utf8 {
            utf8.feed(bytes);
            self.last = bytes.last().copied().unwrap_or(self.last);
        }
        self.control.extend_from_slice(bytes.get(..keep.min(bytes.len())).unwrap_or_default());
        messages.bytes(&self.begun, bytes);
    }
}

/// Adds to a header that came in pieces: how many bytes were taken, and the header once it is whole.
fn collect(
    buf: &mut [u8; FrameHeader::MAX_LEN],
    len: &mut usize,
    bytes: &[u8],
) -> (usize, Option<FrameHeader>) {
    // The usual case: all of it is there.
    if *len == 0
        && let Parsed::Done { value, used } = FrameHeader::parse(bytes)
    {
        return (used, Some(value));
    }
    let before = *len;
    for byte in bytes {
        if let Some(place) = buf.get_mut(*len) {
            *place = *byte;
            *len += 1;
        }
        if let Parsed::Done { value, .. } = FrameHeader::parse(buf.get(..*len).unwrap_or_default()) {
            return (*len - before, Some(value));
        }
    }
    (*len - before, None)
}

//! pcapng: sections of blocks, each block with its length before and behind it.
//! `draft-ietf-opsawg-pcapng`; section numbers here are those of its revision 03.
//!
//! ```text
//!  type:4 length:4 body… length:4
//! ```
//!
//! A block whose inside is wrong is passed over with a note; a block whose lengths are wrong ends the capture,
//! since nothing tells where the next one begins.

mod block;
mod packet;

use super::options::{COMMENT, options, text};
use super::{ByteOrder, Container, Format, Found, LONGEST, Need, Precision, Walk};
use crate::link::LinkType;
use crate::step::NoteKind;

pub(super) const SECTION: u32 = 0x0a0d_0d0a;
pub(super) const INTERFACE: u32 = 1;
const PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAMES: u32 = 4;
pub(super) const STATISTICS: u32 = 5;
pub(super) const ENHANCED_PACKET: u32 = 6;
pub(super) const SECRETS: u32 = 10;

/// Blocks that have a name but nothing for us.
const PASSED_OVER: &[(u32, &str)] = &[
    (0x0000_0009, "a systemd journal entry"),
    (0x0000_0bad, "a custom block"),
    (0x4000_0bad, "a custom block"),
    (0x0000_0204, "a Sysdig event"),
    (0x0000_0208, "a Sysdig event with flags"),
    (0x8000_0001, "a process information block of macOS"),
];

/// Interfaces a section can have: a hostile file must not fill memory with them.
const MOST_INTERFACES: usize = 1 << 16;

/// Notes about blocks with a wrong inside; after so many, people know.
const MOST_COMPLAINTS: u32 = 32;

/// A pcapng file being walked.
#[derive(Debug, Default)]
pub(crate) struct PcapNg {
    order: Option<ByteOrder>,
    application: Option<String>,
    /// Those of this section. Blocks name them by their place in it.
    interfaces: Vec<Device>,
    /// How many interfaces earlier sections had.
    interfaces_before: u32,
    last_time: i64,
    /// The block that has already been spoken about, and whose packet is still to be given.
    told_at: Option<u64>,
    told_timeless: bool,
    complaints: u32,
    /// Kinds of blocks that have been passed over.
    passed_over: Vec<u32>,
}

/// What packets need of their interface.
#[derive(Clone, Copy, Debug)]
struct Device {
    link: LinkType,
    snap_len: u32,
    precision: Precision,
    /// Seconds to be added to each time.
    offset: i64,
    /// Packets told to have been dropped.
    dropped: u64,
}

/// A whole block: all its bytes, lengths included, and where its body ends.
#[derive(Clone, Copy)]
struct Block<'a> {
    order: ByteOrder,
    /// The block without the length behind it.
    bytes: &'a [u8],
}

impl Block<'_> {
    fn u16(&self, at: usize) -> Result<u16, Flaw> {
        self.order.u16(self.bytes, at).ok_or(Flaw("it is shorter than its kind must be"))
    }
    fn u32(&self, at: usize) -> Result<u32, Flaw> {
        self.order.u32(self.bytes, at).ok_or(Flaw("it is shorter than its kind must be"))
    }
    fn halves(&self, at: usize) -> Result<u64, Flaw> {
        self.order.halves(self.bytes, at).ok_or(Flaw("it is shorter than its kind must be"))
    }
}

/// What is wrong inside a block.
struct Flaw(&'static str);

impl PcapNg {
    pub(crate) fn format(&self) -> Format {
        Format {
            container: Container::PcapNg,
            compression: None,
            order: self.order,
            precision: self.interfaces.last().map(|device| device.precision),
            application: self.application.clone(),
        }
    }

    pub(crate) fn walk(&mut self, window: &[u8], at: u64) -> Walk {
        self.framed(window, at).unwrap_or_else(Walk::Need)
    }

    /// Finds the block's end, and gives what is inside to whoever reads its kind.
    fn framed(&mut self, window: &[u8], at: u64) -> Result<Walk, Need> {
        const SHORT: Need = Need { bytes: 12, what: "a block", believable: true };
        // The type of a section header reads the same in both byte orders; its fourth word tells which it is.
        let section = window.first_chunk() == Some(&SECTION.to_le_bytes());
        let order = match (section, self.order) {
            (false, Some(order)) => order,
            _ => match ByteOrder::Little.u32(window, 8).ok_or(SHORT)? {
                0x1a2b_3c4d => ByteOrder::Little,
                0x4d3c_2b1a => ByteOrder::Big,
                other => {
                    return Ok(Walk::Damaged(format!(
                        "a section header has {other:#010x} in place of the byte-order magic"
                    )));
                }
            },
        };
        let (kind, len) = (order.u32(window, 0).ok_or(SHORT)?, order.u32(window, 4).ok_or(SHORT)?);
        if len < 12 || len % 4 != 0 || len > LONGEST {
            return Ok(Walk::Damaged(format!("a block of {len} bytes is claimed, which cannot be")));
        }
        let len = len as usize;
        let need = Need { bytes: len, what: "a block", believable: true };
        let Some(block) = window.get(..len) else { return Err(need) };
        let bytes = block.get(..len - 4).unwrap_or_default();
        if order.u32(block, len - 4) != Some(len as u32) {
            let behind = order.u32(block, len - 4).unwrap_or_default();
            return Ok(Walk::Damaged(format!(
                "a block begins with the length {len} and ends with the length {behind}"
            )));
        }
        Ok(self.block(kind, Block { order, bytes }, at, len))
    }

    fn block(&mut self, kind: u32, block: Block<'_>, at: u64, len: usize) -> Walk {
        let first_time = self.told_at.take() != Some(at);
        if first_time && let Some(note) = self.before_packet(kind, block) {
            // The block stays where it is and is walked once more, for its packet.
            self.told_at = Some(at);
            return Walk::Took { take: 0, found: note };
        }
        let found = match kind {
            SECTION => return self.section(block, len),
            INTERFACE if self.interfaces.len() >= MOST_INTERFACES => {
                return Walk::Damaged(format!("a section describes more than {MOST_INTERFACES} interfaces"));
            }
            INTERFACE => self.interface(block),
            ENHANCED_PACKET => self.enhanced_packet(block),
            SIMPLE_PACKET => self.simple_packet(block),
            PACKET => self.obsolete_packet(block),
            NAMES => block::names(block),
            STATISTICS => self.statistics(block),
            SECRETS => block::secrets(block),
            other => Ok(self.pass_over(other)),
        };
        match found {
            Ok(found) => Walk::Took { take: len, found },
            Err(Flaw(flaw)) => {
                self.complaints = self.complaints.saturating_add(1);
                let found = match self.complaints {
                    ..MOST_COMPLAINTS => {
                        Found::Note(NoteKind::Damaged, format!("a block was passed over: {flaw}"))
                    }
                    MOST_COMPLAINTS => Found::Note(
                        NoteKind::Damaged,
                        format!("a block was passed over: {flaw}; further ones are not told"),
                    ),
                    _ => Found::Nothing,
                };
                Walk::Took { take: len, found }
            }
        }
    }

    /// Section Header Block (4.1): a new beginning, perhaps in the other byte order.
    fn section(&mut self, block: Block<'_>, len: usize) -> Walk {
        let Ok(major) = block.u16(12) else {
            return Walk::Damaged("a section header is too short to hold its version".to_owned());
        };
        if major != 1 {
            return Walk::Damaged(format!("a section of pcapng version {major} begins, and only 1 is known"));
        }
        self.order = Some(block.order);
        self.interfaces_before =
            self.interfaces_before.saturating_add(u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX));
        self.interfaces.clear();
        let mut comments = Vec::new();
        for option in options(block.order, block.bytes, 24) {
            match option.code {
                COMMENT => comments.push(text(block.bytes, option.value)),
                4 => self.application = Some(text(block.bytes, option.value)),
                _ => {}
            }
        }
        let found = if comments.is_empty() {
            Found::Nothing
        } else {
            Found::Note(NoteKind::Comment, comments.join("\n"))
        };
        Walk::Took { take: len, found }
    }

    /// Each kind of block that is not read is told once.
    fn pass_over(&mut self, kind: u32) -> Found {
        const KINDS_TOLD: usize = 16;
        if self.passed_over.contains(&kind) || self.passed_over.len() >= KINDS_TOLD {
            return Found::Nothing;
        }
        self.passed_over.push(kind);
        let says = match PASSED_OVER.iter().find(|(number, _)| *number == kind) {
            Some((_, name)) => format!("{name} was passed over, as will be others of its kind"),
            None => {
                format!(
                    "a block of the unknown type {kind:#010x} was passed over, as will be others of its kind"
                )
            }
        };
        Found::Note(NoteKind::Skipped, says)
    }
}

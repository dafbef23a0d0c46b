//! What reading a capture yields, one step at a time.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::batch::Batch;
use crate::bytes::Bytes;
use crate::error::CaptureError;
use crate::format::{Format, Precision};
use crate::link::LinkType;
use crate::record::{FileSpan, Record};

/// A capture that may still grow; a finished file is the case that ends.
pub trait Growing: Send {
    /// What comes next. Waits up to `patience` where the capture has nothing more yet, then says [`Step::Idle`].
    ///
    /// After an error, as after [`Step::End`], there is only [`Step::End`].
    fn next(&mut self, patience: Duration) -> Result<Step<'_>, CaptureError>;

    /// The packets that come next and are in memory already, as far as there is nothing to say before one of them.
    /// Where there are none, [`next`](Self::next) says why; a reader need not know this way.
    fn batch(&mut self, batch: &mut Batch) {
        batch.clear();
    }

    /// Begins anew with the first step. The bytes stay the same, so spans that were given out keep their meaning.
    fn rewind(&mut self);

    /// The capture's bytes by position, for looking at spans again, also after this reader is gone.
    fn bytes(&self) -> Arc<dyn Bytes>;

    /// How far reading has come.
    fn progress(&self) -> Progress;

    /// What kind of file it is; `None` while a pipe has not yet said enough to tell.
    fn format(&self) -> Option<Format>;
}

/// One step through a capture.
#[derive(Clone, Debug)]
pub enum Step<'a> {
    /// A packet.
    Record(Record<'a>),
    /// An interface that later packets name. A pcap file has one, said before its first packet.
    Interface(Interface),
    /// Secrets for decryption that the capture carries (pcapng Decryption Secrets Block).
    Secrets {
        /// What they are: [`NSS_KEY_LOG`] is a TLS key log.
        kind: u32,
        /// Where the secrets themselves lie.
        span: FileSpan,
    },
    /// Names that the capture gives to addresses.
    Names(Vec<Name>),
    /// Something people should know about the capture.
    Note(Note),
    /// Nothing new came within the patience given; more may come.
    Idle,
    /// The source has ended.
    End,
}

/// The kind of secrets that are an NSS key log (`SSLKEYLOGFILE`).
pub const NSS_KEY_LOG: u32 = 0x544c_534b;

/// Where packets were captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its number, counted through all sections of the capture.
    pub id: u32,
    /// The link type of its packets.
    pub link: LinkType,
    /// How many bytes of a packet were kept at most; 0 is no limit.
    pub snap_len: u32,
    /// How fine its times are.
    pub precision: Precision,
    /// The device, such as `eth0`.
    pub name: Option<String>,
    /// What the system calls it.
    pub description: Option<String>,
    /// The capture filter that was set.
    pub filter: Option<String>,
    /// The system it belongs to.
    pub system: Option<String>,
    /// What somebody wrote about it.
    pub comment: Option<String>,
}

/// A name that the capture gives to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The address.
    pub address: IpAddr,
    /// Its name.
    pub name: String,
}

/// Something people should know about the capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The offset in the (unpacked) capture that it is about.
    pub at: u64,
    /// What kind of thing.
    pub kind: NoteKind,
    /// One sentence, without a final period.
    pub says: String,
}

/// What a [`Note`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The file is not what its format demands from here on, or in this place.
    Damaged,
    /// The file ends inside something that it had begun.
    Cut,
    /// Packets that the capturing system saw and did not record.
    Dropped {
        /// How many more than earlier notes of this kind have told.
        packets: u64,
    },
    /// Something was passed over that this program does not read.
    Skipped,
    /// What somebody wrote into the capture about the capture.
    Comment,
    /// The source, or the temporary file that holds it, failed; what came before is there.
    Source,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of those the source holds; of a compressed file, compressed bytes.
    pub done: u64,
    /// Bytes that the source holds, as far as can be known.
    pub total: Option<u64>,
}

//! Secrets put into a capture that is already written, in front of the packets that need them: readers that go through a
//! file once must have met them by then (pcapng 4.7).

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::pcapng::SECTION;
use super::write::{NewInterface, Packet, PcapNgWriter};
use crate::error::CaptureError;
use crate::open::{Source, open};
use crate::step::Step;

/// Puts secrets of this kind into the capture at `path`. The file is written anew beside itself and takes its place in
/// the end, so that a failure leaves it as it was. What is no pcapng becomes one.
pub fn put_in_front(path: &Path, kind: u32, secrets: &[u8]) -> Result<(), CaptureError> {
    let fails = |source| CaptureError::Write { path: path.to_owned(), source };
    let beside = beside(path);
    let done = write_anew(path, &beside, kind, secrets, &fails);
    let done = done.and_then(|()| std::fs::rename(&beside, path).map_err(fails));
    if done.is_err() {
        // It may not be there.
        let _ = std::fs::remove_file(&beside);
    }
    done
}

/// `.out.pcapng.new`
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

fn write_anew(
    path: &Path,
    beside: &Path,
    kind: u32,
    secrets: &[u8],
    fails: &dyn Fn(io::Error) -> CaptureError,
) -> Result<(), CaptureError> {
    let from = File::open(path).map_err(|source| CaptureError::opening(path.to_owned(), source))?;
    let to = create(beside).map_err(fails)?;
    let about = from.metadata().map_err(fails)?;
    let mut from = BufReader::new(from);
    let mut to = BufWriter::new(to);
    match section(&mut from).map_err(fails)? {
        Some(section) => splice(from, &section, kind, secrets, &mut to).map_err(fails)?,
        None => convert(path, kind, secrets, &mut to, fails)?,
    }
    let to = to.into_inner().map_err(|error| fails(error.into_error()))?;
    // Whoever may read the one may read the other.
    to.set_permissions(about.permissions()).map_err(fails)?;
    keep_owner(&to, &about);
    to.sync_all().map_err(fails)
}

/// The section header that a pcapng begins with, without a word on how long the section is; nothing where the file is
/// another, or of the other byte order.
fn section(from: &mut BufReader<File>) -> io::Result<Option<Vec<u8>>> {
    const LONGEST_HEADER: u32 = 1 << 20;
    let mut head = [0; 12];
    let there = from.read_exact(&mut head).is_ok();
    from.seek(SeekFrom::Start(0))?;
    let [kind, len, magic] = [0, 4, 8].map(|at| {
        let word = head.get(at..).and_then(<[u8]>::first_chunk);
        word.map_or(0, |word| u32::from_le_bytes(*word))
    });
    if !there || kind != SECTION || magic != 0x1a2b_3c4d || !(28..LONGEST_HEADER).contains(&len) {
        return Ok(None);
    }
    let mut block = vec![0; len as usize];
    from.read_exact(&mut block)?;
    if let Some(section_len) = block.get_mut(16..24) {
        section_len.fill(0xff);
    }
    Ok(Some(block))
}

/// The section, the secrets, and all the rest as it was.
fn splice(
    mut rest: BufReader<File>,
    section: &[u8],
    kind: u32,
    secrets: &[u8],
    to: &mut impl Write,
) -> io::Result<()> {
    to.write_all(section)?;
    PcapNgWriter::within(&mut *to).secrets(kind, secrets)?;
    io::copy(&mut rest, to)?;
    Ok(())
}

/// Any capture, read and written as pcapng.
fn convert(
    path: &Path,
    kind: u32,
    secrets: &[u8],
    to: &mut impl Write,
    fails: &dyn Fn(io::Error) -> CaptureError,
) -> Result<(), CaptureError> {
    let mut capture = open(Source::File { path: path.to_owned(), follow: false })?;
    let application = concat!("wscope ", env!("CARGO_PKG_VERSION"));
    let mut writer = PcapNgWriter::new(to, application).map_err(fails)?;
    writer.secrets(kind, secrets).map_err(fails)?;
    loop {
        match capture.next(Duration::ZERO)? {
            Step::Interface(interface) => {
                let described = NewInterface {
                    link: interface.link,
                    snap_len: interface.snap_len,
                    name: interface.name.as_deref(),
                    description: interface.description.as_deref(),
                    filter: interface.filter.as_deref(),
                };
                writer.interface(&described).map_err(fails)?;
            }
            Step::Record(record) => {
                let packet = Packet {
                    interface: record.interface,
                    time: record.time,
                    wire_len: record.wire_len,
                    data: record.data,
                    comment: record.comment.as_deref(),
                };
                writer.packet(&packet).map_err(fails)?;
            }
            Step::Secrets { .. } | Step::Names(_) | Step::Note(_) | Step::Idle => {}
            Step::End => return writer.flush().map_err(fails),
        }
    }
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).open(path)
}

#[cfg(unix)]
fn keep_owner(file: &File, as_of: &std::fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Only root can give a file away, and only root needs to.
    let _ = fchown(file, Some(as_of.uid()), Some(as_of.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &std::fs::Metadata) {}

//! Compressed captures: gzip members, zstd frames and lz4 frames, one after the other, in any number.
//!
//! What stood before damage or a cut is there. Memory is bounded by the formats' windows.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::format::{Compression, compressed};
use crate::live::{Input, SpoolWriter, Stop};
use crate::step::NoteKind;

/// The largest window a zstd frame may ask memory for: that of `zstd --ultra --long=27`, and as much again.
const ZSTD_WINDOW: u64 = 256 << 20;

/// How much is handed on at a time.
const PIECE: usize = 256 << 10;

/// Unpacks all of `input`.
pub(crate) fn unpack(input: &mut Input, to: &mut SpoolWriter) -> Result<(), Stop> {
    loop {
        let head = input.peek(8);
        if head.is_empty() {
            return Ok(());
        }
        // RFC 8878 3.1.2: a skippable frame is a magic number, a length and so many bytes.
        if let [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] = head {
            let len = rest.first_chunk().map_or(4, |raw| u64::from(u32::from_le_bytes(*raw)));
            skip(input, len.saturating_add(8))?;
            continue;
        }
        let legacy = head.starts_with(&[0x02, 0x21, 0x4c, 0x18]);
        let Some(how) = compressed(head) else {
            // Padding, as tapes and some tools leave behind, is nothing to speak of.
            if head.iter().all(|byte| *byte == 0) {
                return Ok(());
            }
            let says = "what stands behind the compressed data is not compressed, and was left out";
            return Err(Stop::Failed(NoteKind::Skipped, says.to_owned()));
        };
        to.compressed(how);
        match how {
            Compression::Gzip => {
                let mut decoder = flate2::bufread::GzDecoder::new(&mut *input);
                pour(&mut decoder, |decoder| decoder.get_ref(), to, how)?;
            }
            Compression::Lz4 => {
                let mut decoder = lz4_flex::frame::FrameDecoder::new(&mut *input);
                pour(&mut decoder, |decoder| decoder.get_ref(), to, how)?;
                // The decoder takes the end of its input for the end of the frame. Only the legacy format
                // ends so; other frames end with a mark, behind which nothing more is asked for.
                if input.ran_dry() && !legacy {
                    return Err(cut(how));
                }
            }
            Compression::Zstd => zstd(input, to)?,
        }
    }
}

/// Hands on all that `decoder` yields. `input` finds the source inside it.
fn pour<'i, D: Read>(
    decoder: &mut D,
    input: impl for<'d> Fn(&'d D) -> &'d &'i mut Input,
    to: &mut SpoolWriter,
    how: Compression,
) -> Result<(), Stop> {
    let mut piece = vec![0; PIECE];
    loop {
        match decoder.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(got) => to.give(piece.get(..got).unwrap_or_default(), input(decoder).taken())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) if input(decoder).ran_dry() => return Err(cut(how)),
            Err(error) => return Err(damaged(how, &error)),
        }
    }
}

/// One zstd frame, block by block. The decoder keeps its window back until the frame has ended, so at a cut
/// it is given an empty last block, and yields what it has.
fn zstd(input: &mut Input, to: &mut SpoolWriter) -> Result<(), Stop> {
    const EMPTY_LAST_BLOCK_AND_CHECKSUM: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];
    const ONE: BlockDecodingStrategy = BlockDecodingStrategy::UptoBlocks(1);
    let how = Compression::Zstd;
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(ZSTD_WINDOW);
    let mut ending = decoder.init(&mut *input).err();
    if ending.is_some() {
        return Err(stopped(how, input, ending));
    }
    let mut piece = vec![0; PIECE];
    loop {
        if !decoder.is_finished() {
            ending = decoder.decode_blocks(&mut *input, ONE).err();
            if ending.is_some()
                && decoder.decode_blocks(EMPTY_LAST_BLOCK_AND_CHECKSUM.as_slice(), ONE).is_err()
            {
                return Err(stopped(how, input, ending));
            }
        }
        while decoder.can_collect() > 0 {
            let got = decoder.read(&mut piece).unwrap_or(0);
            if got == 0 {
                break;
            }
            to.give(piece.get(..got).unwrap_or_default(), input.taken())?;
        }
        if ending.is_some() {
            return Err(stopped(how, input, ending));
        }
        if decoder.is_finished() {
            return Ok(());
        }
    }
}

fn stopped(how: Compression, input: &Input, error: Option<impl std::fmt::Display>) -> Stop {
    match error {
        Some(error) if !input.ran_dry() => damaged(how, &error),
        _ => cut(how),
    }
}

fn skip(input: &mut Input, mut len: u64) -> Result<(), Stop> {
    while len > 0 {
        let there = input.fill_buf().map_or(0, <[u8]>::len);
        if there == 0 {
            return Err(cut(Compression::Zstd));
        }
        let now = usize::try_from(len).unwrap_or(there).min(there);
        input.consume(now);
        len = len.saturating_sub(now as u64);
    }
    Ok(())
}

fn cut(how: Compression) -> Stop {
    let says = format!("the {how} file ends before its compressed data does; what came before is there");
    Stop::Failed(NoteKind::Cut, says)
}

fn damaged(how: Compression, error: &dyn std::fmt::Display) -> Stop {
    let says = format!("the {how} data is damaged ({error}); what came before is there");
    Stop::Failed(NoteKind::Damaged, says)
}

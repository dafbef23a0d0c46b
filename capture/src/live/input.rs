//! A source that can be looked into before it is read, and that remembers whether it has ended or failed.

use std::io::{self, BufRead, Read};

const BUFFER: usize = 256 << 10;

/// A buffered source.
pub(crate) struct Input {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    taken: u64,
    ended: bool,
    failure: Option<String>,
}

impl Input {
    pub(crate) fn new(source: Box<dyn Read + Send>) -> Self {
        Self { source, buffer: vec![0; BUFFER], at: 0, end: 0, taken: 0, ended: false, failure: None }
    }

    /// The next bytes, `wanted` of them unless the source ends before. They stay to be read.
    pub(crate) fn peek(&mut self, wanted: usize) -> &[u8] {
        while self.end - self.at < wanted && !self.ended {
            self.more();
        }
        let waiting = self.waiting();
        waiting.get(..wanted).unwrap_or(waiting)
    }

    /// Bytes taken out so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether somebody wanted bytes that are not there.
    pub(crate) fn ran_dry(&self) -> bool {
        self.ended && self.at == self.end
    }

    /// Why the source could not be read on, if that is how it ended.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.get(self.at..self.end).unwrap_or_default()
    }

    /// Reads once. What is buffered goes to the front only where the room behind it is used up.
    fn more(&mut self) {
        if self.at == self.end {
            (self.at, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.at..self.end, 0);
            (self.at, self.end) = (0, self.end - self.at);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        match self.source.read(room) {
            Ok(0) => self.ended = true,
            Ok(got) => self.end = self.end.saturating_add(got).min(self.buffer.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                self.ended = true;
                self.failure = Some(error.to_string());
            }
        }
    }
}

impl Read for Input {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.fill_buf()?.read(into)?;
        self.consume(got);
        Ok(got)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at == self.end && !self.ended {
            self.more();
        }
        Ok(self.waiting())
    }

    fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.end - self.at);
        self.at += amount;
        self.taken = self.taken.saturating_add(amount as u64);
    }
}

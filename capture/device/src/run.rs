//! From the first device to the last word: the loop that waits, drains devices, writes and reports.

use std::io::{self, ErrorKind, IsTerminal, stdout};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use capture::live::report::{Counts, Ending, Refusal, Report};

use crate::devices::{self, Open};
use crate::ends::Ends;
use crate::options::Options;
use crate::output::Output;
use crate::rights;
use crate::words::say;

/// Packets taken from a device before others have their turn.
const TURN: usize = 4096;
/// Packets taken at once. On the loopback device one may have 64 kB, and what is gathered is handed on between.
const ONCE: usize = 16;
/// Between two reports.
const REPORT: Duration = Duration::from_secs(1);
/// What the kernel still gathers when the end is asked for comes out in this time.
const LAST: Duration = Duration::from_millis(60);

/// Captures until something ends it.
pub(crate) fn run(options: &Options) -> ExitCode {
    let (mut running, mut ends) = match begin(options) {
        Ok(begun) => begun,
        Err(refusal) => {
            say(&Report::Refused(refusal));
            return ExitCode::from(2);
        }
    };
    let why = running.until_over(&mut ends);
    let why = running.finish(why);
    let code = match why {
        Ending::Asked | Ending::Enough | Ending::Unread => ExitCode::SUCCESS,
        Ending::Devices(_) | Ending::Disk(_) => ExitCode::from(2),
    };
    say(&Report::Ended { why, counts: running.counts() });
    code
}

fn begin(options: &Options) -> Result<(Running<'_>, Ends), Refusal> {
    let failed = |says: String| Refusal::Other { says };
    if stdout().is_terminal() && (options.write.is_none() || options.copy) {
        return Err(failed(
            "a capture is nothing for a terminal: name a file with -w, or send it to a pipe".into(),
        ));
    }
    let ends = Ends::listen().map_err(|error| failed(format!("signals cannot be listened to: {error}")))?;
    let mut devices = devices::open(options)?;
    rights::give_up().map_err(|error| {
        failed(format!("the rights cannot be given up ({error}), so nothing is captured"))
    })?;
    if let Some(filter) = &options.filter {
        devices::filter(&mut devices, filter)?;
    }
    let output = Output::new(options, &devices).map_err(|error| failed(error.to_string()))?;
    let mut running = Running { options, output, devices, since: Instant::now() };
    running.output.flush(&[]).map_err(|error| failed(format!("nothing can be written: {error}")))?;
    say(&Report::Ready { devices: options.interface.clone() });
    Ok((running, ends))
}

/// A capture that has begun.
struct Running<'a> {
    options: &'a Options,
    output: Output,
    devices: Vec<Open>,
    since: Instant,
}

impl Running<'_> {
    fn until_over(&mut self, ends: &mut Ends) -> Ending {
        let (mut reported, mut next) = (self.counts(), REPORT);
        loop {
            if let Err(ending) = self.drain() {
                return ending;
            }
            let age = self.since.elapsed();
            let seconds = self.options.seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            if seconds.is_some_and(|most| age >= most) {
                return Ending::Enough;
            }
            if age >= next {
                self.devices.iter_mut().for_each(Open::count);
                let counts = self.counts();
                if counts != reported {
                    say(&Report::Counts(counts));
                    reported = counts;
                }
                next = age + REPORT;
            }
            let patience = seconds.map_or(next, |most| most.min(next)).saturating_sub(age);
            match ends.wait(&self.devices, patience) {
                Ok(false) => {}
                Ok(true) => return Ending::Asked,
                Err(error) => return Ending::Devices(error.to_string()),
            }
        }
    }

    /// Takes what all devices have, and hands it on.
    fn drain(&mut self) -> Result<(), Ending> {
        for place in 0..self.devices.len() {
            match self.take(place) {
                Ok(()) => {}
                Err(Fault::Over(ending)) => {
                    self.hand_on()?;
                    return Err(ending);
                }
                Err(Fault::Device(says)) => {
                    self.hand_on()?;
                    self.lose(place, says)?;
                }
            }
        }
        self.hand_on()
    }

    /// A device is gone: the others go on, if there are any.
    fn lose(&mut self, place: usize, says: String) -> Result<(), Ending> {
        let Some(device) = self.devices.get_mut(place) else { return Ok(()) };
        device.gone = true;
        let device = device.name.clone();
        if self.devices.iter().all(|device| device.gone) {
            return Err(Ending::Devices(format!("{device}: {says}")));
        }
        say(&Report::Lost { device, says });
        Ok(())
    }

    /// Takes packets of one device until it has none, or has had its turn.
    fn take(&mut self, place: usize) -> Result<(), Fault> {
        let mut taken = 0;
        while taken < TURN {
            let left = self.options.packets.map(|most| most.saturating_sub(self.captured()));
            let most_bytes = self.options.bytes.unwrap_or(u64::MAX);
            if left == Some(0) || self.output.len() >= most_bytes {
                return Err(Fault::Over(Ending::Enough));
            }
            let some = left.map_or(ONCE, |left| usize::try_from(left).unwrap_or(ONCE).min(ONCE));
            let output = &mut self.output;
            let Some(device) = self.devices.get_mut(place).filter(|device| !device.gone) else {
                return Ok(());
            };
            let (unit, mut kept, mut failed) = (device.unit, 0, None);
            let got = device.capture.dispatch(Some(some), |packet| {
                let over = failed.is_some() || output.len() >= most_bytes;
                if over {
                    return;
                }
                let time = nanoseconds(packet.header, unit);
                match output.packet(place, time, packet.header.len, packet.data) {
                    Ok(()) => kept += 1,
                    Err(error) => failed = Some(error),
                }
            });
            device.captured += kept;
            if let Some(error) = failed {
                return Err(Fault::Over(Ending::Disk(error.to_string())));
            }
            match got {
                Ok(0) | Err(pcap::Error::TimeoutExpired | pcap::Error::NoMorePackets) => return Ok(()),
                Ok(got) => taken += got,
                Err(error) => return Err(Fault::Device(devices::words(&error))),
            }
            if self.output.full() {
                self.hand_on().map_err(Fault::Over)?;
            }
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), Ending> {
        self.output.flush(&self.devices).map_err(unwritten)
    }

    /// Takes what the kernel still has, and writes the last counts.
    fn finish(&mut self, why: Ending) -> Ending {
        let mut why = why;
        if why == Ending::Asked {
            std::thread::sleep(LAST);
            if let Err(ending) = self.drain() {
                why = ending;
            }
        }
        self.devices.iter_mut().for_each(Open::count);
        // Where the disk is full, these few bytes may yet find room.
        let last = self.output.statistics(&self.devices).and_then(|()| self.output.flush(&self.devices));
        match (last, why) {
            (Err(error), Ending::Asked | Ending::Enough) => unwritten(error),
            (_, why) => why,
        }
    }

    fn captured(&self) -> u64 {
        self.devices.iter().map(|device| device.captured).sum()
    }

    fn counts(&self) -> Counts {
        let dropped = self.devices.iter().map(|device| device.dropped).sum();
        Counts { captured: self.output.packets, written: self.output.written, dropped }
    }
}

/// When a packet came, in nanoseconds since the epoch; `unit` of them are what its header counts.
#[allow(clippy::useless_conversion, reason = "these numbers have 32 bits on other systems")]
fn nanoseconds(header: &pcap::PacketHeader, unit: i64) -> i64 {
    i64::from(header.ts.tv_sec) * 1_000_000_000 + i64::from(header.ts.tv_usec) * unit
}

/// Why a device brought no more.
enum Fault {
    Device(String),
    Over(Ending),
}

fn unwritten(error: io::Error) -> Ending {
    match error.kind() {
        ErrorKind::BrokenPipe => Ending::Unread,
        _ => Ending::Disk(error.to_string()),
    }
}

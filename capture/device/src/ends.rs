//! What may end a capture from outside: signals, and the end of standard input where that is a pipe.

use std::io::{self, Read, stdin};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, fstat};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::devices::Open;

/// Those who may say that it is over.
pub(crate) struct Ends {
    signals: UnixStream,
    /// Whether standard input is somebody's to close. A terminal, a file or `/dev/null` is not.
    held: bool,
    over: bool,
}

impl Ends {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        let (signals, raised) = UnixStream::pair()?;
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::low_level::pipe::register(signal, raised.try_clone()?)?;
        }
        let kind = FileType::from_raw_mode(fstat(stdin().as_fd())?.st_mode);
        let held = matches!(kind, FileType::Fifo | FileType::Socket);
        Ok(Self { signals, held, over: false })
    }

    /// Waits until a device brings something, somebody says that it is over, or `patience` ends. Whether it is over.
    pub(crate) fn wait(&mut self, devices: &[Open], patience: Duration) -> io::Result<bool> {
        let input = stdin();
        let mut fds = vec![PollFd::new(&self.signals, PollFlags::IN)];
        if self.held {
            fds.push(PollFd::new(&input, PollFlags::IN));
        }
        let there = devices.iter().filter(|device| !device.gone);
        fds.extend(there.map(|device| PollFd::new(&device.capture, PollFlags::IN)));
        let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
        match poll(&mut fds, Some(&patience)) {
            Ok(_) => {}
            Err(error) if error == rustix::io::Errno::INTR => {}
            Err(error) => return Err(error.into()),
        }
        let signaled = fds.first().is_some_and(|fd| !fd.revents().is_empty());
        let spoken = self.held && fds.get(1).is_some_and(|fd| !fd.revents().is_empty());
        drop(fds);
        // What is said on standard input is not listened to, only its end.
        let closed = spoken && !input.lock().read(&mut [0; 512]).is_ok_and(|got| got > 0);
        self.over |= signaled || closed;
        Ok(self.over)
    }
}

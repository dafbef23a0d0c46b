//! The newest of what was asked of a thread: whatever was asked before it does not count any more.

use std::sync::mpsc::{Receiver, TryRecvError};

/// Takes all requests that wait, and gives the last one; an error where nobody asks any more.
pub(super) fn newest<T>(requests: &Receiver<T>) -> Result<Option<T>, ()> {
    let mut newest = None;
    loop {
        match requests.try_recv() {
            Ok(request) => newest = Some(request),
            Err(TryRecvError::Empty) => return Ok(newest),
            Err(TryRecvError::Disconnected) => return Err(()),
        }
    }
}

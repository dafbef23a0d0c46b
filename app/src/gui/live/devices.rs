//! The devices and how busy they are, asked by a thread for as long as somebody wants to know.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use session::capture::live::device::{Device, Obstacle};
use session::capture::live::tool::Tool;
use session::capture::live::{grant, listing};

use super::rates::{self, SECONDS};
use crate::gui::rows::VirtualRows;

/// What is known of the devices, and where their list stands.
pub struct Devices {
    told: Receiver<Told>,
    /// Nothing until they are listed for the first time.
    pub listed: Option<Result<Vec<Device>, String>>,
    /// Who listed them.
    tool: Option<Tool>,
    /// Packets a second, the newest last.
    rates: BTreeMap<String, Vec<u64>>,
    before: Option<BTreeMap<String, u64>>,
    /// The device that was chosen.
    pub chosen: Option<String>,
    /// Where the list stands.
    pub rows: VirtualRows,
}

enum Told {
    Listed(Result<(Vec<Device>, Tool), String>),
    Packets(BTreeMap<String, u64>),
}

/// How many seconds a list holds.
const FRESH: u32 = 5;

impl Devices {
    /// Asks from now on, until this is gone; `wake` is called when something is new.
    pub fn ask(tools: Vec<Tool>, height: f32, wake: impl Fn() + Send + 'static) -> Self {
        let (tell, told) = channel();
        std::thread::spawn(move || watch(&tools, &tell, wake));
        Self {
            told,
            listed: None,
            tool: None,
            rates: BTreeMap::new(),
            before: None,
            chosen: None,
            rows: VirtualRows::new(height),
        }
    }

    /// Takes what the thread has found.
    pub fn take(&mut self) {
        while let Ok(told) = self.told.try_recv() {
            match told {
                Told::Listed(Ok((mut devices, tool))) => {
                    // The system's order is by how likely one is meant; those that are off go behind.
                    devices.sort_by_key(|device| !device.up);
                    self.tool = Some(tool);
                    self.listed = Some(Ok(devices));
                }
                Told::Listed(Err(says)) => self.listed = Some(Err(says)),
                Told::Packets(now) => self.count(now),
            }
        }
    }

    fn count(&mut self, now: BTreeMap<String, u64>) {
        let Some(before) = self.before.replace(now.clone()) else { return };
        for (name, packets) in now {
            let Some(earlier) = before.get(&name) else { continue };
            let rates = self.rates.entry(name).or_default();
            rates.push(packets.saturating_sub(*earlier));
            if rates.len() > SECONDS {
                rates.remove(0);
            }
        }
    }

    /// The devices there are.
    pub fn all(&self) -> &[Device] {
        self.listed.as_ref().and_then(|listed| listed.as_ref().ok()).map_or(&[], Vec::as_slice)
    }

    /// Packets of a device in each of the last seconds, where the system counts them.
    pub fn rates(&self, device: &str) -> Option<&[u64]> {
        self.rates.get(device).map(Vec::as_slice)
    }

    /// Whether a device cannot be opened because the user has no right to.
    pub fn lacks_rights(&self) -> bool {
        self.all().iter().any(|device| matches!(device.obstacle, Some(Obstacle::Rights(_))))
    }

    /// What to do where rights are lacking, in words that end a sentence; and the command that does it.
    pub fn grant(&self) -> Option<(String, Option<String>)> {
        let tool = self.tool.as_ref()?;
        Some((grant::advice(tool), grant::command(tool)))
    }

    /// The file that is to be given rights.
    pub fn program(&self) -> Option<std::path::PathBuf> {
        self.tool.as_ref()?.path().map(ToOwned::to_owned)
    }

    /// The device that is chosen, else the first that may be captured from.
    pub fn meant(&self) -> Option<&Device> {
        let chosen = self.chosen.as_ref();
        let named = chosen.and_then(|name| self.all().iter().find(|device| device.name == *name));
        named.or_else(|| self.all().iter().find(|device| device.obstacle.is_none()))
    }
}

/// Ends a second after nobody listens any more.
fn watch(tools: &[Tool], tell: &Sender<Told>, wake: impl Fn()) {
    let mut before = None;
    for second in 0_u32.. {
        // Without a change there is nothing to draw: the list on a quiet machine costs nothing.
        if second % FRESH == 0 && tell.send(Told::Listed(listing::devices_by(tools))).is_err() {
            return;
        }
        let packets = rates::packets();
        let same = packets == before && second % FRESH != 0;
        if let Some(packets) = packets.clone()
            && tell.send(Told::Packets(packets)).is_err()
        {
            return;
        }
        before = packets;
        if !same {
            wake();
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

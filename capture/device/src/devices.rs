//! Devices being captured from. What their packets mean is not known here.

use std::collections::HashMap;

use capture::LinkType;
use capture::live::report::Refusal;
use pcap::{Active, Capture, Linktype, Precision};

use crate::options::Options;

/// How long the kernel may gather packets before it hands them on, in milliseconds.
const GATHER: i32 = 20;

/// An open device.
pub(crate) struct Open {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) capture: Capture<Active>,
    pub(crate) link: LinkType,
    /// Nanoseconds in a unit of the times that it gives.
    pub(crate) unit: i64,
    /// libpcap's own count of dropped packets, which has 32 bits and wraps.
    last_dropped: u32,
    pub(crate) dropped: u64,
    pub(crate) captured: u64,
    /// Whether it brings nothing any more.
    pub(crate) gone: bool,
}

impl Open {
    /// Looks at the system's count of dropped packets. A device that is gone keeps its last one.
    pub(crate) fn count(&mut self) {
        if let Ok(stat) = self.capture.stats() {
            let now = stat.dropped.wrapping_add(stat.if_dropped);
            self.dropped += u64::from(now.wrapping_sub(self.last_dropped));
            self.last_dropped = now;
        }
    }
}

/// Opens all devices that were asked for. They bring everything until [`filter`] was called.
pub(crate) fn open(options: &Options) -> Result<Vec<Open>, Refusal> {
    // A description is a help for people; without it everything works.
    let described = pcap::Device::list().unwrap_or_default();
    let mut described: HashMap<String, Option<String>> =
        described.into_iter().map(|device| (device.name, device.desc)).collect();
    let open = options.interface.iter().map(|name| {
        let open = activate(name, options).map_err(|error| refusal(name, &error))?;
        Ok(Open { description: described.remove(name).flatten(), ..open })
    });
    open.collect()
}

/// Opens one device.
pub(crate) fn activate(name: &str, options: &Options) -> Result<Open, pcap::Error> {
    // Linux gives nanoseconds. Elsewhere libpcap may not, and would not say so here.
    let (precision, unit) = match cfg!(target_os = "linux") {
        true => (Precision::Nano, 1),
        false => (Precision::Micro, 1_000),
    };
    let mut capture = Capture::from_device(name)?
        .precision(precision)
        .snaplen(options.snaplen)
        .promisc(!options.no_promiscuous)
        .buffer_size(options.buffer_size.saturating_mul(1_000_000))
        .immediate_mode(options.immediate)
        .timeout(GATHER)
        .open()?
        .setnonblock()?;
    // The newer header says which device each packet came from. Where there is none, the older one does.
    if name == "any" {
        let _ = capture.set_datalink(Linktype::LINUX_SLL2);
    }
    let link = link_type(capture.get_datalink());
    let (name, description) = (name.to_owned(), None);
    Ok(Open { name, description, capture, link, unit, last_dropped: 0, dropped: 0, captured: 0, gone: false })
}

/// Sets the filter on all devices.
pub(crate) fn filter(open: &mut [Open], filter: &str) -> Result<(), Refusal> {
    for device in open {
        device.capture.filter(filter, true).map_err(|error| Refusal::Filter {
            filter: filter.to_owned(),
            says: words(&error).trim_start_matches("can't parse filter expression: ").to_owned(),
        })?;
    }
    Ok(())
}

/// What libpcap says, without its name in front.
pub(crate) fn words(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(says) => says.trim().to_owned(),
        other => other.to_string(),
    }
}

/// Whether these are the words for lacking rights. libpcap gives no number to the program.
pub(crate) fn lacks_rights(says: &str) -> bool {
    ["permission", "not permitted", "EPERM", "EACCES"]
        .iter()
        .any(|word| says.to_ascii_lowercase().contains(&word.to_ascii_lowercase()))
}

fn refusal(device: &str, error: &pcap::Error) -> Refusal {
    let says = words(error);
    let device = device.to_owned();
    if lacks_rights(&says) {
        return Refusal::Rights { device, says };
    }
    let missing = ["No such device", "doesn't exist", "does not exist"];
    if missing.iter().any(|word| says.contains(word)) {
        return Refusal::NoDevice { device };
    }
    Refusal::Other { says: format!("{device}: cannot be opened: {says}") }
}

/// Devices number raw IP as their system does; files have one number for it.
fn link_type(link: Linktype) -> LinkType {
    match link.0 {
        12 | 14 => LinkType::RAW,
        other => LinkType(u16::try_from(other).unwrap_or(u16::MAX)),
    }
}

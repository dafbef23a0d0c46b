//! `--list`: the devices as JSON, each opened for a moment to see whether it can be.

use std::io::{Write, stdout};
use std::process::ExitCode;

use capture::live::device::{Device, Obstacle};

use crate::devices::{activate, lacks_rights, words};
use crate::options::Options;

/// Prints the list.
pub(crate) fn print() -> ExitCode {
    let listed = match pcap::Device::list() {
        Ok(listed) => listed,
        Err(error) => {
            eprintln!("wscope-capture: the devices cannot be listed: {}", words(&error));
            return ExitCode::from(2);
        }
    };
    let devices: Vec<Device> = listed.into_iter().map(describe).collect();
    match serde_json::to_string(&devices) {
        // A closed pipe is success.
        Ok(text) => drop(writeln!(stdout(), "{text}")),
        Err(error) => eprintln!("wscope-capture: the devices cannot be listed: {error}"),
    }
    ExitCode::SUCCESS
}

fn describe(device: pcap::Device) -> Device {
    // Nothing about the device is changed by looking at it.
    let look = Options { snaplen: 64, no_promiscuous: true, buffer_size: 1, ..Options::default() };
    let (link, obstacle) = match activate(&device.name, &look) {
        Ok(open) => (Some(open.link.0), None),
        Err(error) => {
            let says = words(&error);
            let obstacle = if lacks_rights(&says) { Obstacle::Rights(says) } else { Obstacle::Other(says) };
            (None, Some(obstacle))
        }
    };
    Device {
        up: device.flags.is_up(),
        running: device.flags.is_running(),
        loopback: device.flags.is_loopback(),
        wireless: device.flags.is_wireless(),
        name: device.name,
        description: device.desc,
        addresses: device.addresses.into_iter().map(|address| address.addr).collect(),
        link,
        obstacle,
    }
}

//! `wscope interfaces`: devices that can be captured from, and what to do where the right to is lacking.

use anyhow::bail;
use session::capture::LinkType;
use session::capture::live::device::{Device, Obstacle};
use session::capture::live::tool::Tool;
use session::capture::live::{grant, listing};

use super::column::{Cell, Column, Row, Tone};
use super::options::Interfaces;
use super::print::Printer;

/// A device.
struct DeviceRow(Device);

impl DeviceRow {
    fn state(&self) -> &'static str {
        match self.0 {
            Device { up: true, running: true, .. } => "up",
            Device { up: true, .. } => "no link",
            _ => "down",
        }
    }

    fn addresses(&self) -> Vec<String> {
        self.0.addresses.iter().map(ToString::to_string).collect()
    }

    /// Whether it can be captured from, for people.
    fn capture(&self) -> &str {
        match &self.0.obstacle {
            Some(Obstacle::Rights(_)) => "no right",
            Some(Obstacle::Other(says)) => says,
            None if self.0.link.is_some() => "yes",
            None => "not known",
        }
    }

    fn obstacle(&self) -> Option<&str> {
        match self.0.obstacle.as_ref()? {
            Obstacle::Rights(says) | Obstacle::Other(says) => Some(says),
        }
    }

    fn link(&self) -> Option<String> {
        self.0.link.map(|link| LinkType(link).to_string())
    }
}

impl Row for DeviceRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("name", "Device", |row| Cell::word(&row.0.name)).table(0).tone(|_| Tone::Strong),
        Column::<Self>::view("state", "State", |row| Cell::word(row.state())).table(0),
        Column::<Self>::view("capture", "Capture", |row| Cell::word(row.capture())).table(0).elastic().tone(|row| if row.0.obstacle.is_some() { Tone::Warn } else { Tone::Plain }),
        Column::<Self>::view("address", "Addresses", |row| Cell::text(row.addresses().join(" "))).table(0).elastic().csv(),
        Column::<Self>::key("addresses", "Addresses", |row| Cell::Nested(row.addresses().into())).nested(),
        Column::<Self>::key("description", "Description", |row| Cell::or_null(row.0.description.as_deref(), Cell::word)).table(0).elastic().spare(1),
        Column::<Self>::key("up", "Up", |row| Cell::Bool(row.0.up)),
        Column::<Self>::key("running", "Running", |row| Cell::Bool(row.0.running)),
        Column::<Self>::key("loopback", "Loopback", |row| Cell::Bool(row.0.loopback)),
        Column::<Self>::key("wireless", "Wireless", |row| Cell::Bool(row.0.wireless)),
        Column::<Self>::key("link", "Link type", |row| Cell::or_null(row.link(), Cell::text)),
        Column::<Self>::key("rights", "Rights", |row| Cell::Bool(!matches!(row.0.obstacle, Some(Obstacle::Rights(_))))),
        Column::<Self>::key("obstacle", "Obstacle", |row| Cell::or_null(row.obstacle(), Cell::word)),
    ];
}

/// Prints the devices.
pub(crate) fn run(options: &Interfaces) -> anyhow::Result<()> {
    let mut printer = Printer::<DeviceRow>::listing(&options.listing)?;
    let (devices, tool) = match listing::devices() {
        Ok(listed) => listed,
        Err(says) => bail!("{says}"),
    };
    let lacking = devices.iter().any(|device| matches!(device.obstacle, Some(Obstacle::Rights(_))));
    for device in devices {
        printer.row(&DeviceRow(device))?;
    }
    printer.finish()?;
    if lacking {
        eprintln!("wscope: this user has no right to capture; {}", grant::advice(&tool));
    } else if !matches!(tool, Tool::Own(_)) {
        eprintln!("wscope: {} lists these, and does not say which of them can be opened", tool.name());
    }
    Ok(())
}

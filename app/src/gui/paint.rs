//! Which bytes of a tab belong to which field, and a field's color: hex view, tree and figure agree on it.

use std::ops::Range;

use egui::Color32;
use session::detail::{Detail, Node, TabKind};

use super::theme::Theme;

/// What a byte is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// FIN, RSV1 to RSV3.
    Flags,
    /// The opcode.
    Opcode,
    /// MASK
    Mask,
    /// A length.
    Length,
    /// The masking key.
    Key,
    /// The payload of a frame.
    Payload,
    /// Link, IP and TCP.
    Below,
    /// A handshake, or a frame of HTTP/2.
    Http,
    /// The header of a TLS record.
    Record,
}

impl Paint {
    /// By a field's filter name.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "websocket.fin" | "websocket.rsv" | "ws.rsv1" | "ws.rsv2" | "ws.rsv3" => Self::Flags,
            "websocket.opcode" => Self::Opcode,
            "websocket.mask" => Self::Mask,
            "websocket.masking_key" => Self::Key,
            _ if name.starts_with("websocket.payload_length") => Self::Length,
            _ if name.starts_with("websocket.payload") => Self::Payload,
            _ if name.starts_with("http.") || name.starts_with("http2.") => Self::Http,
            _ if name.starts_with("tls.record.") => Self::Record,
            _ => return None,
        })
    }

    /// Its color; a payload's bytes are colored by what they are.
    pub fn color(self, theme: &Theme) -> Color32 {
        let fields = &theme.fields;
        match self {
            Self::Flags => fields.flags,
            Self::Opcode => fields.opcode,
            Self::Mask => fields.mask,
            Self::Length => fields.length,
            Self::Key => fields.key,
            Self::Payload => fields.payload,
            Self::Below => fields.below,
            Self::Http => fields.http,
            Self::Record => fields.record,
        }
    }
}

/// For each tab the runs of bytes that have a field's color, in order.
#[derive(Clone, Debug, Default)]
pub struct Paints {
    tabs: Vec<Vec<(Range<usize>, Paint)>>,
}

impl Paints {
    /// Reads them off the tree, and carries each to every tab that its bytes are in.
    pub fn of(detail: &Detail) -> Self {
        let mut paints = Self { tabs: vec![Vec::new(); detail.tabs.len()] };
        for (index, tab) in detail.tabs.iter().enumerate() {
            if let TabKind::Captured(_) = tab.kind {
                let end = payload_start(detail, index);
                paints.tabs[index].push((0..end.min(tab.bytes.len()), Paint::Below));
            }
        }
        for node in &detail.tree {
            paints.add(detail, node);
        }
        for runs in &mut paints.tabs {
            runs.retain(|(range, _)| !range.is_empty());
            // Of two fields in one byte the later is the wider: the opcode behind the flags, the length behind MASK.
            runs.sort_by_key(|(range, _)| range.start);
        }
        paints
    }

    fn add(&mut self, detail: &Detail, node: &Node) {
        let paint = Paint::of(node.name).filter(|paint| *paint != Paint::Payload);
        if let (Some(paint), Some(place)) = (paint, node.place)
            && node.children.is_empty()
        {
            let spread = detail.links.spread(place.tab, place.touched(), detail.tabs.len());
            for (tab, range) in spread.into_iter().enumerate() {
                self.tabs[tab].extend(range.map(|range| (range, paint)));
            }
        }
        for child in &node.children {
            self.add(detail, child);
        }
    }

    /// What a byte of a tab is a part of.
    pub fn at(&self, tab: usize, byte: usize) -> Option<Paint> {
        let runs = self.tabs.get(tab)?;
        let after = runs.partition_point(|(range, _)| range.start <= byte);
        // Runs overlap only within the two bytes that every header has.
        runs[after.saturating_sub(5)..after]
            .iter()
            .rev()
            .find(|(range, _)| range.contains(&byte))
            .map(|run| run.1)
    }
}

/// Where the bytes of a packet that are not link, IP or TCP begin.
fn payload_start(detail: &Detail, tab: usize) -> usize {
    let carried =
        detail.tree.iter().filter(|node| matches!(node.name, "tcp.payload" | "udp.payload" | "data"));
    let carried = carried.filter_map(|node| node.place).filter(|place| place.tab == tab);
    let linked = detail.links.starts(tab);
    carried.map(|place| place.touched().start).chain(linked).min().unwrap_or(0)
}

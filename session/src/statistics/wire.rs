//! What carries WebSocket: packets of its TCP connections, and how much of them is not payload of TCP.

use std::collections::{HashMap, HashSet};

use dissector::ids::{FlowId, PacketId};

use crate::snapshot::Snapshot;

/// Packets of TCP connections that carry WebSocket.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// How many.
    pub packets: u64,
    /// Their bytes, as far as they were captured.
    pub captured: u64,
    /// Payload bytes of TCP in them, what was sent again counted again.
    pub tcp: u64,
    flows: HashMap<FlowId, Flow>,
    carrying: HashSet<FlowId>,
    touched: HashSet<FlowId>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Flow {
    packets: u64,
    captured: u64,
    /// What was added to the sums for it.
    added: (u64, u64, u64),
}

impl Wire {
    /// What readers need.
    pub(super) fn published(&self) -> Self {
        Self { packets: self.packets, captured: self.captured, tcp: self.tcp, ..Self::default() }
    }

    /// Link, IP and TCP headers; less where packets were cut.
    pub const fn below(&self) -> u64 {
        self.captured.saturating_sub(self.tcp)
    }

    pub(super) fn carries(&mut self, flow: FlowId) {
        if self.carrying.insert(flow) {
            self.touched.insert(flow);
        }
    }

    pub(super) fn packet(&mut self, snapshot: &Snapshot, id: PacketId) {
        let Some(packet) = snapshot.packet(id) else { return };
        let Some((flow, _)) = packet.flow else { return };
        let its = self.flows.entry(flow).or_default();
        its.packets += 1;
        its.captured += u64::from(packet.span.len);
        self.touched.insert(flow);
    }

    /// Brings the sums up to date, for what has changed since.
    pub(super) fn settle(&mut self, snapshot: &Snapshot) {
        for id in self.touched.drain() {
            if !self.carrying.contains(&id) {
                continue;
            }
            let its = self.flows.entry(id).or_default();
            let tcp = snapshot.flow(id).map_or(0, |flow| flow.bytes[0].saturating_add(flow.bytes[1]));
            let (packets, captured, before) = its.added;
            self.packets = self.packets - packets + its.packets;
            self.captured = self.captured - captured + its.captured;
            self.tcp = self.tcp.wrapping_sub(before).wrapping_add(tcp);
            its.added = (its.packets, its.captured, tcp);
        }
    }
}

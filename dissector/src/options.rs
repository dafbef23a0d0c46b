//! What the user can tell the dissector.

/// What the user can tell the dissector.
#[derive(Clone, Debug)]
pub struct Options {
    /// TCP ports of servers that carry WebSocket although no opening handshake says so.
    pub websocket_ports: Vec<u16>,
    /// Bytes that one message may grow to while it is inflated; beyond that its direction's context is given up.
    pub inflate_limit: u64,
    /// Whether the traffic is held against the rules.
    pub judge: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { websocket_ports: Vec::new(), inflate_limit: 1 << 30, judge: true }
    }
}

impl Options {
    pub(crate) fn carries_websocket(&self, port: u16) -> bool {
        self.websocket_ports.contains(&port)
    }
}

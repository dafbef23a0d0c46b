//! Small builders of packets.

pub(super) fn tcp(seq: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xc3, 0x2b, 0x2a, 0xf8];
    bytes.extend(seq.to_be_bytes());
    bytes.extend([0, 0, 0, 9, 0x50, flags, 0x20, 0, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

pub(super) fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xf0, 0];
    bytes.extend(port.to_be_bytes());
    bytes.extend((payload.len() as u16 + 8).to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(payload);
    bytes
}

/// `fragment` is the field of RFC 791 3.1: flags and offset.
pub(super) fn v4(protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend((payload.len() as u16 + 20).to_be_bytes());
    bytes.extend([0x12, 0x34]);
    bytes.extend(fragment.to_be_bytes());
    bytes.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    bytes.extend(payload);
    bytes
}

pub(super) fn v6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x60, 0, 0, 0];
    bytes.extend((payload.len() as u16).to_be_bytes());
    bytes.extend([next, 64]);
    bytes.extend([0xfd; 16]);
    bytes.extend([0xfe; 16]);
    bytes.extend(payload);
    bytes
}

/// An IPv6 fragment header before `payload`.
pub(super) fn v6_fragment(next: u8, at: u16, more: bool, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![next, 0];
    bytes.extend((at | u16::from(more)).to_be_bytes());
    bytes.extend([0, 0, 0, 7]);
    bytes.extend(payload);
    v6(44, &bytes)
}

pub(super) fn ethernet(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![2; 12];
    bytes.extend(ethertype.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub(super) fn before(head: &[u8], payload: &[u8]) -> Vec<u8> {
    [head, payload].concat()
}

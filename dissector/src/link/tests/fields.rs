//! What a filter reads of headers, against what a tree shows of them.

use super::build;
use crate::link::{describe, header_fields, read_header};

/// Every field of a tree's headers is known by its name, and has a value where the tree shows one.
#[test]
fn the_tree_and_the_filter_read_the_same() {
    let options = [2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 0, 0];
    let mut segment = build::tcp(1, 0x18, &[]);
    segment[12] = 0x80;
    segment.extend(options);
    segment.extend(b"hello");
    let arp = [0, 1, 8, 0, 6, 4, 0, 1, 2, 2, 2, 2, 2, 2, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2];
    let packets = [
        build::ethernet(0x0800, &build::v4(6, 0, &segment)),
        build::ethernet(0x86dd, &build::v6(17, &build::udp(53, b"query"))),
        build::ethernet(0x8100, &[&[0xa0, 5, 8, 6][..], &arp].concat()),
    ];
    let names: Vec<_> = header_fields().iter().map(|field| field.name).collect();
    let mut seen = 0;
    for packet in packets {
        let len = packet.len() as u32;
        for layer in describe(1, &packet, len) {
            for field in
                std::iter::once(&layer).chain(&layer.children).filter(|it| !matches!(it.name, "" | "data"))
            {
                assert!(names.contains(&field.name), "{}", field.name);
                let mut values = 0;
                read_header(1, &packet, len, field.name, &mut |_| values += 1);
                assert!(values > 0, "{}", field.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

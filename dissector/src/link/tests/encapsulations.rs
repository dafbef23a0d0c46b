//! Every way down to TCP comes to the same segment.

use super::build::*;
use super::*;

#[test]
fn every_way_down() {
    let segment = tcp(1000, 0x18, b"hello");
    let (four, six) = (v4(6, 0x4000, &segment), v6(6, &segment));
    let frame = ethernet(0x0800, &four);
    let ah = [6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let ways: Vec<(&str, u16, Vec<u8>)> = vec![
        ("Ethernet", 1, frame.clone()),
        ("Ethernet, IPv6", 1, ethernet(0x86dd, &six)),
        ("Ethernet with padding", 1, [&frame[..], &[0; 9]].concat()),
        ("802.1Q", 1, ethernet(0x8100, &before(&[0, 5, 8, 0], &four))),
        ("QinQ", 1, ethernet(0x88a8, &before(&[0, 5, 0x91, 0, 0, 6, 0x81, 0, 0, 7, 8, 0], &four))),
        ("MPLS", 1, ethernet(0x8847, &before(&[0, 0, 0x10, 9, 0, 0, 0x21, 9], &four))),
        ("Pseudowire", 1, ethernet(0x8847, &before(&[0, 0, 0x11, 9, 0, 0, 0, 0], &frame))),
        ("PPPoE", 1, ethernet(0x8864, &before(&[0x11, 0, 0, 1, 0, four.len() as u8 + 2, 0, 0x21], &four))),
        ("Null, little", 0, before(&[30, 0, 0, 0], &six)),
        ("Null, big", 0, before(&[0, 0, 0, 2], &four)),
        ("Loop", 108, before(&[0, 0, 0, 24], &six)),
        ("PPP", 9, before(&[0xff, 3, 0, 0x21], &four)),
        ("PPP, compressed protocol", 9, before(&[0x57], &six)),
        ("SLL", 113, before(&[0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0], &four)),
        ("SLL2", 276, before(&[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0], &four)),
        ("Raw", 101, four.clone()),
        ("Raw 12", 12, six.clone()),
        ("IPv4", 228, four.clone()),
        ("IPv6", 229, six.clone()),
        (
            "Extensions",
            229,
            v6(
                0,
                &[&[43, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0][..], &segment]
                    .concat(),
            ),
        ),
        ("Atomic fragment", 229, v6_fragment(6, 0, false, &segment)),
        ("AH", 228, v4(51, 0, &before(&ah, &segment))),
        ("4 in 4", 228, v4(4, 0, &four)),
        ("6 in 4", 228, v4(41, 0, &six)),
        ("4 in 6", 229, v6(4, &four)),
        ("GRE", 228, v4(47, 0, &before(&[0, 0, 8, 0], &four))),
        (
            "GRE, all words",
            228,
            v4(47, 0, &before(&[0xb0, 0, 0x86, 0xdd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2], &six)),
        ),
        ("GRE, bridging", 228, v4(47, 0, &before(&[0, 0, 0x65, 0x58], &frame))),
        (
            "PPTP",
            228,
            v4(
                47,
                0,
                &before(
                    &[0x30, 0x81, 0x88, 0x0b, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xff, 3, 0, 0x21],
                    &four,
                ),
            ),
        ),
        ("VXLAN", 228, v4(17, 0, &udp(4789, &before(&[8, 0, 0, 0, 0, 0, 5, 0], &frame)))),
        ("GENEVE", 228, v4(17, 0, &udp(6081, &before(&[1, 0, 0x65, 0x58, 0, 0, 5, 0, 1, 2, 3, 0], &frame)))),
        ("Offload: no length", 228, {
            let mut bytes = four.clone();
            bytes[2..4].fill(0);
            bytes
        }),
    ];
    for (name, link, bytes) in ways {
        let wire = bytes.len() as u32;
        let fields = describe(link, &bytes, wire);
        assert_eq!(fields.last().map(|field| field.name), Some("tcp.payload"), "{name}: {fields:#?}");
        assert!(
            brief(link, &bytes, wire).says.ends_with("[PSH, ACK] Seq=1000 Ack=9 Win=8192 Len=5"),
            "{name}"
        );
        let (outcomes, seen) = Capture::new(link, vec![bytes]).walk();
        assert_eq!((outcomes, seen.len()), (vec![Outcome::Tcp], 1), "{name}");
        assert_eq!((seen[0].seq, &seen[0].payload[..], seen[0].cut), (1000, &b"hello"[..], 0), "{name}");
    }
}

/// What the snap length takes is counted, not guessed: first payload, then options, then the header.
#[test]
fn cuts() {
    let bytes = v4(6, 0, &tcp(1, 0x18, b"hello"));
    let capture = Capture::new(228, vec![bytes.clone()]);
    for keep in 0..bytes.len() {
        let packet = Packet { bytes: &bytes[..keep], ..capture.packet(0) };
        let mut cut = None;
        let outcome = Walker::new().packet(&packet, &capture, &mut |s| cut = Some((s.payload.len(), s.cut)));
        match keep {
            0..20 => assert_eq!(outcome, Outcome::Cut { layer: Layer::Ipv4 }),
            20..36 => assert_eq!(outcome, Outcome::Cut { layer: Layer::Tcp }),
            _ => assert_eq!(cut, Some((keep.saturating_sub(40), 5 - keep.saturating_sub(40) as u32))),
        }
    }
    let mut lying = bytes;
    lying[32] = 0xf0;
    let (outcomes, _) = Capture::new(228, vec![lying]).walk();
    assert_eq!(outcomes, [Outcome::Malformed { layer: Layer::Tcp }]);
}

/// The tree of the first slide: every bit of every header is in a field.
#[test]
fn the_first_slide_as_a_tree() {
    let bytes = slide();
    let fields = describe(1, &bytes, bytes.len() as u32);
    let names: Vec<_> = fields.iter().map(|field| field.name).collect();
    assert_eq!(names, ["eth", "ip", "tcp", "tcp.payload"]);
    let tcp = &fields[2];
    let of = |name: &str| tcp.children.iter().find(|field| field.name == name).unwrap();
    assert_eq!(of("tcp.srcport").value, "49963");
    assert_eq!(of("tcp.flags").children.iter().filter(|flag| flag.value == "set").count(), 2);
    let options: Vec<_> =
        of("tcp.options").children.iter().map(|o| (o.value.as_str(), o.bits.touched())).collect();
    assert_eq!(options, [("", (54, 1)), ("", (55, 1)), ("value 480971078, echo 26209568", (56, 10))]);
    assert_eq!(fields[3].bits.touched(), (66, 11));
    assert_eq!(fields[1].children.iter().find(|field| field.name == "ip.checksum").unwrap().says, "Correct");
    let line = brief(1, &bytes, bytes.len() as u32);
    assert_eq!(line.says, "49963 → 11000 [PSH, ACK] Seq=3840144144 Ack=973501932 Win=8227 Len=11");
}

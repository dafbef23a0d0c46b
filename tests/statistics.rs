//! The statistics against the plainest way to gather them, and against themselves in other steps.

use std::collections::BTreeMap;
use std::time::Duration;

use session::dissector::event::{Outcome, Part};
use session::dissector::ids::{ConnectionId, FrameId, MessageId, PacketId, Side};
use session::dissector::websocket::opcode::Opcode;
use session::statistics::polling::INTERVALS;
use session::statistics::{self, Figures, Statistics};
use session::{Content, Snapshot};
use wscope_tests::manifest::{self, Sample};
use wscope_tests::random::Random;
use wscope_tests::replay::Packets;

/// Counts, sizes, gaps, idle times and bytes of every sample, by loops over all of it that keep everything.
#[test]
fn numbers_are_those_of_the_plainest_loops() {
    for sample in manifest::samples() {
        let snapshot = sample.read();
        let all = statistics::of(&snapshot, &mut Content::default(), None);
        plain(&snapshot, &all, None, &sample.file);
        for row in 0..snapshot.connections().len().min(4) {
            let only = Some(ConnectionId::new(row));
            plain(&snapshot, &statistics::of(&snapshot, &mut Content::default(), only), only, &sample.file);
        }
    }
}

fn plain(snapshot: &Snapshot, figures: &Figures, only: Option<ConnectionId>, name: &str) {
    let its = |connection| only.is_none_or(|only| only == connection);
    let frames = (0..snapshot.frame_count()).map(|row| snapshot.frame(FrameId::new(row)).unwrap());
    let frames: Vec<_> = frames.filter(|frame| its(frame.connection)).collect();
    for side in [Side::Client, Side::Server] {
        let of_side = || frames.iter().filter(|frame| frame.side == side);
        assert_eq!(figures.frames[side.index()], of_side().count() as u64, "{name}");
        let headers: u64 = of_side().map(|frame| frame.header.len() as u64).sum();
        assert_eq!(figures.headers[side.index()], headers, "{name}");
        for opcode in (0..16).map(Opcode) {
            let count = of_side().filter(|frame| frame.header.opcode == opcode).count() as u64;
            assert_eq!(figures.opcodes[side.index()].of(opcode).0, count, "{name}");
        }
        let messages = of_side().filter(|frame| matches!(frame.part, Part::Whole | Part::Last));
        let messages: Vec<_> =
            messages.map(|frame| snapshot.message(frame.message.unwrap()).unwrap()).collect();
        let whole = messages.iter().filter(|message| message.outcome == Some(Outcome::Whole));
        let mut lens: Vec<u64> = whole.filter_map(|message| message.len).collect();
        lens.sort_unstable();
        let sizes = &figures.sizes[side.index()];
        assert_eq!(sizes.lens.count(), lens.len() as u64, "{name}");
        assert_eq!(sizes.lens.sum(), lens.iter().map(|len| u128::from(*len)).sum(), "{name}");
        assert_eq!(sizes.greatest.map(|it| it.0), lens.last().copied(), "{name}");
        for share in [0.5, 0.9, 0.99] {
            let Some(found) = sizes.lens.quantile(share) else { continue };
            let exact = lens[((lens.len() as f64 * share).ceil() as usize).clamp(1, lens.len()) - 1];
            assert!(found <= exact && exact - found <= exact / 64, "{name}: {found} for {exact}");
        }
        let mut last: BTreeMap<ConnectionId, i64> = BTreeMap::new();
        let mut gaps = Vec::new();
        for message in &messages {
            if let Some(before) = last.insert(message.connection, message.time) {
                gaps.push((message.time - before).max(0) as u64);
            }
        }
        assert_eq!(figures.gaps[side.index()].times.count(), gaps.len() as u64, "{name}");
        assert_eq!(figures.gaps[side.index()].longest.map(|it| it.0), gaps.into_iter().max(), "{name}");
    }
    let counted = |pick: fn(&statistics::series::Moment) -> u64| -> u64 {
        figures.over_time.as_ref().unwrap().parts().map(|(_, moment)| pick(moment)).sum()
    };
    assert_eq!(counted(|moment| moment.frames[0] + moment.frames[1]), frames.len() as u64, "{name}");
    let findings = (0..snapshot.findings().len()).filter_map(|row| snapshot.findings().row(row));
    let findings = findings.filter(|found| only.is_none_or(|only| found.finding.connection == Some(only)));
    assert_eq!(counted(|moment| moment.findings.iter().sum()), findings.count() as u64, "{name}");

    // Of the packets around it.
    let carries = |flow| {
        (0..snapshot.connections().len()).map(|row| snapshot.connection(ConnectionId::new(row)).unwrap()).any(
            |connection| {
                let sealed = connection.opening == session::dissector::event::Opening::Sealed;
                its(connection.id) && connection.flow == flow && !sealed
            },
        )
    };
    let packets = (0..snapshot.packet_count()).map(|row| snapshot.packet(PacketId::new(row)).unwrap());
    let packets: Vec<_> =
        packets.filter(|packet| packet.flow.is_some_and(|(flow, _)| carries(flow))).collect();
    assert_eq!(figures.wire.packets, packets.len() as u64, "{name}");
    let captured: u64 = packets.iter().map(|packet| u64::from(packet.span.len)).sum();
    assert_eq!(figures.wire.captured, captured, "{name}");
}

/// However a capture came in, and in whatever strides it was looked at, the numbers are the same in the end.
#[test]
fn any_cadence_gives_the_same() {
    std::thread::scope(|scope| {
        for (seed, sample) in (0..).zip(manifest::samples()) {
            scope.spawn(move || in_steps(&sample, seed));
        }
    });
}

/// A little longer than snapshots are apart.
const PAUSE: Duration = Duration::from_millis(32);

fn in_steps(sample: &Sample, seed: u64) {
    let mut random = Random::new(seed);
    let packets = Packets::of(&sample.path());
    let moments: Vec<usize> = (0..6).map(|_| random.between(1, packets.len())).collect();
    let mut capture = packets.growing().silent_before(moments, PAUSE);
    let mut seen: Vec<Snapshot> = Vec::new();
    let last = session::read(&mut capture, &sample.options(), &mut |snapshot| seen.push(snapshot.clone()));
    let expected = format!("{:?}", statistics::of(&last, &mut Content::default(), None));
    seen.retain(|snapshot| snapshot.generation == last.generation);
    for stride in [1, 7, 1000] {
        let (mut statistics, mut content) = (Statistics::new(None), Content::default());
        for snapshot in &seen {
            // Not all of one is looked at before the next one comes.
            for _ in 0..3 {
                statistics.extend(snapshot, &mut content, stride);
            }
        }
        while !statistics.extend(&last, &mut content, stride) {}
        assert_eq!(format!("{:?}", statistics.figures()), expected, "{} by {stride}", sample.file);
    }
}

/// A Pong answers the newest Ping with its payload: what the sample's endpoints did, and how long it took.
#[test]
fn rfc6455_5_5_3_round_trips() {
    let sample = manifest::samples().into_iter().find(|sample| sample.file == "ping-pong.pcap").unwrap();
    let snapshot = sample.read();
    let figures = statistics::of(&snapshot, &mut Content::default(), None);
    let mut content = Content::default();
    let mut body = |id| content.frame(&snapshot, id, 125).unwrap().payload.bytes;
    let controls = (0..snapshot.frame_count()).map(|row| snapshot.frame(FrameId::new(row)).unwrap());
    let controls: Vec<_> = controls.filter(|frame| frame.header.opcode.is_control()).collect();
    for side in [Side::Client, Side::Server] {
        let asked = &figures.pings.by[side.index()];
        let mut trips = Vec::new();
        for (at, ping) in controls.iter().enumerate() {
            if ping.side != side || ping.header.opcode != Opcode::PING {
                continue;
            }
            let bytes = body(ping.id);
            let mut later = controls[at..].iter().filter(|it| it.side != side);
            let pong = later.find(|it| it.header.opcode == Opcode::PONG && body(it.id) == bytes);
            trips.extend(pong.map(|pong| (pong.time - ping.time) as u64));
        }
        assert_eq!(asked.trips.count(), trips.len() as u64);
        assert_eq!(asked.trips.ends().map(|it| it.1), trips.iter().max().copied());
        assert_eq!(asked.pings, asked.trips.count() + asked.superseded + asked.waiting + asked.not_followed);
    }
    assert!(figures.pings.by.iter().any(|asked| asked.trips.count() > 0));
}

/// The comparison is what its sentences say, worked out by hand for a connection of known heads.
#[test]
fn polling_by_hand() {
    let sample = manifest::samples().into_iter().find(|sample| sample.file == "basic.pcap").unwrap();
    let snapshot = sample.read();
    let figures = statistics::of(&snapshot, &mut Content::default(), None);
    let connection = snapshot.connection(ConnectionId::new(0)).unwrap();
    let heads =
        [&connection.request, &connection.response].map(|head| head.as_ref().unwrap().raw.len() as u64);
    let both = heads[0] + heads[1];
    let messages = (0..snapshot.message_count()).map(|row| snapshot.message(MessageId::new(row)).unwrap());
    let messages: Vec<_> = messages.collect();
    let carried: u64 = messages.iter().map(|message| message.wire_len).sum();
    let up = messages.iter().filter(|message| message.side == Side::Client).count() as u64;
    let down = messages.len() as u64 - up;
    let polling = &figures.polling;
    assert_eq!((polling.connections, polling.heads), (1, heads));
    assert_eq!(polling.long_polling(), both * (1 + up + down) + carried);
    let lasted = snapshot.frame(FrameId::new(snapshot.frame_count() - 1)).unwrap().time - connection.start;
    for (place, seconds) in INTERVALS.into_iter().enumerate() {
        let polls = 1.0 + Duration::from_nanos(lasted as u64).as_secs_f64() / seconds as f64;
        assert_eq!(polling.polling(place), polls.ceil() as u64 * both + carried);
    }
    let base64: u64 = polling.base64;
    assert_eq!(polling.events(), both * (1 + up) + 8 * down + base64 + carried);
    let controls: u64 = [Opcode::CLOSE, Opcode::PING, Opcode::PONG]
        .iter()
        .map(|opcode| figures.opcodes[0].of(*opcode).1 + figures.opcodes[1].of(*opcode).1)
        .sum();
    let headers: u64 = figures.headers.iter().sum();
    assert_eq!(polling.websocket(), both + headers + controls + carried);
}

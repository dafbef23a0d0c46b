//! What holds of pairs whatever the protocol: streams of answers, ids that are used again, bounds, strides.

use std::path::Path;
use std::sync::Arc;

use dissector::decoders::{Exchange, Role};
use dissector::ids::{ConnectionId, Side};

use super::*;
use crate::Options;

fn open(name: &str) -> Arc<Snapshot> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name);
    let mut capture = capture::open(capture::Source::File { path, follow: false }).unwrap();
    crate::read(capture.as_mut(), &Options::default(), &mut |_| {})
}

fn all(snapshot: &Snapshot, pairing: &Pairing) -> Vec<About> {
    (0..snapshot.message_count()).map(|id| pairing.about(MessageId::new(id))).collect()
}

/// Whatever the strides, and alone or among the others of a capture, a connection's pairs are the same; what is asked of
/// a message before all was heard is what is known in the end.
#[test]
fn pairs_depend_on_nothing_else() {
    for name in ["graphql-ws.pcap", "mqtt.pcap", "socketio-binary.pcap", "jsonrpc.pcap", "wamp-cbor.pcap"] {
        let snapshot = open(name);
        let mut whole = Pairing::new(Vec::new());
        whole.hear_all(&snapshot);
        let expected = all(&snapshot, &whole);
        assert!(expected.iter().any(|about| !about.answers.is_empty()), "{name}");
        let mut stepped = Pairing::new(Vec::new());
        while !stepped.step(&snapshot, 3) {}
        assert_eq!(all(&snapshot, &stepped), expected, "{name}");
        for id in (0..snapshot.message_count()).step_by(7).map(MessageId::new) {
            let connection = snapshot.connection_of(id).unwrap();
            let mut own = Pairing::of(connection, Vec::new());
            own.hear_all(&snapshot);
            assert_eq!(own.about(id), expected[id.index() as usize], "{name}");
            let mut settled = Pairing::new(Vec::new());
            settled.settle(&snapshot, id);
            let (early, late) = (settled.about(id), &expected[id.index() as usize]);
            assert_eq!((&early.answers, early.answered_by), (&late.answers, late.answered_by), "{name}");
            assert_eq!(early.unanswered, late.unanswered, "{name}");
        }
    }
}

fn hear(waiting: &mut Waiting, kept: &mut Kept, id: u32, side: Side, key: &str, role: Role) {
    waiting.hear(MessageId::new(id), side, &Exchange { key: key.into(), role }, kept);
}

/// A question has as many answers as say that others may follow, and one more; an id may be used again; nobody answers
/// himself; and what need not be answered is not missed.
#[test]
fn exchanges() {
    use Role::{Answers, Asks, Continues, Either, Offers};
    use Side::{Client, Server};
    let (mut waiting, mut kept) = (Waiting::default(), Kept::default());
    let mut hear = |id, side, key, role| hear(&mut waiting, &mut kept, id, side, key, role);
    hear(0, Client, "a", Asks);
    hear(1, Client, "a", Answers);
    hear(2, Server, "a", Continues);
    hear(3, Server, "a", Continues);
    hear(4, Server, "a", Answers);
    hear(5, Server, "a", Answers);
    hear(6, Client, "a", Asks);
    hear(7, Client, "a", Asks);
    hear(8, Server, "a", Either);
    hear(9, Server, "x", Either);
    hear(10, Server, "o", Offers);
    // One message that asks twice, and one that answers both of it and something else.
    hear(11, Client, "b", Asks);
    hear(11, Client, "c", Asks);
    hear(12, Server, "b", Answers);
    let about = |kept: &Kept, id| kept.about(MessageId::new(id));
    assert_eq!((about(&kept, 0).answered_by, about(&kept, 0).count), (Some(MessageId::new(2)), 3));
    assert_eq!(about(&kept, 4).answers, [MessageId::new(0)]);
    assert_eq!(about(&kept, 1), About::default());
    assert_eq!(about(&kept, 5), About::default());
    // The id was used again before it was answered.
    assert!(about(&kept, 6).unanswered && !about(&kept, 7).unanswered);
    assert_eq!(about(&kept, 8).answers, [MessageId::new(7)]);
    assert!(about(&kept, 9).unanswered && !about(&kept, 10).unanswered);
    assert!(about(&kept, 11).unanswered, "one of two is still to be answered");
    assert_eq!(about(&kept, 11).count, 1);
}

/// Of a peer that is never answered the older half is forgotten, and the newest is still paired.
#[test]
fn waiting_is_bounded() {
    let mut pairing = Pairing::new(Vec::new());
    let connections = [ConnectionId::new(0), ConnectionId::new(1)];
    for id in 0..1000 {
        let connection = connections[usize::from(id % 10 == 0)];
        let waiting = pairing.waiting.entry(connection).or_default();
        hear(waiting, &mut pairing.kept, id, Side::Client, &id.to_string(), Role::Asks);
    }
    pairing.forget();
    assert_eq!(pairing.open, 500);
    let Pairing { mut waiting, mut kept, .. } = pairing;
    let waiting = waiting.get_mut(&connections[0]).unwrap();
    hear(waiting, &mut kept, 1000, Side::Server, "999", Role::Answers);
    hear(waiting, &mut kept, 1001, Side::Server, "499", Role::Answers);
    assert_eq!(kept.about(MessageId::new(1000)).answers, [MessageId::new(999)]);
    assert!(kept.about(MessageId::new(1001)).answers.is_empty());
    let left = (0..1000).filter(|id| kept.about(MessageId::new(*id)).unanswered);
    assert_eq!(left.count(), 999);
    hear(waiting, &mut kept, 1002, Side::Client, &"long".repeat(100), Role::Asks);
    hear(waiting, &mut kept, 1003, Side::Server, &"long".repeat(100), Role::Answers);
    assert!(kept.about(MessageId::new(1003)).answers.is_empty());
}

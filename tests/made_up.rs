//! Made-up traffic against its own truth: what the benchmarks measure is read right, and all of it.

use std::sync::Arc;

use dissector::ids::{ConnectionId, MessageId, Side};
use session::filter::{Filter, Of, Sieve};
use session::pairing::Pairing;
use session::{Content, Options, Snapshot};
use wscope_tests::bare::{self, Counts};
use wscope_tests::place::Temporary;
use wscope_tests::replay;
use wscope_tests::traffic::{Damages, Digest, Plan, Profile, Said, Truth};

/// What all is made from.
const SEED: u64 = 2;

/// A capture of this kind: with enough messages a connection that texts come round, and that what was lost lies amid
/// much that was not. The server's first sequence number is the last one there is, so it wraps. The seed is one with
/// which no search behind a gap takes something else for a header, which is rare and can cost the rest of a direction.
fn made(profile: Profile) -> (Arc<Snapshot>, Truth) {
    // So many that what is remembered of them is looked at ahead of its turn.
    let (size, connections) = if profile == Profile::Many { (12_000_000, 6000) } else { (3_000_000, 2) };
    let plan = Plan::new(profile, size, SEED).with_connections(connections);
    let (bytes, truth) = plan.write(Vec::new()).expect("memory can be written");
    assert_eq!(truth.bytes, bytes.len() as u64);
    let (file, keys) = (Temporary::with(&bytes), Temporary::with(plan.key_log().as_bytes()));
    let options = Options { keys: vec![keys.path().to_owned()], ..Options::default() };
    (replay::file_with(file.path(), &options).expect("a capture"), truth)
}

/// Connections, frames, messages, and every byte of every message in order.
#[test]
fn what_is_read_is_what_was_made_up() {
    for profile in Profile::ALL.into_iter().filter(|profile| *profile != Profile::Lossy) {
        let (snapshot, truth) = made(profile);
        let name = profile.name();
        assert_eq!(u64::from(snapshot.packet_count()), truth.packets, "{name}");
        assert_eq!(snapshot.connections().len(), truth.connections, "{name}");
        assert_eq!((snapshot.totals.gaps, truth.damages), ((0, 0), Damages::default()), "{name}");
        assert_eq!(said(&snapshot), truth.said, "{name}");
    }
}

/// Connections that follow each other are all there, and no more are open than were asked for.
#[test]
fn connections_take_turns() {
    let plan = Plan::new(Profile::Many, 600_000, SEED).with_connections(40).at_once(4);
    let (bytes, truth) = plan.write(Vec::new()).expect("memory can be written");
    let file = Temporary::with(&bytes);
    let snapshot = replay::file_with(file.path(), &Options::default()).expect("a capture");
    assert_eq!((snapshot.connections().len(), truth.connections), (40, 40));
    assert_eq!(said(&snapshot), truth.said);
    let flows = || snapshot.flows().iter();
    let open = |at| flows().filter(|flow| flow.first <= at && at <= flow.last).count();
    assert_eq!(flows().map(|flow| open(flow.first)).max(), Some(4));
}

/// Each byte that was not captured is told, and each message that was is there, whatever came twice, late or in part.
#[test]
fn what_was_lost_is_told_and_nothing_else_is_missing() {
    let (snapshot, truth) = made(Profile::Lossy);
    let Damages { lost, lost_bytes, duplicated, reordered, overlapping } = truth.damages;
    assert!([lost, duplicated, reordered, overlapping].into_iter().all(|times| times > 20), "{truth:?}");
    assert_eq!(u64::from(snapshot.packet_count()), truth.packets);
    let (gaps, missing) = snapshot.totals.gaps;
    assert_eq!((missing, snapshot.totals.conflicts), (lost_bytes, 0));
    assert!(gaps <= lost, "{gaps} gaps of {lost} segments");
    for (seen, sent) in said(&snapshot).into_iter().zip(truth.said) {
        assert_eq!((seen.messages, seen.content, seen.digest), (sent.messages, sent.content, sent.digest));
        // Of a frame whose header was lost nothing is known.
        assert!(seen.frames < sent.frames && seen.lost <= sent.lost, "{seen:?} of {sent:?}");
    }
}

/// The loop that programs are measured against does its work on all there is.
#[test]
fn the_bare_loop_counts_what_is_there() {
    for profile in [Profile::Chat, Profile::Bulk, Profile::Many, Profile::OneSided] {
        let plan = Plan::new(profile, 9_000_000, SEED).with_connections(64);
        let (bytes, truth) = plan.write(Vec::new()).expect("memory can be written");
        let both = |of: fn(&Said) -> u64| truth.said.iter().map(of).sum();
        let counted = Counts {
            packets: truth.packets,
            directions: 2 * 64,
            frames: both(|said| said.frames),
            messages: both(|said| said.messages),
            payload: both(|said| said.payload),
            invalid: 0,
        };
        assert_eq!(bare::count(bytes.as_slice(), 0).expect("a capture"), counted, "{}", profile.name());
        assert_eq!(
            bare::count(bytes.as_slice(), 20).expect("a capture"),
            counted,
            "{}, looking ahead",
            profile.name()
        );
    }
}

/// The same seed gives the same bytes, another seed others.
#[test]
fn a_seed_says_all_of_it() {
    for profile in [Profile::Chat, Profile::Deflate, Profile::Lossy] {
        let made = |seed| {
            let (bytes, truth) =
                Plan::new(profile, 200_000, seed).write(Vec::new()).expect("memory can be written");
            (bytes, truth.json().to_string())
        };
        assert!(made(1) == made(1), "{}", profile.name());
        assert!(made(1) != made(2), "{}", profile.name());
    }
}

/// What both sides said, as the session has it.
fn said(snapshot: &Snapshot) -> [Said; 2] {
    let connections = snapshot.connections().len() as usize;
    let mut digests = vec![[Digest::default(); 2]; connections];
    let mut said = [Said::default(); 2];
    let mut content = Content::default();
    for message in (0..snapshot.message_count()).filter_map(|id| snapshot.message(MessageId::new(id))) {
        let side = message.side.index();
        let Ok(bytes) = content.message(snapshot, message.id, u64::MAX) else {
            said[side].lost += 1;
            continue;
        };
        said[side].messages += 1;
        said[side].content += bytes.len() as u64;
        let text = message.kind == session::model::Kind::Text;
        digests[message.connection.index() as usize][side].add(text, &bytes);
    }
    for (number, digests) in digests.into_iter().enumerate() {
        let connection = snapshot.connection(ConnectionId::new(number as u32)).expect("a connection");
        for side in [Side::Client, Side::Server].map(Side::index) {
            said[side].frames += u64::from(connection.frames[side]);
            said[side].payload += connection.payload[side];
            said[side].add(&Said::default().with(digests[side]));
        }
    }
    said
}

/// Of made-up Socket.IO every answer finds its question, and exactly those are left that nobody answered.
#[test]
fn every_acknowledgement_finds_its_event() {
    let (snapshot, truth) = made(Profile::SocketIo);
    let told = truth.told.expect("it is Socket.IO");
    let mut pairing = Pairing::new(Vec::new());
    pairing.hear_all(&snapshot);
    let about = (0..snapshot.message_count()).map(|id| pairing.about(MessageId::new(id)));
    let (mut answered, mut unanswered, mut answers) = (0, 0, 0);
    for about in about {
        answered += u64::from(about.answered_by.is_some());
        unanswered += u64::from(about.unanswered);
        answers += about.answers.len() as u64;
    }
    assert!(told.answered > 500 && told.questions > told.answered, "{told:?}");
    assert_eq!((answered, answers), (told.answered, told.answered));
    assert_eq!(unanswered, told.questions - told.answered);
    for (event, count) in &told.events {
        let filter = Filter::parse(&format!("ws.event == \"{event}\" && ws.kind contains \"EVENT\""))
            .expect("a filter");
        let mut sieve = Sieve::new(Arc::new(filter));
        let held = (0..snapshot.message_count()).filter(|id| sieve.holds(&snapshot, Of::Messages.row(*id)));
        assert_eq!(held.count() as u64, *count, "{event}");
    }
}

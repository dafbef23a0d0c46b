//! Plain frames, which are nearly all there are: what the ledger will need of them is counted beside it, until
//! somebody looks at it again.
//!
//! Knows which frames no rule is asked about, and no rule. A row of them ends with whatever else is seen.

use crate::event::{Frame, Part};
use crate::ids::{ConnectionId, PacketId, Side};
use crate::rules::facts::{Ledger, Moment, On};
use crate::rules::judge::remember::{KEYS, before_a_look, by_itself, by_ledger, keep_key};

/// The plain frames of a connection that are not in its ledger yet.
pub(super) struct Quiet {
    connection: ConnectionId,
    /// Client first.
    rows: [Row; 2],
}

/// Plain frames of one side.
struct Row {
    frames: u32,
    /// How many there may be before the ledger is needed.
    most: u32,
    /// When the last one came.
    last: Moment,
    /// The masking key of the last frame of all.
    key: [u8; 4],
    /// The last masking keys, each at the place of its frame's number.
    keys: [[u8; 4]; KEYS],
}

impl Quiet {
    /// What is counted for a ledger that is up to date.
    pub(super) fn beside(ledger: &Ledger) -> Self {
        let row = || Row {
            frames: 0,
            most: 0,
            last: Moment { packet: PacketId::new(0), time: 0 },
            key: [0; 4],
            keys: [[0; 4]; KEYS],
        };
        let mut quiet = Self { connection: ledger.id, rows: [row(), row()] };
        quiet.begin(ledger);
        quiet
    }

    /// Begins to count beside a ledger that is up to date.
    pub(super) fn begin(&mut self, ledger: &Ledger) {
        self.connection = ledger.id;
        for (side, row) in [Side::Client, Side::Server].into_iter().zip(&mut self.rows) {
            let party = ledger.party(side);
            let calm = by_ledger(ledger, side) == 0 && party.strange.row == 0;
            row.most = match side {
                _ if !calm => 0,
                Side::Client => before_a_look(party.frames),
                Side::Server => u32::MAX,
            };
            row.key = party.keys.back().copied().unwrap_or_default();
        }
    }

    /// Looks at all that the next frame of a side will ask for.
    pub(super) fn warm(&self, side: Side) -> u64 {
        let [client, server] = &self.rows;
        let row = if side == Side::Client { client } else { server };
        let before = row.keys.get(row.frames as usize % KEYS).copied().unwrap_or_default();
        let [before, key] = [before, row.key].map(u32::from_be_bytes);
        u64::from(before ^ key ^ row.most ^ self.connection.index()) ^ row.last.time as u64
    }

    /// Counts a frame, or says that the ledger is needed for it.
    pub(super) fn counts(&mut self, frame: &Frame, at: Moment) -> bool {
        let [client, server] = &mut self.rows;
        let row = if frame.side == Side::Client { client } else { server };
        if row.frames >= row.most || frame.connection != self.connection || !is_plain(frame) {
            return false;
        }
        if let Some(key) = frame.header.mask {
            if key == row.key {
                return false;
            }
            if let Some(place) = row.keys.get_mut(row.frames as usize % KEYS) {
                *place = key;
            }
            row.key = key;
        }
        row.frames += 1;
        row.last = at;
        true
    }

    /// Brings the ledger up to date, and counts nothing until it is begun again: whoever has the ledger may change it.
    pub(super) fn settle(&mut self, ledger: &mut Ledger) {
        for (side, row) in [Side::Client, Side::Server].into_iter().zip(&mut self.rows) {
            row.most = 0;
            let frames = core::mem::take(&mut row.frames);
            if frames == 0 {
                continue;
            }
            let party = ledger.party_mut(side);
            party.frames = party.frames.saturating_add(frames);
            party.messages = party.messages.saturating_add(frames);
            party.parts = party.parts.saturating_add(frames);
            party.last = Some(row.last);
            if side == Side::Client {
                for place in frames.saturating_sub(KEYS as u32)..frames {
                    keep_key(party, row.keys.get(place as usize % KEYS).copied().unwrap_or_default());
                }
                party.same_keys = 0;
            }
        }
    }
}

/// Whether a frame is one whole message that says nothing to any rule by itself.
fn is_plain(frame: &Frame) -> bool {
    let message = frame.part == Part::Whole && frame.message.is_some();
    message && !frame.compressed && by_itself(frame) == On::Any as u16
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use crate::event::Event;
    use crate::ids::{FlowId, PacketId, Side};
    use crate::rules::bench::{Bench, frame, masked_by};
    use crate::rules::judge::Judge;
    use crate::rules::judge::known::Known;

    const FLOW: FlowId = FlowId::new(0);

    /// A message by numbers: small ones are of a kind that is seldom seen, and the smallest break a rule.
    fn sent(bench: Bench, (client, first, body, key): (bool, u32, u32, u32)) -> Bench {
        let firsts: &[u8] = match first {
            0 => &[0x01],
            1 => &[0x80],
            2 => &[0x83],
            3 => &[0x88],
            4 => &[0x91],
            5 => &[0xC1],
            8..16 => &[0x01, 0x80],
            16..24 => &[0x82],
            24..32 => &[0x89],
            32..40 => &[0x8A],
            _ => &[0x81],
        };
        let body: &[u8] = match body {
            0 => b"\xFF\xFE",
            1 => &[3, 232],
            8..16 => b"",
            16..24 => b"{\"a\":1}",
            24..32 => &[b'x'; 200],
            _ => b"hello",
        };
        let key = match key {
            0..2 => 0,
            8..24 => 1,
            _ => key.wrapping_mul(0x9e37_79b1),
        };
        let side = if client { Side::Client } else { Side::Server };
        let masked = client && first != 6;
        let of = |&first| if masked { masked_by(key.to_be_bytes(), first, body) } else { frame(first, body) };
        bench.send(side, &firsts.iter().flat_map(of).collect::<Vec<_>>())
    }

    /// Messages of which few or many are plain texts.
    fn messages() -> impl Strategy<Value = Vec<(bool, u32, u32, u32)>> {
        let of = |most: u32| vec((any::<bool>(), 0..most, 0..most, 0..most), 0..500);
        (4..14_u32).prop_flat_map(move |power| of(1_u32 << power))
    }

    /// What rules find in all that was said, and what is remembered at the end of it.
    fn judged(events: &[Event], one_by_one: bool) -> [String; 3] {
        let mut judge = Judge::default();
        let mut found = Vec::new();
        for (number, event) in (0..).zip(events) {
            judge.at(PacketId::new(number), i64::from(number));
            match event {
                Event::Frame(frame) => {
                    if one_by_one {
                        judge.flows.get_mut(FLOW).and_then(Known::ledger);
                    }
                    found.extend(judge.see_frame(frame));
                }
                event => found.extend(judge.see(event)),
            }
        }
        let ledger = judge.flows.get_mut(FLOW).and_then(Known::ledger);
        [format!("{found:?}"), format!("{ledger:?}"), format!("{:?}", judge.last_frame)]
    }

    proptest! {
        /// Whether plain frames are counted or put down one by one, rules find the same, and the same is remembered.
        #[test]
        fn counted_or_put_down(messages in messages(), deflate: bool) {
            let bench = if deflate { Bench::new().open_deflate("") } else { Bench::new().open() };
            let told = messages.into_iter().fold(bench, sent).run();
            prop_assert_eq!(judged(&told.events, false), judged(&told.events, true));
        }
    }

    /// A ledger is left alone by legal texts, but for a look at the client's keys.
    #[test]
    fn ledgers_rest() {
        let texts = (1..200_u32).fold(Bench::new().open(), |bench, n| {
            let key = n.wrapping_mul(0x9e37_79b1).to_be_bytes();
            bench.client(&masked_by(key, 0x81, b"question")).server(&frame(0x81, b"answer"))
        });
        let mut judge = Judge::default();
        let mut looked = 0;
        for event in &texts.run().events {
            judge.see(event).for_each(drop);
            let Event::Frame(frame) = event else { continue };
            let ledger = judge.flows.get_mut(FLOW).and_then(|known| known.ledger.as_deref());
            let put_down = ledger.map(|ledger| ledger.parties.iter().map(|party| party.frames).sum::<u32>());
            looked += u32::from(put_down == Some(frame.id.index() + 1));
        }
        assert!((2..20).contains(&looked), "{looked}");
    }
}

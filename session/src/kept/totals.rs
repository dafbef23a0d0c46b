//! How the counts over a capture are written. What packets were is counted by names, which are looked up when they are
//! read: they are the dissector's own.

use std::collections::BTreeMap;

use dissector::link::{Layer, Outcome};

use super::value::{Input, Value};
use crate::totals::Totals;
use crate::verdicts::Counts;

impl Value for Totals {
    fn write(&self, out: &mut Vec<u8>) {
        (self.packets.len() as u32).write(out);
        for (name, count) in &self.packets {
            ((*name).to_owned(), *count).write(out);
        }
        (self.cut, self.captured).write(out);
        self.opcodes.write(out);
        (self.payload, self.headers).write(out);
        self.compressed.write(out);
        self.incomplete.write(out);
        self.gaps.write(out);
        self.conflicts.write(out);
        self.times.write(out);
        self.sealing.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        let mut totals = Self::default();
        for (name, count) in BTreeMap::<String, u64>::read(input)? {
            totals.packets.insert(known(&name)?, count);
        }
        (totals.cut, totals.captured) = Value::read(input)?;
        totals.opcodes = Value::read(input)?;
        (totals.payload, totals.headers) = Value::read(input)?;
        totals.compressed = Value::read(input)?;
        totals.incomplete = Value::read(input)?;
        totals.gaps = Value::read(input)?;
        totals.conflicts = Value::read(input)?;
        totals.times = Value::read(input)?;
        totals.sealing = Value::read(input)?;
        totals.times.is_none_or(|(first, last)| first <= last).then_some(totals)
    }
}

impl Value for Counts {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        Value::read(input).map(Self)
    }
}

/// The name that is written so, if packets are counted under it.
fn known(name: &str) -> Option<&'static str> {
    let layer = Layer::Raw;
    let single = [
        Outcome::Tcp,
        Outcome::Udp,
        Outcome::Icmp,
        Outcome::Arp,
        Outcome::Fragment,
        Outcome::Llc,
        Outcome::OtherInner { layer },
        Outcome::UnknownLink(0),
        Outcome::Cut { layer },
        Outcome::Malformed { layer },
        Outcome::TooDeep,
    ];
    let protocols = (0..=u8::MAX).map(Outcome::OtherProtocol);
    let ethertypes = (0..=u16::MAX).map(Outcome::OtherEthertype);
    single.into_iter().chain(protocols).chain(ethertypes).map(Outcome::name).find(|known| *known == name)
}

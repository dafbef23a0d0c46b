//! What is to be made up, and the loop that does.

use std::io::{self, Write};

use super::damage::Damages;
use super::script::Script;
use super::socket_io::{self, Session};
use super::{Payload, Profile, Random, Said, Sealer, Talk, Texts, Told, Truth, Wire};

/// A capture to be made up.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    profile: Profile,
    until: Until,
    seed: u64,
    connections: u32,
    /// How many of them are open at the same time.
    at_once: u32,
}

/// When it is enough; then connections are closed.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// With so many bytes.
    Bytes(u64),
    /// With so many packets.
    Packets(u64),
}

/// Segments that a sender hands to its network card at once: 64 KiB.
const BURST: u64 = 45;

impl Plan {
    /// A capture of about `size` bytes, and never less.
    pub const fn new(profile: Profile, size: u64, seed: u64) -> Self {
        let connections = profile.connections();
        Self { profile, until: Until::Bytes(size), seed, connections, at_once: connections }
    }

    /// The same, of another size.
    pub const fn until(self, until: Until) -> Self {
        Self { until, ..self }
    }

    /// The same, with so many connections, all at once.
    pub const fn with_connections(self, connections: u32) -> Self {
        Self { connections, at_once: connections, ..self }
    }

    /// The same, but no more than so many are open at the same time: as it goes on, the oldest is closed and another
    /// one takes its place.
    pub fn at_once(self, at_once: u32) -> Self {
        Self { at_once: at_once.clamp(1, self.connections.max(1)), ..self }
    }

    /// The key log of what is encrypted in it.
    pub fn key_log(&self) -> String {
        let secured = if self.profile == Profile::Tls { self.connections } else { 0 };
        (0..secured).map(Sealer::keys).collect()
    }

    /// Writes it as a pcap, and says what it holds.
    pub fn write<W: Write>(&self, out: W) -> io::Result<(W, Truth)> {
        let mut random = Random::new(self.seed);
        let mut wire = Wire::new(out)?;
        let mut cast = Cast::new(self, &mut random);
        let mut closed = 0;
        while self.goes_on(&wire) {
            while closed < self.over(&wire) {
                cast.open(closed, &mut wire)?.close(&mut wire, &mut random)?;
                closed += 1;
            }
            let place = closed + random.below(u64::from(self.at_once.max(1))) as usize;
            cast.turn(place, &mut wire, &mut random)?;
        }
        for place in closed..cast.talks.len() {
            cast.open(place, &mut wire)?.close(&mut wire, &mut random)?;
        }
        let truth = Truth {
            profile: self.profile,
            seed: self.seed,
            bytes: wire.written(),
            packets: wire.packets(),
            connections: self.connections,
            said: cast.said(),
            damages: cast.damages(),
            told: cast.told(),
        };
        Ok((wire.finish()?, truth))
    }

    fn goes_on<W: Write>(&self, wire: &Wire<W>) -> bool {
        let (so_far, all) = self.progress(wire);
        so_far < all
    }

    /// How many connections have had their time.
    fn over<W: Write>(&self, wire: &Wire<W>) -> usize {
        let (so_far, all) = self.progress(wire);
        let others = u128::from(self.connections.saturating_sub(self.at_once));
        (others * u128::from(so_far) / u128::from(all.max(1))) as usize
    }

    /// How much there is, and of how much.
    fn progress<W: Write>(&self, wire: &Wire<W>) -> (u64, u64) {
        match self.until {
            Until::Bytes(bytes) => (wire.written(), bytes),
            Until::Packets(packets) => (wire.packets(), packets),
        }
    }
}

/// All connections, and what they take their words from.
struct Cast {
    profile: Profile,
    /// Those that have been opened: each is when it first has something to say.
    talks: Vec<Option<Talk>>,
    /// What both sides of each have to say, where it is compressed.
    scripts: Vec<[Script; 2]>,
    /// The session of each, where it is Socket.IO's.
    sessions: Vec<Session>,
    texts: Texts,
    text: String,
    bytes: Vec<u8>,
}

impl Cast {
    fn new(plan: &Plan, random: &mut Random) -> Self {
        let compressed = if plan.profile == Profile::Deflate { plan.connections } else { 0 };
        let sessions = if plan.profile == Profile::SocketIo { plan.connections } else { 0 };
        Self {
            profile: plan.profile,
            talks: (0..plan.connections.max(1)).map(|_| None).collect(),
            scripts: (0..compressed).map(|_| [Script::new(), Script::new()]).collect(),
            sessions: (0..sessions.max(1)).map(|_| Session::default()).collect(),
            texts: Texts::new(8 << 10, random),
            text: String::new(),
            bytes: Vec::new(),
        }
    }

    /// The connection at this place, which is opened where it was not.
    fn open<W: Write>(&mut self, place: usize, wire: &mut Wire<W>) -> io::Result<&mut Talk> {
        let talk = &mut self.talks[place];
        if talk.is_none() {
            let mut fresh = Talk::new(place as u32);
            match self.profile {
                Profile::Tls => fresh.secure(),
                Profile::SocketIo => fresh.at(socket_io::TARGET),
                _ => {}
            }
            fresh.open(wire, self.profile == Profile::Deflate)?;
            match self.profile {
                Profile::Lossy => fresh.damage(),
                Profile::OneSided => fresh.deafen(),
                _ => {}
            }
            *talk = Some(fresh);
        }
        Ok(talk.as_mut().unwrap_or_else(|| unreachable!("it was just opened")))
    }

    /// One connection says something more.
    fn turn<W: Write>(&mut self, place: usize, wire: &mut Wire<W>, random: &mut Random) -> io::Result<()> {
        self.open(place, wire)?;
        let Self { profile, talks, scripts, sessions, texts, text, bytes } = self;
        let Some(talk) = &mut talks[place] else { return Ok(()) };
        match profile {
            Profile::Chat | Profile::Many | Profile::OneSided => {
                texts.json(60, 300, random, text);
                let client = *profile != Profile::OneSided && random.coin();
                talk.send(wire, client, Payload::Text(text), random)
            }
            Profile::SocketIo => {
                let (client, payload) = sessions[place].next(texts, random, text, bytes);
                talk.send(wire, client, payload, random)
            }
            Profile::Lossy => {
                let most = if random.below(10) == 0 { 8000 } else { 300 };
                texts.json(60, most, random, text);
                talk.send(wire, random.coin(), Payload::Text(text), random)
            }
            Profile::Bulk | Profile::Tls => {
                if !talk.queued() {
                    let least = 16 << (10 + random.below(6));
                    let len = least + random.below(least);
                    random.fill(len as usize, bytes);
                    talk.queue(false, Payload::Binary(bytes), random);
                }
                talk.burst(wire, 1 + random.below(BURST) as usize)
            }
            Profile::Deflate => {
                let client = random.coin();
                let line = scripts[place][usize::from(!client)].next(texts, random);
                talk.send(wire, client, Payload::Deflated(&line.text, &line.deflated), random)
            }
        }
    }

    fn said(&self) -> [Said; 2] {
        let mut said = [Said::default(); 2];
        for talk in self.talks.iter().flatten() {
            said.iter_mut().zip(talk.said()).for_each(|(all, one)| all.add(&one));
        }
        said
    }

    fn told(&self) -> Option<Told> {
        let mut told = Told::default();
        self.sessions.iter().for_each(|session| told.add(session.told()));
        (self.profile == Profile::SocketIo).then_some(told)
    }

    fn damages(&self) -> Damages {
        let mut damages = Damages::default();
        self.talks.iter().flatten().for_each(|talk| damages.add(&talk.damages()));
        damages
    }
}

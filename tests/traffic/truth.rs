//! What a made-up capture holds, as it is written beside it.

use serde_json::{Value, json};

use super::damage::Damages;
use super::{Digest, Profile, Told};

/// What one side said in a connection, or in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Frames, Close frames among them.
    pub frames: u64,
    /// Their payload on the wire.
    pub payload: u64,
    /// Messages of which every byte was captured.
    pub messages: u64,
    /// Their content, inflated.
    pub content: u64,
    /// See [`Digest`]: of a direction, or the sum of all that one side sends in.
    pub digest: u64,
    /// Messages of which some bytes were never captured.
    pub lost: u64,
}

impl Said {
    /// One more message in its frame, of which `payload` bytes are on the wire.
    pub(super) fn message(&mut self, payload: usize, content: usize, captured: bool) {
        self.frame(payload);
        self.messages += u64::from(captured);
        self.content += if captured { content as u64 } else { 0 };
        self.lost += u64::from(!captured);
    }

    /// One more frame.
    pub(super) const fn frame(&mut self, payload: usize) {
        self.frames += 1;
        self.payload += payload as u64;
    }

    /// What the same side said in another connection.
    pub fn add(&mut self, other: &Self) {
        self.frames += other.frames;
        self.payload += other.payload;
        self.messages += other.messages;
        self.content += other.content;
        self.digest = self.digest.wrapping_add(other.digest);
        self.lost += other.lost;
    }

    /// The same, of a direction whose messages come to this.
    pub const fn with(self, digest: Digest) -> Self {
        Self { digest: digest.value(), ..self }
    }

    fn json(&self) -> Value {
        json!({
            "frames": self.frames,
            "payload": self.payload,
            "messages": self.messages,
            "content": self.content,
            "digest": format!("{:016x}", self.digest),
            "lost": self.lost,
        })
    }
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Truth {
    /// What kind of traffic it is.
    pub profile: Profile,
    /// What it was made from.
    pub seed: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// WebSocket connections, each with a TCP connection of its own.
    pub connections: u32,
    /// What both sides said, clients first.
    pub said: [Said; 2],
    /// What became of segments on their way.
    pub damages: Damages,
    /// What was said by Socket.IO's measure, where that is spoken.
    pub told: Option<Told>,
}

impl Truth {
    /// One JSON object.
    pub fn json(&self) -> Value {
        let [client, server] = &self.said;
        let mut all = json!({
            "profile": self.profile.name(),
            "seed": self.seed,
            "bytes": self.bytes,
            "packets": self.packets,
            "connections": self.connections,
            "client": client.json(),
            "server": server.json(),
            "segments": self.damages.json(),
        });
        if let Some(told) = &self.told {
            all["socketio"] = told.json();
        }
        all
    }
}

//! What the tests share: places, samples, truths, drawings, and captures made on the spot.

#[path = "support/draw.rs"]
pub mod draw;
#[path = "support/manifest.rs"]
pub mod manifest;
#[path = "support/packets.rs"]
pub mod packets;
#[path = "support/place.rs"]
pub mod place;
#[path = "support/random.rs"]
pub mod random;
#[path = "support/replay.rs"]
pub mod replay;
#[path = "support/segments.rs"]
pub mod segments;
#[path = "support/truth.rs"]
pub mod truth;

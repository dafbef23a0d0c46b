//! Writes made-up traffic with the truth of what it holds: `generate chat 500MB --seed 1 -o FILE`.
//!
//! The truth lies beside it as `FILE.truth.json`, and of what is encrypted the key log as `FILE.keys`.

use std::fs::File;
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use wscope_tests::place::beside_file;
use wscope_tests::traffic::{Plan, Profile, Until, size};

/// Writes a capture of made-up traffic, the same for the same seed.
#[derive(Parser)]
struct Wanted {
    /// chat, bulk, deflate, tls, lossy, many, one-sided or socketio
    #[arg(value_parser = profile)]
    profile: Profile,
    /// How large it is to be: a number with kB, MB or GB
    #[arg(value_parser = size)]
    size: u64,
    /// Go on up to this many packets, whatever the size
    #[arg(long)]
    packets: Option<u64>,
    /// How many connections there are
    #[arg(long)]
    connections: Option<u32>,
    /// How many of them speak at the same time: all, if nothing is said
    #[arg(long)]
    at_once: Option<u32>,
    /// What everything in it is made from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The capture to write
    #[arg(short)]
    out: PathBuf,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wanted = Wanted::parse();
    let mut plan = Plan::new(wanted.profile, wanted.size, wanted.seed);
    if let Some(packets) = wanted.packets {
        plan = plan.until(Until::Packets(packets));
    }
    if let Some(connections) = wanted.connections {
        plan = plan.with_connections(connections);
    }
    if let Some(at_once) = wanted.at_once {
        plan = plan.at_once(at_once);
    }
    let begun = Instant::now();
    let (_, truth) = plan.write(File::create(&wanted.out)?)?;
    std::fs::write(beside_file(&wanted.out, "truth.json"), format!("{:#}\n", truth.json()))?;
    if !plan.key_log().is_empty() {
        std::fs::write(beside_file(&wanted.out, "keys"), plan.key_log())?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let megabytes = truth.bytes as f64 / 1e6;
    println!(
        "{} packets, {megabytes:.0} MB in {seconds:.1} s: {:.0} MB/s",
        truth.packets,
        megabytes / seconds
    );
    Ok(())
}

fn profile(word: &str) -> Result<Profile, String> {
    let names = Profile::ALL.map(Profile::name).join(", ");
    Profile::named(word).ok_or_else(|| format!("known are {names}"))
}

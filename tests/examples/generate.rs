//! Writes made-up traffic: `generate PROFILE MEGABYTES OUT`.

use std::fs::File;
use std::io::BufWriter;

use wscope_tests::traffic::{Profile, generate};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [profile, size, out] = words.as_slice() else {
        return Err("usage: generate chat|bulk|deflate|sealed MEGABYTES OUT".into());
    };
    let known = Profile::ALL.into_iter().find(|known| known.name() == profile);
    let profile = known.ok_or("the profile is one of chat, bulk, deflate and sealed")?;
    generate(profile, size.parse::<u64>()? * 1_000_000, 1, BufWriter::new(File::create(out)?))?;
    Ok(())
}

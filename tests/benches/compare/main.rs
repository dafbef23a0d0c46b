//! wscope against its peers and its promises: whole processes, in turn, on the same made-up files.
//!
//! `cargo bench -p wscope-tests --bench compare -- --write` builds the program, measures all, and writes the table into
//! `docs/performance.md`. What takes long can be measured in several goes (`--rows`, `--only`): results stay in the folder
//! until the next ones of the same row. `--quick` shows in two minutes that everything works, and measures nothing.
//!
//! Knows nothing of how the program works but its command line, and of the library what a window asks it first.

#[cfg(target_os = "linux")]
mod child;
#[cfg(not(target_os = "linux"))]
mod child {
    //! Other systems count memory in other units, where they count it.
    pub(crate) fn run(_: &crate::options::Options) -> crate::Outcome<()> {
        Err("processes are measured on Linux only".into())
    }
}
mod files;
mod machine;
mod meter;
mod options;
mod pairs;
mod peers;
mod rows;
mod table;

use std::error::Error;
use std::fs::File;

use wscope_tests::bare;

use crate::files::Files;
use crate::options::{Options, Part};
use crate::peers::Peers;
use crate::table::Table;

/// What a measurement ends with where it cannot be made.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let options = Options::read();
    if let Some(file) = &options.bare {
        println!("{:?}", bare::count(File::open(file)?, options.ahead)?);
        return Ok(());
    }
    if !options.meter.is_empty() {
        return child::run(&options);
    }
    std::fs::create_dir_all(options.folder())?;
    let mut bench = Bench {
        peers: Peers::find(&options)?,
        files: Files::new(&options),
        table: Table::read(options.folder().join("compare.json")),
        options,
    };
    for part in bench.options.parts() {
        eprintln!("{}", part.says());
        match part {
            Part::Peers => rows::peers::run(&mut bench),
            Part::Bare => rows::bare::run(&mut bench),
            Part::Memory => rows::memory::run(&mut bench),
            Part::Linear => rows::linear::run(&mut bench),
            Part::Connections => rows::connections::run(&mut bench),
            Part::Reach => rows::reach::run(&mut bench),
            Part::Threads => rows::threads::run(&mut bench),
            Part::Same => rows::same::run(&mut bench),
            Part::Printing => rows::printing::run(&mut bench),
        }?;
        bench.table.save()?;
    }
    bench.files.clear();
    println!("{}", bench.table.markdown());
    if bench.options.write { bench.table.write() } else { Ok(()) }
}

/// All that a measurement needs.
struct Bench {
    options: Options,
    peers: Peers,
    files: Files,
    table: Table,
}

//! The words of the command line and what they mean. A command that is not here does not exist.

use std::fmt;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use session::decoding::Pin;
use session::dissector::decoders::Schema;
use session::dissector::rules::Severity;
use session::filter::{Filter, Mistake, Sieve};
use wscope::cache;

use super::time::Clock;

pub(crate) use super::launch::options::{RUN, Run};

pub(crate) use super::capture::options::{CAPTURE, Capture, INTERFACES, Interfaces};

const ABOUT: &str = "Shows WebSocket traffic as it is on the wire";

const LONG_ABOUT: &str = "\
Shows WebSocket traffic as it is on the wire: reassembles TCP, recognizes the opening handshake, dissects every \
frame bit by bit, unmasks and inflates payloads and puts messages together.

Without a command it opens a window, on FILE if one is named. Where no window can be opened it prints the summary \
of FILE.";

const EXAMPLES: &str = "\
Examples:
  wscope capture.pcapng                        open it in a window
  wscope summary capture.pcap.gz               one screen about what it holds
  wscope messages capture.pcap                 what was said, unmasked and inflated
  wscope frames capture.pcap --format json     every frame, one JSON object a line
  wscope capture -i lo -f 'tcp port 8080'      frames while they are on the wire
  wscope run -- node client.js                 what a command says, TLS keys included
  wscope messages a.pcap -Y 'ws.length > 1000'  only those that a display filter lets through
  wscope check capture.pcap --fail-on warn     what breaks the protocol, and where
  wscope explain 81 85 37 fa 21 3d 7f 9f 4d 51 58

Results go to stdout, words to stderr. Exit codes: 0 done, 1 found (check only), 2 could not do it.";

/// Everything that was said on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "wscope",
    version,
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    subcommand_help_heading = "Commands",
    max_term_width = 110
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Capture to open in the window
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) how: How,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// One screen: what a capture holds, and its WebSocket connections
    #[command(after_help = "Example:\n  wscope summary capture.pcap --format json")]
    Summary(Summary),
    /// One row per WebSocket connection, attempts included
    #[command(after_help = CONNECTIONS)]
    Connections(Rows),
    /// One row per frame, in order of completion
    #[command(after_help = FRAMES)]
    Frames(Rows),
    /// One row per message: unmasked, put together from its frames, inflated; those that HTTP carries among them
    #[command(after_help = MESSAGES)]
    Messages(Rows),
    /// What breaks the protocol, what is likely to be wrong and what is worth knowing, each with its bytes
    #[command(after_help = CHECK)]
    Check(Check),
    /// Devices that can be captured from, and what to do where the right to is lacking
    #[command(after_help = INTERFACES)]
    Interfaces(Interfaces),
    /// Capture, and print frames as they come; Ctrl+C ends it
    #[command(after_help = CAPTURE)]
    Capture(Box<Capture>),
    /// Run a command with a capture and a TLS key log around it, and print its messages as they come
    #[command(after_help = RUN)]
    Run(Box<Run>),
    /// The rules that captures are checked against
    #[command(after_help = RULES)]
    Rules(Rules),
    /// The fields that display filters know
    #[command(after_help = FIELDS)]
    Fields(Fields),
    /// Draw a frame bit by bit from its bytes in hex, or say what a rule, a close code or an opcode means
    #[command(after_help = EXPLAIN)]
    Explain(Explain),
}

const CONNECTIONS: &str = "\
A row is printed when all of the capture was read.

Examples:
  wscope connections capture.pcap
  wscope connections capture.pcap --format json | jq 'select(.close.clean | not)'
  wscope connections capture.pcap --fields connection,client,request.target,close.code --format csv";

const FRAMES: &str = "\
Rows are printed as frames come, also from a capture that is still being written.

Examples:
  wscope frames capture.pcap -c 20
  wscope frames capture.pcap --fields frame,time,opcode_name,payload_length --format csv
  tcpdump -i lo -U -w - 'tcp port 8080' | wscope frames -";

const MESSAGES: &str = "\
Messages are printed in order of completion, as frames are: one whose last fragment is still to come holds back no \
other. Those that were given up come where the next message of the same side begins, or at the end.

Examples:
  wscope messages capture.pcap
  wscope messages capture.pcap --format json | jq -r .text
  wscope messages capture.pcap --fields message,direction,text --format csv";

const CHECK: &str = "\
Exit code 1 where a finding at or above --fail-on stands, else 0. Of one rule on one connection the first hundred \
findings are kept in full; the rest is counted, and counts for the exit code.

Examples:
  wscope check capture.pcap
  wscope check capture.pcap --fail-on warn --format junit > wscope.xml
  wscope check capture.pcap --format sarif > wscope.sarif
  wscope check capture.pcap --format json | jq 'select(.severity == \"error\")'";

const RULES: &str = "\
Examples:
  wscope rules --severity error,warn
  wscope rules --format json | jq -r .code
  wscope explain frame-client-unmasked";

const FIELDS: &str = "\
Names are Wireshark's where it has one; those that begin with ws. are wscope's own. A field alone holds where it is \
there; its values are compared by == != < <= > >= contains matches in, and tests are joined by && || ! and brackets.

Examples:
  wscope fields close
  wscope frames capture.pcap -Y 'websocket.opcode == close && ws.direction == server'
  wscope messages capture.pcap -Y 'ws.json.user.id == 7 || ws.text matches \"error|warn\"'
  wscope connections capture.pcap -Y 'ws.close.code == 1006 && ip.addr == 10.0.0.0/8'";

const EXPLAIN: &str = "\
Bytes may be parted by spaces, colons or commas and may begin with 0x or \\x. A number from 1000 to 4999 is a close code, \
one hex digit or a name is an opcode, and the codes of rules are those that wscope check prints.

Examples:
  wscope explain 81 85 37 fa 21 3d 7f 9f 4d 51 58
  wscope explain 880203e8
  wscope explain 1006
  wscope explain ping
  wscope explain frame-client-unmasked";

/// How a capture is read, and how its results look.
#[derive(Args, Clone, Debug)]
pub(crate) struct How {
    /// Take what a TCP port carries for WebSocket, handshake or not (may be given more than once)
    #[arg(long, value_name = "PORT=websocket", value_parser = decode_as, help_heading = "Reading")]
    pub(crate) decode_as: Vec<u16>,
    /// Read messages of some connections by this decoder; a wrong name lists them all (may be given more than once)
    #[arg(long, value_name = "WHAT=WHICH=DECODER", value_parser = str::parse::<Pin>, help_heading = "Reading",
        long_help = "Read messages of some connections by this decoder: subprotocol=NAME=DECODER, port=N=DECODER or \
        path=PREFIX=DECODER; a wrong name lists them all (may be given more than once)")]
    pub(crate) decode: Vec<Pin>,
    /// Read binary messages as Protobuf by the types of this file, where no other protocol takes them (may be given more
    /// than once)
    #[arg(long, value_name = "FILE[:MESSAGE]", value_parser = session::decoding::read_proto, help_heading = "Reading",
        long_help = "Read binary messages as Protobuf by the types of this .proto file, where no other protocol takes \
        them (may be given more than once). A message has the type behind the colon, else one that the subprotocol or \
        the last step of the path names, else the one that it fits. Imports are looked for beside the file and in the \
        folders above it")]
    pub(crate) proto: Vec<Schema>,
    /// Decrypt TLS with this key log, beside the one that SSLKEYLOGFILE names and the capture's own secrets (may be
    /// given more than once)
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub(crate) keys: Vec<PathBuf>,
    /// Only rows for which this display filter holds; `wscope fields` lists what it can ask for
    #[arg(short = 'Y', long, value_name = "EXPR", help_heading = "Reading")]
    pub(crate) display_filter: Option<String>,
    /// Read with so many threads, in place of as many as there are processors; results are the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    pub(crate) threads: Option<NonZero<usize>>,
    /// Keep an index of captures of this size or more in the cache folder, so that they open again at once: a number
    /// of bytes, or 500M, 2G
    #[arg(long, value_name = "SIZE", env = "WSCOPE_INDEX_FROM", value_parser = bytes, help_heading = "Reading")]
    pub(crate) index_from: Option<u64>,
    /// Neither use nor keep an index
    #[arg(long, help_heading = "Reading")]
    pub(crate) no_index: bool,
    /// No colors, as with NO_COLOR in the environment
    #[arg(long, help_heading = "Output")]
    pub(crate) no_color: bool,
}

impl How {
    /// The display filter; one that lets everything through where none is given.
    pub(crate) fn filter(&self) -> Result<Arc<Filter>, Misfit> {
        let text = self.display_filter.as_deref().unwrap_or_default();
        Filter::parse(text).map(Arc::new).map_err(|mistake| Misfit(mistake.drawn(text), mistake))
    }

    /// That filter at work, with what the user says of decoders.
    pub(crate) fn sieve(&self) -> Result<Sieve, Misfit> {
        Ok(self.sieve_of(self.filter()?))
    }

    /// The same of a filter that was understood before.
    pub(crate) fn sieve_of(&self, filter: Arc<Filter>) -> Sieve {
        Sieve::new(filter).pinned(self.decode.clone())
    }

    /// Whether there are key logs, and so keys may come late.
    pub(crate) fn has_keys(&self) -> bool {
        !self.session(false).keys.is_empty()
    }

    /// What a session is told. `again`: whether nothing is shown before the end, so that keys that come late can be
    /// applied to what came before.
    pub(crate) fn session(&self, again: bool) -> session::Options {
        let mut keys = self.keys.clone();
        keys.extend(std::env::var_os("SSLKEYLOGFILE").filter(|path| !path.is_empty()).map(PathBuf::from));
        let mut options =
            session::Options { keys, again, threads: self.threads, ..session::Options::default() };
        options.dissector.websocket_ports = self.decode_as.clone();
        options.schemas = self.proto.clone().into();
        options.index = match self.no_index {
            true => Some(cache::no_indexes()),
            false => self.index_from.map(cache::indexes),
        };
        options
    }
}

/// Options of `summary`.
#[derive(Args, Debug)]
pub(crate) struct Summary {
    /// A pcap or pcapng, also .gz, .zst or .lz4; `-` is standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) how: How,
    /// Also what is spoken: messages, questions and answers of each protocol; reads all messages for it
    #[arg(long, help_heading = "Output")]
    pub(crate) protocols: bool,
    /// A screen for people, or one JSON object
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: OneFormat,
}

/// Options of the commands that print rows.
#[derive(Args, Debug)]
pub(crate) struct Rows {
    /// A pcap or pcapng, also .gz, .zst or .lz4; `-` is standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) source: How,
    /// A table for people, JSON with one object a line, or CSV (RFC 4180)
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: Format,
    /// Stop after this many rows
    #[arg(short = 'c', long, value_name = "ROWS", help_heading = "Output")]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) columns: Columns,
}

/// Which columns there are, and how tables show times.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Columns {
    /// Only these columns or keys, in this order; a wrong name lists them all
    #[arg(long, value_delimiter = ',', value_name = "A,B,…", help_heading = "Output")]
    pub(crate) fields: Vec<String>,
    /// In tables: date and time in UTC, in place of seconds since the first packet
    #[arg(long, help_heading = "Output")]
    pub(crate) utc: bool,
    /// In tables: date and time in the zone of this computer
    #[arg(long, conflicts_with = "utc", help_heading = "Output")]
    pub(crate) local: bool,
}

impl Columns {
    /// How tables show times in a capture that begins at `start`.
    pub(crate) fn clock(&self, start: Option<i64>) -> Clock {
        match (self.utc, self.local) {
            (true, _) => Clock::In(TimeZone::UTC),
            (_, true) => Clock::In(TimeZone::system()),
            _ => Clock::SinceStart(start.unwrap_or(0)),
        }
    }
}

/// Options of `check`.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// A pcap or pcapng, also .gz, .zst or .lz4; `-` is standard input
    pub(crate) file: PathBuf,
    /// Exit with 1 where a finding is as bad as this, or worse
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(crate) fail_on: Grade,
    #[command(flatten)]
    pub(crate) source: How,
    /// A report for people, one finding a line as JSON or CSV, SARIF 2.1.0, or JUnit's XML
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: ReportFormat,
    /// Show this many findings of each rule in the report
    #[arg(long, default_value = "5", value_name = "FINDINGS", help_heading = "Output")]
    pub(crate) each: usize,
    #[command(flatten)]
    pub(crate) columns: Columns,
}

/// How a table of the program's own looks: of rules, fields, devices.
#[derive(Args, Debug)]
pub(crate) struct Listing {
    /// A table for people, JSON with one object a line, or CSV (RFC 4180)
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: Format,
    /// Only these columns or keys, in this order; a wrong name lists them all
    #[arg(long, value_delimiter = ',', value_name = "A,B,…", help_heading = "Output")]
    pub(crate) fields: Vec<String>,
    /// No colors, as with NO_COLOR in the environment
    #[arg(long, help_heading = "Output")]
    pub(crate) no_color: bool,
}

/// Options of `rules`.
#[derive(Args, Debug)]
pub(crate) struct Rules {
    /// Only rules of these severities
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SEVERITY,…")]
    pub(crate) severity: Vec<Grade>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

/// Options of `fields`.
#[derive(Args, Debug)]
pub(crate) struct Fields {
    /// Only fields with this in their name
    #[arg(value_name = "PART")]
    pub(crate) part: Option<String>,
    #[command(flatten)]
    pub(crate) listing: Listing,
}

/// A display filter that is none, drawn with the mistake under the very characters.
#[derive(Debug)]
pub(crate) struct Misfit(String, Mistake);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "display filter: {}", self.1)?;
        self.0.lines().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for Misfit {}

/// Options of `explain`.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// Bytes of a frame in hex, the code of a rule, a close code, or an opcode
    #[arg(required = true, value_name = "WHAT")]
    pub(crate) what: Vec<String>,
    /// No colors, as with NO_COLOR in the environment
    #[arg(long, help_heading = "Output")]
    pub(crate) no_color: bool,
}

/// Formats of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    Csv,
}

/// Formats of a single thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OneFormat {
    Table,
    Json,
}

/// Formats of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    Table,
    Json,
    Csv,
    Sarif,
    Junit,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Grade {
    /// A MUST is broken
    Error,
    /// A SHOULD is broken, or something is likely to be wrong
    Warn,
    /// Legal, and worth knowing
    Note,
}

impl From<Grade> for Severity {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Error => Self::Error,
            Grade::Warn => Self::Warn,
            Grade::Note => Self::Note,
        }
    }
}

fn decode_as(text: &str) -> Result<u16, String> {
    let wanted = "expected a port and what it carries, such as 9000=websocket";
    let (port, what) = text.split_once('=').ok_or(wanted)?;
    if !what.eq_ignore_ascii_case("websocket") {
        return Err(format!("\"{what}\" is not known here; only websocket is"));
    }
    match port.parse() {
        Ok(0) | Err(_) => Err(format!("\"{port}\" is no port from 1 to 65535")),
        Ok(port) => Ok(port),
    }
}

/// A number of bytes, as people say it: powers of 1000, as everywhere here.
fn bytes(text: &str) -> Result<u64, String> {
    let wanted = "expected a number of bytes, such as 500000000, 500M or 2G";
    let number = text.trim_end_matches(['b', 'B']);
    let unit = number.chars().next_back().and_then(|unit| "kmgt".find(unit.to_ascii_lowercase()));
    let digits = if unit.is_some() { &number[..number.len() - 1] } else { number };
    let number = digits.trim().parse::<u64>().map_err(|_| wanted.to_owned())?;
    let unit = 1000_u64.pow(unit.map_or(0, |place| place as u32 + 1));
    number.checked_mul(unit).ok_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// What clap checks only when it is asked to.
    #[test]
    fn options_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_are_sizes() {
        let said =
            [("0", 0), ("70000", 70_000), ("2k", 2000), ("500M", 500_000_000), ("20 GB", 20_000_000_000)];
        for (text, size) in said {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for wrong in ["", "G", "-1", "1.5G", "5X", "99999999999T", "ä"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ports_are_ports() {
        assert_eq!(decode_as("9000=websocket"), Ok(9000));
        for wrong in ["9000", "0=websocket", "70000=websocket", "80=http"] {
            assert!(decode_as(wrong).is_err());
        }
    }
}

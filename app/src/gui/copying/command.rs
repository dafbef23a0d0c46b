//! A command line that opens the same connection and says the same.
//!
//! Everything in it was sent by strangers. What a terminal would obey is never in it: a payload with such characters
//! goes as base64, an address with them is written in percent signs, a header with them is left out.

use session::Snapshot;
use session::dissector::ids::ConnectionId;

use super::forms::base64;
use super::shell::{can_be_pasted, quote};

/// How a connection is opened, and what kind of message is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// `wss://example.com/chat`
    pub url: String,
    /// What the server agreed to speak, else what the client offered.
    pub subprotocols: Vec<String>,
    /// Where the page came from.
    pub origin: Option<String>,
    /// Whether the message is a text message.
    pub text: bool,
}

/// What a command line of one argument holds on Linux, less a margin.
const LONGEST: usize = 120_000;

impl Talk {
    /// How a connection was opened, as far as its handshake says; what it does not say is its server's address.
    pub fn of(snapshot: &Snapshot, id: ConnectionId, text: bool) -> Option<Self> {
        let connection = snapshot.connection(id)?;
        let request = connection.request.as_deref();
        let value = |name: &'static str| request.and_then(|head| head.values(name).next());
        let scheme = if connection.carrier.tls.is_some() { "wss" } else { "ws" };
        let host = value("host").or(value(":authority")).and_then(host);
        let host = host.map_or_else(|| connection.server.to_string(), str::to_owned);
        let target = request.and_then(|head| head.target()).filter(|target| target.starts_with(b"/"));
        let target = target.or(value(":path")).unwrap_or(b"/");
        let agreed = connection.agreement.subprotocol.clone();
        let offered = || connection.agreement.offered_subprotocols.clone();
        let subprotocols = agreed.map_or_else(offered, |agreed| vec![agreed]);
        let origin = value("origin").and_then(can_be_pasted).map(str::to_owned);
        Some(Self {
            url: format!("{scheme}://{host}{}", path(target)),
            subprotocols: subprotocols
                .into_iter()
                .filter(|it| can_be_pasted(it.as_bytes()).is_some())
                .collect(),
            origin,
            text,
        })
    }
}

/// A host with its port (RFC 3986 3.2.2), where it is nothing else.
fn host(value: &[u8]) -> Option<&str> {
    let value = std::str::from_utf8(value).ok()?;
    let sound = |it: char| it.is_ascii_alphanumeric() || "-._:[]".contains(it);
    (!value.is_empty() && value.chars().all(sound)).then_some(value)
}

/// A path and query of visible ASCII.
fn path(target: &[u8]) -> String {
    let mut text = String::with_capacity(target.len());
    if !target.starts_with(b"/") {
        text.push('/');
    }
    for byte in target {
        match byte {
            b'!'..=b'~' => text.push(char::from(*byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}

/// websocat 1: one message from standard input, then it waits for answers.
pub(super) fn websocat(bytes: &[u8], talk: &Talk) -> String {
    let said = match can_be_pasted(bytes) {
        Some(text) => format!("printf %s {}", quote(text)),
        None => format!("printf %s {} | base64 -d", quote(&base64(bytes))),
    };
    let mut command =
        format!("{said} | websocat --no-close --no-line {}", if talk.text { "--text" } else { "--binary" });
    // Its buffer is where one message ends.
    if bytes.len() >= 65_536 {
        command.push_str(&format!(" --buffer-size={}", bytes.len() + 1));
    }
    if !talk.subprotocols.is_empty() {
        command.push_str(&format!(" --protocol={}", quote(&talk.subprotocols.join(","))));
    }
    if let Some(origin) = &talk.origin {
        command.push_str(&format!(" --origin={}", quote(origin)));
    }
    format!("{command} {}", quote(&talk.url))
}

/// wscat: sends text only, given on its command line.
pub(super) fn wscat(bytes: &[u8], talk: &Talk) -> Result<String, String> {
    let text = can_be_pasted(bytes).filter(|_| talk.text);
    let text = text.ok_or("wscat says text without control characters only: websocat says this one")?;
    if bytes.len() > LONGEST {
        return Err("It is too long for a command line: websocat reads it from standard input".into());
    }
    let mut command = format!("wscat --connect={} --execute={} --wait=5", quote(&talk.url), quote(text));
    for subprotocol in &talk.subprotocols {
        command.push_str(&format!(" --subprotocol={}", quote(subprotocol)));
    }
    if let Some(origin) = &talk.origin {
        command.push_str(&format!(" --origin={}", quote(origin)));
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(text: bool) -> Talk {
        Talk {
            url: "wss://example.com/chat?q='$(id)'".into(),
            subprotocols: vec!["chat.v1".into()],
            origin: Some("https://a.example".into()),
            text,
        }
    }

    /// A command line begins with what is said and ends with where; what is no plain text goes as base64.
    #[test]
    fn command_lines() {
        let says = "printf %s '{\"a\":\"it'\\''s\"}' | websocat --no-close --no-line --text --protocol=chat.v1 \
                    --origin=https://a.example 'wss://example.com/chat?q='\\''$(id)'\\'''";
        assert_eq!(websocat(br#"{"a":"it's"}"#, &talk(true)), says);
        let said = websocat(b"\x1b[0m", &talk(true));
        assert!(said.starts_with("printf %s G1swbQ== | base64 -d | websocat"), "{said}");
        assert!(wscat(b"hello", &talk(false)).is_err() && wscat(b"a\nb", &talk(true)).is_err());
        let said = wscat(b"--help", &talk(true)).unwrap();
        assert!(said.contains(" --execute='--help' "), "{said}");
    }

    /// Programs in place of websocat and wscat are given exactly what was meant, and nothing else is run.
    #[cfg(unix)]
    #[test]
    fn a_real_shell_runs_one_command() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("wscope-copying-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["websocat", "wscat"] {
            let stub = "#!/bin/sh\nfor word in \"$@\"; do printf '%s\\n' \"$word\"; done\n[ -t 0 ] || cat\n";
            let path = folder.join(name);
            std::fs::write(&path, stub).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let run = |script: &str| {
            let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
            let mut shell = std::process::Command::new("sh");
            let ran =
                shell.args(["-c", script]).env("PATH", path).stdin(std::process::Stdio::null()).output();
            ran.unwrap().stdout
        };
        let hostile: &[&[u8]] =
            &[b"'; echo owned; '", b"$(echo owned)", b"\x00\xff\x1b]0;owned\x07", b"-n", b"%s\\n", b""];
        for bytes in hostile {
            let said = run(&websocat(bytes, &talk(true)));
            let mut expected =
                b"--no-close\n--no-line\n--text\n--protocol=chat.v1\n--origin=https://a.example\n".to_vec();
            expected.extend_from_slice(format!("{}\n", talk(true).url).as_bytes());
            expected.extend_from_slice(bytes);
            assert_eq!(said, expected, "{}", String::from_utf8_lossy(bytes));
            if let Ok(command) = wscat(bytes, &talk(true)) {
                let said = String::from_utf8(run(&command)).unwrap();
                let execute = format!("--execute={}", String::from_utf8_lossy(bytes));
                assert_eq!(said.lines().nth(1), Some(execute.as_str()));
                assert_eq!(said.lines().count(), 5, "{said}");
            }
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    /// An address stays one, whatever a client has written into its request.
    #[test]
    fn addresses() {
        assert_eq!(path(b"/a b\x1b\xffc?d=1"), "/a%20b%1B%FFc?d=1");
        assert_eq!(path(b"*"), "/*");
        assert_eq!(host(b"example.com:8080"), Some("example.com:8080"));
        assert_eq!(host(b"[::1]:80"), Some("[::1]:80"));
        for bad in [&b"evil/@x"[..], b"a b", b"a\x1b", b""] {
            assert_eq!(host(bad), None);
        }
    }
}

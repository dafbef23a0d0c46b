//! How programs are told to write their TLS keys, by what they are called.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use super::keys::KeyLog;

/// A kind of program that needs more than the environment.
struct Kind {
    /// What such programs are called, without `.exe`.
    names: &'static [&'static str],
    /// What is put in front of its arguments.
    arguments: fn(&KeyLog) -> Vec<OsString>,
}

/// Browsers. One that is running already takes the page over from a second one, unless that has a profile of its own.
const KINDS: &[Kind] = &[
    Kind {
        names: &[
            "brave",
            "brave-browser",
            "chrome",
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "microsoft-edge",
            "msedge",
            "opera",
            "vivaldi",
        ],
        arguments: |keys| {
            let no_welcome = ["--no-first-run", "--no-default-browser-check"].map(OsString::from);
            [joined("--ssl-key-log-file=", keys.path()), joined("--user-data-dir=", keys.profile())]
                .into_iter()
                .chain(no_welcome)
                .collect()
        },
    },
    Kind { names: &["electron"], arguments: |keys| vec![joined("--ssl-key-log-file=", keys.path())] },
    // Firefox reads SSLKEYLOGFILE.
    Kind {
        names: &["firefox", "firefox-esr", "librewolf"],
        arguments: |keys| {
            // Firefox makes no folder for its profile.
            let _ = std::fs::create_dir(keys.profile());
            vec!["--no-remote".into(), "--profile".into(), keys.profile().into()]
        },
    },
];

/// The command that runs `words` and writes its keys to `keys`.
pub(crate) fn command(words: &[OsString], keys: &KeyLog) -> Option<Command> {
    let (program, arguments) = words.split_first()?;
    let name = Path::new(program).file_stem().unwrap_or(program).to_string_lossy().to_ascii_lowercase();
    let mut command = Command::new(program);
    // Read by OpenSSL's curl, Python, Go and Rust programs that look for it, and Firefox.
    command.env("SSLKEYLOGFILE", keys.path());
    if let Some(kind) = KINDS.iter().find(|kind| kind.names.contains(&name.as_str())) {
        command.args((kind.arguments)(keys));
    } else {
        // Scripts and build tools start Node under other names, and other programs do not look at this.
        command.env("NODE_OPTIONS", node_options(std::env::var_os("NODE_OPTIONS"), keys.path()));
    }
    command.args(arguments);
    Some(command)
}

/// Node's options with one more. They are parted by spaces, unless within double quotes.
fn node_options(set: Option<OsString>, keys: &Path) -> OsString {
    let mut options = set.filter(|set| !set.is_empty()).unwrap_or_default();
    if !options.is_empty() {
        options.push(" ");
    }
    match keys.to_str().filter(|path| path.contains([' ', '"', '\\'])) {
        Some(path) => {
            let path = path.replace('\\', "\\\\").replace('"', "\\\"");
            options.push(format!("\"--tls-keylog={path}\""));
        }
        None => options.push(joined("--tls-keylog=", keys)),
    }
    options
}

fn joined(option: &str, path: impl AsRef<OsStr>) -> OsString {
    let mut word = OsString::from(option);
    word.push(path);
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &[&str]) -> (Vec<String>, bool, bool) {
        let keys = KeyLog::new().unwrap();
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let command = command(&words, &keys).unwrap();
        let plain = |text: &OsStr| text.to_string_lossy().replace(&*keys.folder_name(), "KEYS");
        let set = |name: &str| command.get_envs().any(|(key, value)| key == name && value.is_some());
        (command.get_args().map(plain).collect(), set("SSLKEYLOGFILE"), set("NODE_OPTIONS"))
    }

    impl KeyLog {
        fn folder_name(&self) -> String {
            self.path().parent().unwrap().to_string_lossy().into_owned()
        }
    }

    /// A browser is told by its arguments, Node by its options, and all by the environment.
    #[test]
    fn programs_are_told_by_their_names() {
        let (args, log, node) = told(&["/usr/bin/Chromium", "https://x"]);
        assert_eq!(args[..2], ["--ssl-key-log-file=KEYS/keys.log", "--user-data-dir=KEYS/profile"]);
        assert_eq!((args.last().unwrap().as_str(), log, node), ("https://x", true, false));
        let (args, log, node) = told(&["npm", "test"]);
        assert_eq!((args, log, node), (vec!["test".to_owned()], true, true));
        assert_eq!(told(&["firefox"]).0, ["--no-remote", "--profile", "KEYS/profile"]);
    }

    #[test]
    fn options_of_node_are_kept() {
        let options = node_options(Some("--inspect".into()), Path::new("/tmp/a b/keys"));
        assert_eq!(options, "--inspect \"--tls-keylog=/tmp/a b/keys\"");
        assert_eq!(node_options(None, Path::new("/tmp/keys")), "--tls-keylog=/tmp/keys");
    }
}

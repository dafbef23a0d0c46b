//! Tcpdump on another machine, by way of ssh. Nothing secret is on any command line: ssh asks for nothing and takes what
//! its agent and its configuration have.

use std::process::Command;

use super::tool::Words;

/// Runs tcpdump with these words on `host`, whose last ones are `--` and perhaps a filter.
pub(super) fn command(host: &str, words: Words) -> Result<Command, String> {
    if host.is_empty() || host.starts_with('-') {
        return Err(format!("\"{host}\" is no host; ssh wants user@host"));
    }
    let words: Option<Vec<String>> = words.0.into_iter().map(|word| word.into_string().ok()).collect();
    let words = words.ok_or("what is sent over ssh must be text")?;
    let mut command = Command::new("ssh");
    command.args(["-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15", "--", host]);
    command.arg(format!("sh -c {}", quoted(&script(&words))));
    Ok(command)
}

/// What the other machine's shell does. The connection that the capture itself comes through is left out of it, else
/// each packet would make another; sshd says which one that is.
fn script(words: &[String]) -> String {
    let place = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let (options, filter) = words.split_at(place);
    let options: Vec<String> = options.iter().map(|word| quoted(word)).collect();
    let filter = match filter.get(1) {
        Some(filter) => format!("{}\"${{2:+ and $but}}\"", quoted(&format!("({filter})"))),
        None => "\"${2:+$but}\"".to_owned(),
    };
    format!(
        "PATH=$PATH:/usr/sbin:/sbin; set -- $SSH_CONNECTION; but=\"not (host ${{1%%\\%*}} and tcp port $2)\"; \
         exec tcpdump {} -- {filter}",
        options.join(" ")
    )
}

/// One word for a POSIX shell, whatever is in it.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing in a filter is obeyed by a shell.
    #[cfg(unix)]
    #[test]
    fn a_word_stays_a_word() {
        for word in ["tcp port 80", "it's $(touch x) `y` \\ \"z\"", "", "a\nb;c&&d|e>f*?"] {
            let twice = format!("sh -c {}", quoted(&format!("printf %s {}", quoted(word))));
            let said = Command::new("sh").args(["-c", &twice]).output().unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap(), word);
        }
    }

    /// A host that ssh would take for an option is refused.
    #[test]
    fn no_host_is_an_option() {
        assert!(command("-oProxyCommand=x", Words::default()).is_err());
    }
}

//! How to get the keys to TLS: what each kind of program has to be told so that it writes a key log.
//!
//! The one place for these words; the window shows all of them, the command line the first sentence.

/// How one kind of program is told to write a key log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The program.
    pub program: &'static str,
    /// What to type or write.
    pub how: &'static str,
    /// What else is to be known, in a sentence without a period; may be empty.
    pub says: &'static str,
}

/// What a key log is, in one sentence.
pub const KEY_LOG: &str = "One end has to write a key log while it talks, as what was captured holds no keys";

/// The variable that many programs look at.
pub const VARIABLE: &str = "SSLKEYLOGFILE";

const fn advice(program: &'static str, how: &'static str, says: &'static str) -> Advice {
    Advice { program, how, says }
}

/// Programs, those that most people use first.
#[rustfmt::skip]
pub const ADVICE: &[Advice] = &[
    advice("Chrome",  "SSLKEYLOGFILE=keys.log google-chrome", "Started anew, with no window of it open"),
    advice("Firefox", "SSLKEYLOGFILE=keys.log firefox", "Started anew, with no window of it open"),
    advice("Node",    "node --tls-keylog=keys.log app.js", ""),
    advice("curl",    "SSLKEYLOGFILE=keys.log curl wss://…", "With OpenSSL, GnuTLS or NSS as its TLS"),
    advice("Python",  "SSLContext.keylog_filename = \"keys.log\"", "Since 3.8; SSLKEYLOGFILE does it for default contexts"),
    advice("Java",    "java -javaagent:extract-tls-secrets.jar=keys.log", "An agent of its own; jSSLKeyLog is another"),
    advice("Go",      "tls.Config{KeyLogWriter: file}", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Each program is named once, and each line fits beside its name.
    #[test]
    fn short_and_unique() {
        for (place, advice) in ADVICE.iter().enumerate() {
            assert!(ADVICE[..place].iter().all(|other| other.program != advice.program));
            assert!(advice.how.chars().count() <= 60 && !advice.says.ends_with('.'), "{}", advice.program);
        }
    }
}

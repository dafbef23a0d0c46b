//! Words for a POSIX shell, out of what strangers have sent: whatever stands in them, they stay one word.

/// One word. Between single quotes a shell reads nothing but the next single quote (POSIX 2.2.2).
pub(super) fn quote(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "@%+=:,./-_".contains(it);
    // A word that begins with `=` or `~` means something to some shells.
    let safe = !text.is_empty() && text.chars().all(plain) && !text.starts_with(['=', '-']);
    if safe { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Whether text may stand between quotes on a command line that somebody pastes into a terminal. A terminal obeys
/// control characters before any shell sees a quote: an escape sequence may end the paste, a tab asks for a completion.
pub(super) fn can_be_pasted(bytes: &[u8]) -> Option<&str> {
    let hides =
        |it: char| matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    std::str::from_utf8(bytes).ok().filter(|text| !text.chars().any(|it| it.is_control() || hides(it)))
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    /// What a real shell makes of a quoted word is the word, however hostile.
    #[test]
    fn one_word_in_a_real_shell() {
        let ascii: String = (0x20..0x7f_u8).map(char::from).collect();
        let hostile = [
            "plain",
            "",
            "'; touch /tmp/owned; '",
            "$(id)`id`${HOME}$HOME",
            "\\'\\\"\\\\",
            "a'b''c'''d",
            "-n",
            "--help",
            "%s%n\\c",
            "!!",
            "~root",
            "=ls",
            "*?[a-z]{a,b}",
            "# no comment",
            "x\ny; id\n",
            "ü日本語🎉",
            "{\"type\":\"it's\"}",
            &ascii,
        ];
        for word in hostile {
            let script = format!("printf %s {}", quote(word));
            let ran = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&ran.stdout), word, "{script}");
            assert!(ran.stderr.is_empty(), "{script}");
            // It is one word and not several, nor an option of the shell's own.
            let script = format!("set -- {}; echo $#", quote(word));
            let ran = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "1", "{script}");
        }
    }

    /// What would act on a terminal is not pasted.
    #[test]
    fn terminals_are_spared() {
        for bytes in
            [&b"\x1b[201~rm"[..], b"a\rb", b"a\tb", b"a\nb", b"a\0b", b"\xff", "\u{9b}31m".as_bytes()]
        {
            assert_eq!(can_be_pasted(bytes), None, "{bytes:?}");
        }
        assert_eq!(can_be_pasted("\u{202e}txt.exe".as_bytes()), None);
        assert_eq!(can_be_pasted("ü '🎉'".as_bytes()), Some("ü '🎉'"));
    }
}

//! The page of rules is what the table says.

use std::fmt::Write;

use dissector::rules::{Rule, Severity, rules, topics};
use wscope_tests::root;

/// docs/rules.md is written from the table; `UPDATE_EXPECT=1` writes it anew.
#[test]
fn page_of_rules() {
    let path = root().join("docs/rules.md");
    let page = page();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("docs can be made");
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        stands == page,
        "docs/rules.md is not what the table of rules says: run the tests with UPDATE_EXPECT=1"
    );
}

/// Codes are names: none stands twice, all are written alike, and what an RFC asks says which.
#[test]
fn rules_are_well_named() {
    let mut codes: Vec<&str> = rules().map(|rule| rule.code).collect();
    for rule in rules() {
        let Rule { code, says, rfc, .. } = rule;
        let letters = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
        assert!(code.contains('-') && code.chars().all(letters), "{code}");
        assert!(!says.is_empty() && !says.ends_with('.') && !says.contains('\n'), "{code}: {says}");
        assert!(rfc.is_empty() || rule.link().is_some(), "{code}: \"{rfc}\" is no section of an RFC");
    }
    codes.sort_unstable();
    assert!(codes.windows(2).all(|pair| pair[0] != pair[1]), "a code stands twice");
}

fn page() -> String {
    let count = |severity| rules().filter(|rule| rule.severity == severity).count();
    let mut page = format!(
        "# Rules\n\n\
         What wscope checks in a capture: {} rules. This page is written from the table of rules by a test.\n\n\
         - ✖ error ({}): a MUST of the protocol is broken\n\
         - ▲ warn ({}): a SHOULD is broken, or something is likely to be wrong\n\
         - ● note ({}): legal, and worth knowing\n\n\
         Level is the RFC's own word (RFC 2119); \"practice\" is asked by no RFC. A finding may be milder than its\n\
         rule where the circumstances make it so. `wscope explain CODE` says the same on a terminal.\n",
        rules().count(),
        count(Severity::Error),
        count(Severity::Warn),
        count(Severity::Note),
    );
    for topic in topics().filter(|topic| !topic.rules.is_empty()) {
        let _ = write!(page, "\n## {}\n\n", topic.name);
        page.push_str("| code | severity | level | RFC | what is the matter | likely error |\n");
        page.push_str("|---|---|---|---|---|---|\n");
        for rule in topic.rules {
            let rfc = match rule.link() {
                Some(link) => format!("[{}]({link})", rule.rfc),
                None => rule.rfc.to_owned(),
            };
            let (severity, level) = (rule.severity.name(), rule.level.word());
            let (says, likely) = (cell(rule.says), cell(rule.likely));
            let shape = match rule.severity {
                Severity::Error => "✖",
                Severity::Warn => "▲",
                Severity::Note => "●",
            };
            let _ = writeln!(
                page,
                "| `{}` | {shape} {severity} | {level} | {rfc} | {says} | {likely} |",
                rule.code
            );
        }
    }
    page
}

/// Text that neither ends the cell nor begins a tag.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

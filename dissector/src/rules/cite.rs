//! Where the sentence behind a rule can be read.
//!
//! Knows how RFCs are addressed, and none of what they say.

/// The address of the section that a citation such as `6455 5.2` names first; nothing where it names no RFC.
pub fn link(cited: &str) -> Option<String> {
    let mut words = cited.split_ascii_whitespace();
    let number = words.next()?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let page = format!("https://www.rfc-editor.org/rfc/rfc{number}.html");
    let word = words.next().unwrap_or_default();
    // `4.2.1(5)` is item 5 of the section, and `4.1,` has another one behind it.
    let end = word.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(word.len());
    let section = word.get(..end).unwrap_or_default().trim_end_matches('.');
    Some(if section.is_empty() { page } else { format!("{page}#section-{section}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_have_anchors() {
        let page = "https://www.rfc-editor.org/rfc/rfc6455.html";
        for (cited, anchor) in
            [("6455 5.2", "#section-5.2"), ("6455 4.2.1(5), 4.3", "#section-4.2.1"), ("6455", "")]
        {
            assert_eq!(link(cited), Some(format!("{page}{anchor}")), "{cited}");
        }
        assert_eq!([link(""), link("IANA registry")], [None, None]);
    }
}

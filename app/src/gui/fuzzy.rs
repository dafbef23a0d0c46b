//! Finds what somebody means by a few letters of it: every letter in order, the better the closer they stand together and
//! the more of them begin words.

/// How well `typed` stands for `text`, nothing where it does not. Words may come in any order.
pub fn score(typed: &str, text: &str) -> Option<i32> {
    let (typed, text) = (typed.trim().to_lowercase(), text.to_lowercase());
    if typed.is_empty() {
        return Some(0);
    }
    let shorter = -(text.chars().count() as i32);
    if text.starts_with(&typed) {
        return Some(10_000 + shorter);
    }
    let words: Option<i32> = typed
        .split_whitespace()
        .map(|word| {
            let begins = text.split(|c: char| !c.is_alphanumeric()).any(|part| part.starts_with(word));
            text.contains(word).then_some(if begins { 2_000 } else { 1_000 })
        })
        .try_fold(i32::MAX, |least, score| Some(least.min(score?)));
    words.or_else(|| letters(&typed, &text)).map(|score| score + shorter)
}

/// The letters one after the other, each as far to the left as it can be.
fn letters(typed: &str, text: &str) -> Option<i32> {
    let text: Vec<char> = text.chars().collect();
    let (mut score, mut from) = (0, 0);
    for letter in typed.chars().filter(|letter| !letter.is_whitespace()) {
        let at = from + text.get(from..)?.iter().position(|other| *other == letter)?;
        let begins = at == 0 || !text[at - 1].is_alphanumeric();
        let follows = at == from && from > 0;
        score += if begins {
            40
        } else if follows {
            20
        } else {
            -2 * (at - from).min(10) as i32
        };
        from = at + 1;
    }
    // Letters strewn over a long text are no hit.
    (score > 0).then_some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beginnings come before words, words before letters; letters that are strewn about are no hit.
    #[test]
    fn best_first() {
        let rank = |typed: &str, texts: &[&'static str]| -> Vec<&'static str> {
            let mut hits: Vec<_> =
                texts.iter().filter_map(|text| Some((score(typed, text)?, *text))).collect();
            hits.sort_by_key(|(score, _)| -score);
            hits.into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(rank("show", &["Follow shown", "Show frames", "Browse"]), ["Show frames", "Follow shown"]);
        assert_eq!(rank("frames show", &["Show frames", "Show packets"]), ["Show frames"]);
        assert_eq!(
            rank("cop", &["Capture options…", "Scope", "Copy"]),
            ["Copy", "Scope", "Capture options…"]
        );
        assert_eq!(rank("gtn", &["Go to number…", "Change time display"]), ["Go to number…"]);
        assert!(rank("xyz", &["Change appearance", "Stop reading"]).is_empty());
    }
}

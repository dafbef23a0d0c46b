//! The table of fields: one file a kind of thing. Those of packets' headers follow from the dissector's own table.

mod connection;
mod decoded;
pub(super) mod delivery;
mod finding;
mod frame;
mod head;
mod header;
mod message;
mod packet;
mod pair;

use std::sync::OnceLock;

use super::field::Field;

/// All fields, in order of name.
pub fn fields() -> &'static [Field] {
    static FIELDS: OnceLock<Vec<Field>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut all = header::fields();
        for table in [
            packet::fields(),
            frame::fields(),
            message::fields(),
            head::fields(),
            connection::fields(),
            decoded::fields(),
            pair::fields(),
            delivery::fields(),
            finding::fields(),
        ] {
            all.extend(table);
        }
        all.sort_by_key(|field| field.name);
        all
    })
}

/// The field of this name.
pub fn field(name: &str) -> Option<&'static Field> {
    let all = fields();
    all.binary_search_by_key(&name, |field| field.name).ok().map(|place| &all[place])
}

/// The names most like one that is no field's, the likeliest first.
pub(super) fn like(name: &str) -> Vec<&'static str> {
    let name = name.to_ascii_lowercase();
    let mut ranked: Vec<_> = fields()
        .iter()
        .map(|field| (distance(&name, field.name), field.name))
        // The last part may be right and what is before it forgotten: `opcode`.
        .map(|(far, known)| (if known.rsplit('.').next() == Some(&name) { 0 } else { far }, known))
        .filter(|(far, _)| *far <= 2.max(name.len() / 4))
        .collect();
    ranked.sort();
    ranked.into_iter().take(3).map(|(_, name)| name).collect()
}

/// How many letters differ (Levenshtein's distance), two that changed places counted once.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let changed = rows[i][j] + usize::from(left != right);
            let mut least = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::Filter;

    /// Every field has a name of its own, a sentence, and an example that is a filter and has to do with it.
    #[test]
    fn the_table_is_sound() {
        for pair in fields().windows(2) {
            assert!(pair[0].name < pair[1].name, "{} twice", pair[0].name);
        }
        for field in fields() {
            assert!(!field.says.is_empty() && !field.says.ends_with('.'), "{}", field.name);
            assert!(field.example.contains(field.name), "{}", field.name);
            if let Err(mistake) = Filter::parse(&field.example) {
                panic!("{}: {mistake}", field.example);
            }
        }
    }

    /// Near misses are told from what has nothing to do with a field.
    #[test]
    fn near_misses() {
        assert_eq!(like("websocket.opcod")[0], "websocket.opcode");
        assert_eq!(like("tcp.prot")[0], "tcp.port");
        assert_eq!(like("opcode")[0], "arp.opcode");
        assert!(like("quaternion").is_empty());
    }
}

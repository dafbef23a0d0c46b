//! The figure as plain text of at most 80 columns, and what each part means below it.
//!
//! ```text
//! ┌─┬─┬─┬─┬───────┬─┬─────────────┬───────────────────────────────┐
//! │F│R│R│R│Opcode │M│ Payload len │          Masking key          │   a bit is two columns wide,
//! │I│S│S│S│       │A│             │                               │   its left one a line or a gap
//! ```

use super::{Cell, Diagram, ROW, diagram};
use crate::tree::Field;
use crate::websocket::describe::{count, frame, read};
use crate::websocket::header::{FrameHeader, Parsed};

/// Draws and explains the frames that `bytes` hold, one after the other; what is missing is said.
pub fn draw(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "No bytes: a frame has two at least (RFC 6455 5.2)\n".to_owned();
    }
    let mut text = String::new();
    let mut at = 0;
    for number in 1..=FRAMES {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return text;
        }
        let len = match FrameHeader::parse(rest) {
            Parsed::Done { value, .. } => {
                usize::try_from(value.frame_len()).unwrap_or(usize::MAX).min(rest.len())
            }
            Parsed::Short { .. } => rest.len(),
        };
        let tree = frame(rest);
        if number > 1 {
            text.push('\n');
        }
        let place =
            if len < bytes.len() { format!("Frame {number}, from byte {at}: ") } else { String::new() };
        wrap(&mut text, &format!("{place}{}", tree.value), 0);
        text.push('\n');
        one(&mut text, rest.get(..len).unwrap_or_default(), &tree);
        at += len;
    }
    let rest = bytes.len().saturating_sub(at);
    if rest > 0 {
        text.push_str(&format!("\nNot drawn: {} behind the {FRAMES}th frame\n", count(rest as u64)));
    }
    text
}

fn one(text: &mut String, bytes: &[u8], tree: &Field) {
    let diagram = diagram(bytes, PAYLOAD_ROWS);
    figure(text, bytes, &diagram);
    if diagram.left_out > 0 {
        text.push_str(&format!("… and {} of payload more\n", count(diagram.left_out)));
    }
    text.push('\n');
    for field in &tree.children {
        explain(text, field);
    }
    if let Parsed::Short { need } = FrameHeader::parse(bytes) {
        let more = need.saturating_sub(bytes.len()) as u64;
        wrap(
            text,
            &format!("The header is cut: at least {} more would complete it (RFC 6455 5.2)", count(more)),
            0,
        );
    } else if diagram.missing > 0 {
        wrap(text, &format!("The payload is cut: its last {} did not come", count(diagram.missing)), 0);
    }
}

/// A field, and below it those that it is made of; reserved bits one by one only where one is set.
fn explain(text: &mut String, field: &Field) {
    wrap(text, &format!("{:<24}{}", field.label, field.value), 24);
    if !field.says.is_empty() {
        text.push_str("    ");
        wrap(text, &field.says, 4);
    }
    if field.name != "websocket.rsv" || field.value.contains('1') {
        field.children.iter().for_each(|child| explain(text, child));
    }
}

fn figure(text: &mut String, bytes: &[u8], diagram: &Diagram) {
    let bits = diagram.rows.iter().map(|row| width(row) / 2).max().unwrap_or_default();
    let tens: String =
        (0..bits).map(|bit| if bit % 10 == 0 { format!(" {}", bit / 10) } else { "  ".to_owned() }).collect();
    let ones: String = (0..bits).map(|bit| format!(" {}", bit % 10)).collect();
    text.push_str(&format!("{}\n{ones}\n", tens.trim_end()));
    let mut above: &[Cell] = &[];
    for row in &diagram.rows {
        rule(text, above, row);
        let height = row.iter().map(|cell| if cell.bits.len == 1 { cell.label.len() } else { 1 }).max();
        for line in 0..height.unwrap_or_default() {
            cells(text, row, |cell| match cell.bits.len {
                1 => cell.label.chars().nth(line).map_or(String::new(), String::from),
                _ if line == 0 => label(cell),
                _ => String::new(),
            });
        }
        cells(text, row, |cell| {
            let bit = |at| if cell.missing { '?' } else { digit(bytes, at) };
            let bits: Vec<String> = (0..cell.bits.len).map(|i| bit(cell.bits.at + i).to_string()).collect();
            bits.join(" ")
        });
        cells(text, row, |cell| match (cell.bits.len, cell.missing) {
            (1, _) => String::new(),
            (_, true) => fit("missing", cell),
            (_, false) => fit(&cell.value, cell),
        });
        above = row;
    }
    rule(text, above, &[]);
}

/// One line of a row: every cell's text in its middle.
fn cells(text: &mut String, row: &[Cell], line: impl Fn(&Cell) -> String) {
    for cell in row {
        text.push_str(&format!("│{:^1$}", line(cell), columns(cell)));
    }
    text.push_str("│\n");
}

/// The line between two rows.
fn rule(text: &mut String, above: &[Cell], below: &[Cell]) {
    let edges = |row: &[Cell]| -> Vec<usize> {
        let starts = row.iter().map(|cell| (cell.bits.at % ROW * 2) as usize);
        starts.chain((!row.is_empty()).then(|| width(row))).collect()
    };
    let (up, down) = (edges(above), edges(below));
    let end = width(above).max(width(below));
    for column in 0..=end {
        text.push(match (up.contains(&column), down.contains(&column), column == 0, column == end) {
            (true, true, true, _) => '├',
            (true, false, true, _) => '└',
            (false, _, true, _) => '┌',
            (true, true, _, true) => '┤',
            (true, false, _, true) => '┘',
            (false, _, _, true) => '┐',
            (true, true, ..) => '┼',
            (true, false, ..) => '┴',
            (false, true, ..) => '┬',
            (false, false, ..) => '─',
        });
    }
    text.push('\n');
}

/// Columns between a cell's lines.
fn columns(cell: &Cell) -> usize {
    (cell.bits.len * 2).saturating_sub(1) as usize
}

/// Columns of a row, its last line not counted.
fn width(row: &[Cell]) -> usize {
    row.iter().map(|cell| cell.bits.len as usize * 2).sum()
}

/// The longest form of the label that there is room for.
fn label(cell: &Cell) -> String {
    let forms = [cell.label.as_str(), cell.kind.label(), cell.kind.short()];
    fit(forms.into_iter().find(|form| form.len() <= columns(cell)).unwrap_or_default(), cell)
}

fn fit(words: &str, cell: &Cell) -> String {
    let room = columns(cell);
    if words.chars().count() <= room {
        return words.to_owned();
    }
    let cut: String = words.chars().take(room.saturating_sub(1)).collect();
    format!("{cut}…")
}

fn digit(bytes: &[u8], at: u64) -> char {
    if read(bytes, crate::tree::Bits { at, len: 1 }) == 0 { '0' } else { '1' }
}

/// Words in lines of at most 80 columns, the further ones indented; what has no spaces is cut hard.
fn wrap(text: &mut String, words: &str, indent: usize) {
    let mut column = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
    let mut fresh = true;
    for word in words.split_inclusive(' ') {
        let len = word.trim_end().chars().count();
        if column + len > COLUMNS && !fresh {
            text.truncate(text.trim_end_matches(' ').len());
            text.push_str(&format!("\n{:indent$}", ""));
            column = indent;
        }
        for letter in word.chars() {
            if column == COLUMNS && letter != ' ' {
                text.push_str(&format!("\n{:indent$}", ""));
                column = indent;
            }
            if column < COLUMNS {
                text.push(letter);
                column += 1;
            }
        }
        fresh = false;
    }
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

const COLUMNS: usize = 80;
/// Frames that are drawn; the rest is counted.
const FRAMES: usize = 64;
/// Rows of payload in a figure.
const PAYLOAD_ROWS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 6455 5.7's masked "Hello", as a person reads it.
    #[test]
    fn rfc6455_5_7_masked_hello() {
        let drawn = draw(&hex::decode("818537fa213d7f9f4d5158").unwrap());
        assert_eq!(drawn, HELLO);
    }

    const HELLO: &str = r#"TEXT "Hello" 5 bytes, masked

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
┌─┬─┬─┬─┬───────┬─┬─────────────┬───────────────────────────────┐
│F│R│R│R│Opcode │M│ Payload len │          Masking key          │
│I│S│S│S│       │A│             │                               │
│N│V│V│V│       │S│             │                               │
│ │1│2│3│       │K│             │                               │
│1│0│0│0│0 0 0 1│1│0 0 0 0 1 0 1│0 0 1 1 0 1 1 1 1 1 1 1 1 0 1 0│
│ │ │ │ │ text  │ │      5      │             37 fa             │
├─┴─┴─┴─┴───────┴─┴─────────────┼───────────────────────────────┤
│    Masking key (continued)    │            Payload            │
│0 0 1 0 0 0 0 1 0 0 1 1 1 1 0 1│0 1 1 1 1 1 1 1 1 0 0 1 1 1 1 1│
│             21 3d             │          7f 9f = He           │
├───────────────────────────────┴───────────────┬───────────────┘
│              Payload (continued)              │
│0 1 0 0 1 1 0 1 0 1 0 1 0 0 0 1 0 1 0 1 1 0 0 0│
│                4d 51 58 = llo                 │
└───────────────────────────────────────────────┘

FIN                     1
    The last fragment of its message, or the only one (RFC 6455 5.4)
Reserved                000
    Three bits for extensions; "MUST be 0 unless an extension is negotiated that
    defines meanings for non-zero values" (RFC 6455 5.2)
Opcode                  text (0x1)
    The message is text in UTF-8 (RFC 6455 5.6)
MASK                    1
    The payload is masked, as in every frame from a client (RFC 6455 5.1)
Payload length          5
    Bytes of payload; 0 to 125 fit in the seven bits themselves (RFC 6455 5.2)
Masking key             37fa213d
    Byte i of the payload is XORed with byte i mod 4 of the key (RFC 6455 5.3)
Payload                 "Hello"
    Shown unmasked (RFC 6455 5.3); its meaning is the application's (RFC 6455
    5.6)
"#;

    proptest! {
        /// Whatever the bytes, nothing is wider than a terminal and every bit of a header is drawn.
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let drawn = draw(&bytes);
            prop_assert!(drawn.lines().all(|line| line.chars().count() <= COLUMNS), "{}", drawn);
            let diagram = diagram(&bytes, 2);
            let cells: Vec<&Cell> = diagram.rows.iter().flatten().collect();
            prop_assert!(cells.windows(2).all(|pair| pair[0].bits.at + pair[0].bits.len == pair[1].bits.at));
            prop_assert!(cells.iter().all(|cell| cell.bits.at / ROW == (cell.bits.at + cell.bits.len - 1) / ROW));
            prop_assert_eq!(cells[0].bits.at, 0);
        }
    }
}

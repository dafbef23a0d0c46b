//! Asks for the number of a packet, a frame, a message, a finding or a connection.
//!
//! What is meant is chosen from the list, or typed in front of the number: `packet 12`, `f 7`.

use egui::Context;

use super::quick::{Item, Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::opened::{Numbered, Opened};
use crate::gui::{fonts, words};

/// What was typed so far, and what is meant.
#[derive(Default)]
pub struct GoTo {
    quick: Quick,
    /// The line that was chosen by hand.
    line: usize,
}

impl GoTo {
    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, opened: &Opened, out: &mut Vec<Command>) -> bool {
        let kinds: Vec<Numbered> = Numbered::all(opened.tab).filter(|kind| kind.is_offered(opened)).collect();
        let (named, number) = read(&self.quick.text);
        if let Some(line) = named.and_then(|name| kinds.iter().position(|kind| kind.one().starts_with(&name)))
        {
            self.quick.choose(line);
        }
        let fits = |kind: Numbered| number.filter(|number| (1..=kind.count(opened)).contains(number));
        let items: Vec<Item> =
            kinds.iter().map(|kind| item(*kind, kind.count(opened), fits(*kind))).collect();
        let chosen = kinds.get(self.quick.chosen()).copied().unwrap_or(kinds[0]);
        let foot = foot(chosen, chosen.count(opened), number);
        self.quick.complains = number.is_some() && fits(chosen).is_none();
        match self.quick.show(ctx, "Go to number", "Number", fonts::body(), &items, &foot) {
            Outcome::Closed => return false,
            Outcome::Chosen(line) => {
                if let Some((kind, number)) = kinds.get(line).and_then(|kind| Some((*kind, fits(*kind)?))) {
                    out.push(Command::GoToNumber(kind, number));
                    return false;
                }
            }
            // Typing on does not change what is meant.
            Outcome::Changed => self.quick.choose(self.line),
            Outcome::Completed(line) => self.quick.choose((line + 1) % items.len()),
            Outcome::Typing | Outcome::Entered => {}
        }
        self.line = self.quick.chosen();
        true
    }
}

/// A name in front and a number behind it.
fn read(text: &str) -> (Option<String>, Option<u64>) {
    let name: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let number = digits.parse().ok().or((!digits.is_empty()).then_some(u64::MAX));
    (Some(name.to_ascii_lowercase()).filter(|name| !name.is_empty()), number)
}

fn item(kind: Numbered, count: u64, number: Option<u64>) -> Item {
    let mut text = kind.one().to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if let Some(number) = number {
        text = format!("{text} {}", words::count(number));
    }
    let note = match count {
        0 => "none".to_owned(),
        count => format!("1 to {}", words::count(count)),
    };
    Item { text, note, key: String::new(), enabled: number.is_some() }
}

fn foot(kind: Numbered, count: u64, number: Option<u64>) -> String {
    let one = kind.one();
    match number {
        _ if count == 0 => format!("There is no {one}"),
        Some(number) if number > count => {
            let number = if number == u64::MAX { "of that number".to_owned() } else { words::count(number) };
            format!("There is no {one} {number}: the greatest is {}", words::count(count))
        }
        Some(0) => format!("The first {one} has number 1, the greatest {}", words::count(count)),
        Some(number) => format!("Enter shows {one} {}", words::count(number)),
        None => format!("A number from 1 to {}; arrows or Tab choose what is meant", words::count(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name may stand in front of a number; a number too large for any capture is still one.
    #[test]
    fn reads_what_is_typed() {
        assert_eq!(read("12"), (None, Some(12)));
        assert_eq!(read(" Packet 1,204"), (Some("packet".into()), Some(1204)));
        assert_eq!(read("f7"), (Some("f".into()), Some(7)));
        assert_eq!(read("99999999999999999999999"), (None, Some(u64::MAX)));
        assert_eq!(read(""), (None, None));
    }
}

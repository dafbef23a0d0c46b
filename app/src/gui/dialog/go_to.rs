//! Asks for the number of a row.

use egui::Context;

use super::quick::{Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::state::Tab;
use crate::gui::{fonts, words};

/// The number as it was typed so far.
#[derive(Default)]
pub struct GoTo(Quick);

impl GoTo {
    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, tab: Tab, count: u64, out: &mut Vec<Command>) -> bool {
        let digits: String = self.0.text.chars().filter(char::is_ascii_digit).collect();
        let number = digits.parse::<u64>().ok().filter(|number| (1..=count).contains(number));
        let one = match tab {
            Tab::Messages => "message",
            Tab::Frames => "frame",
            Tab::Packets => "packet",
            Tab::Findings => "finding",
        };
        let foot = match number {
            Some(number) => format!("Enter shows {one} {}", words::count(number)),
            None if count == 0 => format!("There is no {one}"),
            None => format!("A number from 1 to {}", words::count(count)),
        };
        let hint = format!("Number of a {one}");
        match self.0.show(ctx, "Go to number", &hint, fonts::body(), &[], &foot) {
            Outcome::Closed => false,
            Outcome::Entered => match number {
                Some(number) => {
                    out.push(Command::GoToNumber(number));
                    false
                }
                None => true,
            },
            _ => true,
        }
    }
}

//! A chart as a short list of marks, which the window paints and the SVG writer writes: the two cannot differ.
//!
//! Marks name what they mean, not a color; what they are marks of is known to `plot`.

use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};
use session::dissector::ids::Side;

use crate::gui::fonts;
use crate::gui::state::Selection;
use crate::gui::theme::{Level, Theme};

/// What a mark means, from which its color follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Something of one side.
    Side(Side),
    /// What is most to be looked at, of neither side.
    Accent,
    /// What stands beside it, and labels.
    Dim,
    /// Values that are to be read.
    Text,
    /// An axis.
    Line,
    /// A finding.
    Level(Level),
}

/// Where a text stands from its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// To the right of it.
    Start,
    /// Around it.
    Middle,
    /// To the left of it.
    End,
}

/// One mark, in points from the upper left corner of its chart.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// A bar.
    Bar(Rect, Ink),
    /// A line.
    Line(Pos2, Pos2, Ink),
    /// A filled disk.
    Dot(Pos2, f32, Ink),
    /// A ring.
    Ring(Pos2, f32, Ink),
    /// A filled shape with corners.
    Area(Vec<Pos2>, Ink),
    /// A text, its middle at this height.
    Text(Pos2, Anchor, String, Ink),
}

/// Where a click leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// To a row.
    To(Selection),
    /// To a finding, by its place among all.
    Finding(u32),
}

/// A part of a chart that says something, and may lead somewhere.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Where.
    pub rect: Rect,
    /// What it says.
    pub says: String,
    /// Where a click leads.
    pub go: Option<Go>,
}

/// A chart of a size.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// Its size in points.
    pub size: Vec2,
    /// What it shows, the lowest first.
    pub marks: Vec<Mark>,
    /// What can be pointed at.
    pub hits: Vec<Hit>,
    /// Where values are, without labels.
    pub field: Option<Rect>,
}

impl Ink {
    /// Its color.
    pub const fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::Side(side) => theme.side(side),
            Self::Accent => theme.accent,
            Self::Dim => theme.dim,
            Self::Text => theme.text,
            Self::Line => theme.line,
            Self::Level(level) => theme.level(level),
        }
    }
}

impl Chart {
    /// Nothing yet.
    pub fn new(size: Vec2) -> Self {
        Self { size, ..Self::default() }
    }

    /// A text.
    pub fn text(&mut self, at: Pos2, anchor: Anchor, text: impl Into<String>, ink: Ink) {
        self.marks.push(Mark::Text(at, anchor, text.into(), ink));
    }

    /// The shape of a level: a ring, a triangle, an octagon, as everywhere in the window.
    pub fn level(&mut self, center: Pos2, level: Level) {
        const RADIUS: f32 = 4.5;
        let corner = |turn: f32| {
            let angle = turn * std::f32::consts::TAU;
            center + RADIUS * vec2(angle.sin(), -angle.cos())
        };
        let ink = Ink::Level(level);
        self.marks.push(match level {
            Level::Note => Mark::Ring(center, RADIUS - 1.0, ink),
            Level::Warn => Mark::Area((0..3u8).map(|at| corner(f32::from(at) / 3.0)).collect(), ink),
            Level::Error => Mark::Area((0..8u8).map(|at| corner((f32::from(at) + 0.5) / 8.0)).collect(), ink),
        });
    }

    /// Paints it with its corner at `at`.
    pub fn paint(&self, painter: &Painter, theme: &Theme, at: Pos2) {
        let to = at.to_vec2();
        for mark in &self.marks {
            match mark {
                Mark::Bar(rect, ink) => {
                    painter.rect_filled(rect.translate(to), 1.0, ink.color(theme));
                }
                Mark::Line(from, end, ink) => {
                    painter.line_segment([*from + to, *end + to], Stroke::new(1.0, ink.color(theme)));
                }
                Mark::Dot(center, radius, ink) => {
                    painter.circle_filled(*center + to, *radius, ink.color(theme));
                }
                Mark::Ring(center, radius, ink) => {
                    painter.circle_stroke(*center + to, *radius, Stroke::new(1.5, ink.color(theme)));
                }
                Mark::Area(corners, ink) => {
                    let corners = corners.iter().map(|corner| *corner + to).collect();
                    painter.add(Shape::convex_polygon(corners, ink.color(theme), Stroke::NONE));
                }
                Mark::Text(place, anchor, text, ink) => {
                    let align = match anchor {
                        Anchor::Start => Align2::LEFT_CENTER,
                        Anchor::Middle => Align2::CENTER_CENTER,
                        Anchor::End => Align2::RIGHT_CENTER,
                    };
                    let place = pos2(place.x + to.x, (place.y + to.y).round());
                    painter.text(place, align, text, fonts::small(), ink.color(theme));
                }
            }
        }
    }
}

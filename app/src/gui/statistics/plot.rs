//! The three kinds of charts: two sides over and under a line, bars in rows, points over time.
//!
//! What is a client's stands above or first, what is a server's below or second, so that color is not needed.

use egui::{Rect, Vec2, pos2, vec2};
use session::dissector::ids::Side;

use super::chart::{Anchor, Chart, Go, Hit, Ink, Mark};
use crate::gui::theme::Level;

/// A chart before it has a size.
#[derive(Clone, Debug)]
pub enum Plot {
    /// The client above the line, the server below it.
    Mirror(Mirror),
    /// Bars from left to right.
    Rows(Vec<Row>),
    /// Points over time.
    Dots(Dots),
}

/// Two sides over and under a line.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    /// From left to right.
    pub bars: Vec<Bar>,
    /// Where along the line something is written, from 0 to 1.
    pub ticks: Vec<(f32, String)>,
    /// The greatest value, in words.
    pub most: String,
}

/// A bar above the line and one below.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// How long they are, the client's first.
    pub values: [u64; 2],
    /// What it says when it is pointed at.
    pub says: String,
    /// A finding that stands on it.
    pub level: Option<(Level, Option<u32>)>,
}

/// A name with its bars, one below the other.
#[derive(Clone, Debug)]
pub struct Row {
    /// The name.
    pub name: String,
    /// Each bar's meaning, length, and what stands behind it.
    pub bars: Vec<(Ink, u64, String)>,
}

/// Points over time.
#[derive(Clone, Debug, Default)]
pub struct Dots {
    /// In order of time.
    pub dots: Vec<Dot>,
    /// Where along the time something is written, from 0 to 1.
    pub ticks: Vec<(f32, String)>,
    /// The greatest value.
    pub most: u64,
    /// The same in words.
    pub most_words: String,
}

/// A point.
#[derive(Clone, Debug)]
pub struct Dot {
    /// From 0 to 1.
    pub x: f32,
    /// Its value.
    pub value: u64,
    /// Whose it is: a disk for the client, a ring for the server.
    pub side: Side,
    /// What it says.
    pub says: String,
    /// Where it leads.
    pub go: Option<Go>,
}

/// Room for numbers beside a line.
const GUTTER: f32 = 56.0;
/// Room for words below a line.
const BELOW: f32 = 18.0;
/// Room for shapes of findings above it.
const ABOVE: f32 = 12.0;
/// Width of a bar, at most: a few are no walls.
const WIDEST: f32 = 40.0;
/// Height of one bar with its words.
const BAR: f32 = 16.0;
/// Space between rows.
const BETWEEN: f32 = 4.0;
/// Room for names in front of rows.
const NAME: f32 = 116.0;
/// Room for what stands behind a bar.
const BEHIND: f32 = 128.0;

impl Plot {
    /// Whether there is nothing to be seen in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Mirror(mirror) => mirror.bars.iter().all(|bar| bar.values == [0; 2] && bar.level.is_none()),
            Self::Rows(rows) => rows.is_empty(),
            Self::Dots(dots) => dots.dots.is_empty(),
        }
    }

    /// Which side is where, in words, for a picture that stands alone.
    pub fn sides(&self) -> &'static str {
        let sided = |row: &Row| row.bars.iter().any(|bar| matches!(bar.0, Ink::Side(_)));
        match self {
            Self::Mirror(_) => " · client above, server below",
            Self::Dots(_) => " · client's Pings as disks, server's as rings",
            Self::Rows(rows) if rows.iter().any(sided) => " · client first, server second",
            Self::Rows(_) => "",
        }
    }

    /// The height it likes best.
    pub fn height(&self, else_: f32) -> f32 {
        match self {
            Self::Rows(rows) => {
                rows.iter().map(|row| row.bars.len() as f32 * BAR + BETWEEN).sum::<f32>().max(BAR)
            }
            _ => else_,
        }
    }

    /// The chart in a size.
    pub fn draw(&self, size: Vec2) -> Chart {
        let mut chart = Chart::new(size);
        match self {
            Self::Mirror(mirror) => mirror.draw(&mut chart),
            Self::Rows(rows) => draw_rows(rows, &mut chart),
            Self::Dots(dots) => dots.draw(&mut chart),
        }
        chart
    }
}

impl Mirror {
    fn draw(&self, chart: &mut Chart) {
        let above = if self.bars.iter().any(|bar| bar.level.is_some()) { ABOVE } else { 0.0 };
        let field =
            Rect::from_min_max(pos2(GUTTER, above + 6.0), pos2(chart.size.x - 2.0, chart.size.y - BELOW));
        chart.field = Some(field);
        let middle = field.center().y.round();
        let (half, most) = (field.height() / 2.0 - 1.0, self.greatest());
        for y in [field.min.y, middle, field.max.y] {
            chart.marks.push(Mark::Line(pos2(field.min.x, y), pos2(field.max.x, y), Ink::Line));
        }
        let left = field.min.x - 6.0;
        chart.text(pos2(left, field.min.y), Anchor::End, &self.most, Ink::Dim);
        chart.text(pos2(left, middle), Anchor::End, "0", Ink::Dim);
        chart.text(pos2(left, field.max.y), Anchor::End, &self.most, Ink::Dim);
        let step = field.width() / self.bars.len().max(1) as f32;
        let gap = if step > 6.0 { (step * 0.18).min(4.0).max(step - WIDEST) } else { 0.5 };
        for (place, bar) in self.bars.iter().enumerate() {
            let x = field.min.x + place as f32 * step;
            for (side, way) in [(Side::Client, -1.0), (Side::Server, 1.0)] {
                let value = bar.values[side.index()];
                if value > 0 {
                    // What is there can be seen beside whatever is greater.
                    let tall = (value as f64 / most as f64) as f32 * half;
                    let from = pos2(x + gap / 2.0, middle + way);
                    let to = pos2(x + (step - gap / 2.0).max(gap / 2.0 + 1.0), middle + way * tall.max(2.0));
                    chart.marks.push(Mark::Bar(Rect::from_two_pos(from, to), Ink::Side(side)));
                }
            }
            let place = Rect::from_min_max(pos2(x, 0.0), pos2(x + step, field.max.y));
            if let Some((level, _)) = bar.level {
                chart.level(pos2(x + step / 2.0, 6.0), level);
            }
            if bar.values != [0; 2] || bar.level.is_some() {
                let go = bar.level.and_then(|(_, finding)| finding).map(Go::Finding);
                chart.hits.push(Hit { rect: place, says: bar.says.clone(), go });
            }
        }
        ticks(chart, field, &self.ticks);
    }

    fn greatest(&self) -> u64 {
        self.bars.iter().flat_map(|bar| bar.values).max().unwrap_or(0).max(1)
    }
}

/// Words below a line, those at its ends within it.
fn ticks(chart: &mut Chart, field: Rect, ticks: &[(f32, String)]) {
    for (at, words) in ticks {
        let anchor = match *at {
            at if at < 0.04 => Anchor::Start,
            at if at > 0.96 => Anchor::End,
            _ => Anchor::Middle,
        };
        let x = field.min.x + field.width() * at;
        chart.text(pos2(x, chart.size.y - BELOW / 2.0 + 1.0), anchor, words, Ink::Dim);
    }
}

fn draw_rows(rows: &[Row], chart: &mut Chart) {
    let most = rows.iter().flat_map(|row| &row.bars).map(|bar| bar.1).max().unwrap_or(0).max(1);
    let room = (chart.size.x - NAME - BEHIND).max(24.0);
    let mut y = 0.0;
    for row in rows {
        let begin = y;
        let mut said = Vec::new();
        chart.text(pos2(0.0, y + BAR / 2.0), Anchor::Start, &row.name, Ink::Text);
        for (ink, value, words) in &row.bars {
            let wide = (*value as f64 / most as f64) as f32 * room;
            let wide = if *value > 0 { wide.max(2.0) } else { 0.0 };
            if *value > 0 {
                let bar = Rect::from_min_size(pos2(NAME, y + 3.0), vec2(wide, BAR - 6.0));
                chart.marks.push(Mark::Bar(bar, *ink));
            }
            chart.text(pos2(NAME + wide + 8.0, y + BAR / 2.0), Anchor::Start, words, Ink::Dim);
            said.push(match ink {
                Ink::Side(side) => format!("{} {words}", side.name()),
                _ => words.clone(),
            });
            y += BAR;
        }
        let rect = Rect::from_min_max(pos2(0.0, begin), pos2(chart.size.x, y));
        chart.hits.push(Hit { rect, says: format!("{}: {}", row.name, said.join(", ")), go: None });
        y += BETWEEN;
    }
}

impl Dots {
    fn draw(&self, chart: &mut Chart) {
        let field = Rect::from_min_max(pos2(GUTTER, 6.0), pos2(chart.size.x - 2.0, chart.size.y - BELOW));
        for y in [field.min.y, field.max.y] {
            chart.marks.push(Mark::Line(pos2(field.min.x, y), pos2(field.max.x, y), Ink::Line));
        }
        let left = field.min.x - 6.0;
        chart.text(pos2(left, field.min.y), Anchor::End, &self.most_words, Ink::Dim);
        chart.text(pos2(left, field.max.y), Anchor::End, "0", Ink::Dim);
        let inner = field.shrink2(vec2(5.0, 0.0));
        for dot in &self.dots {
            let up = (dot.value as f64 / self.most.max(1) as f64) as f32 * inner.height();
            let at = pos2(inner.min.x + inner.width() * dot.x, inner.max.y - up);
            let ink = Ink::Side(dot.side);
            chart.marks.push(match dot.side {
                Side::Client => Mark::Dot(at, 3.0, ink),
                Side::Server => Mark::Ring(at, 3.0, ink),
            });
            let rect = Rect::from_center_size(at, Vec2::splat(12.0));
            chart.hits.push(Hit { rect, says: dot.says.clone(), go: dot.go });
        }
        ticks(chart, field, &self.ticks);
    }
}

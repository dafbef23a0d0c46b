//! Our icons: strokes on a grid of 16, drawn in the color of the text beside them.
//!
//! Knows no meaning beyond the shapes; findings have one each so that color never speaks alone.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use session::dissector::ids::Side;

use super::theme::{Level, Theme};

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// An open folder.
    Open,
    /// A ring around a dot.
    Capture,
    /// A ring around an arrow running round.
    Restart,
    /// An arrow running round.
    Reload,
    /// A square.
    Stop,
    /// Sliders.
    Options,
    /// A disk as they were once.
    Save,
    /// A number sign.
    Number,
    /// A disk, half of it filled.
    Theme,
    /// A magnifying glass with a plus.
    ZoomIn,
    /// A magnifying glass with a minus.
    ZoomOut,
    /// A magnifying glass.
    Search,
    /// A keyboard.
    Keys,
    /// A cross.
    Close,
    /// A clock.
    Clock,
    /// A sheet with a folded corner.
    File,
    /// Points joined by lines.
    Flow,
    /// A tray with an arrow into it.
    Drop,
    /// A padlock that is shut, its body filled.
    Locked,
    /// A padlock that is open, its body empty.
    Unlocked,
    /// A key.
    Key,
    /// A funnel.
    Filter,
    /// A ribbon between pages.
    Bookmark,
    /// An arrow to the left.
    Back,
    /// An arrow to the right.
    Forward,
    /// An arrow up.
    Up,
    /// An arrow down.
    Down,
    /// Three dots.
    More,
    /// A window of three panes.
    Panes,
    /// A cog.
    Cog,
}

/// Strokes as runs of points on the grid of 16; a run of which first and last point are one is closed.
const fn strokes(icon: Icon) -> &'static [&'static [(f32, f32)]] {
    match icon {
        Icon::Open => &[
            &[(2.5, 12.5), (2.5, 3.5), (6.5, 3.5), (8.0, 5.5), (13.5, 5.5), (13.5, 12.5), (2.5, 12.5)],
            &[(2.5, 7.5), (13.5, 7.5)],
        ],
        Icon::Reload => &[&[(10.4, 5.6), (13.4, 5.6), (13.4, 2.6)]],
        Icon::Stop | Icon::Capture => &[],
        Icon::Restart => &[&[(10.4, 5.6), (13.4, 5.6), (13.4, 2.6)]],
        Icon::Options => &[
            &[(2.5, 5.0), (8.2, 5.0)],
            &[(11.8, 5.0), (13.5, 5.0)],
            &[(2.5, 11.0), (4.2, 11.0)],
            &[(7.8, 11.0), (13.5, 11.0)],
        ],
        Icon::Save => &[
            &[(2.5, 2.5), (11.0, 2.5), (13.5, 5.0), (13.5, 13.5), (2.5, 13.5), (2.5, 2.5)],
            &[(5.0, 2.5), (5.0, 6.0), (10.0, 6.0), (10.0, 2.5)],
            &[(4.5, 13.5), (4.5, 9.0), (11.5, 9.0), (11.5, 13.5)],
        ],
        Icon::Back => &[&[(13.0, 8.0), (3.0, 8.0)], &[(7.0, 4.0), (3.0, 8.0), (7.0, 12.0)]],
        Icon::Forward => &[&[(3.0, 8.0), (13.0, 8.0)], &[(9.0, 4.0), (13.0, 8.0), (9.0, 12.0)]],
        Icon::Number => &[
            &[(6.5, 2.5), (5.0, 13.5)],
            &[(11.0, 2.5), (9.5, 13.5)],
            &[(3.0, 6.0), (13.5, 6.0)],
            &[(2.5, 10.0), (13.0, 10.0)],
        ],
        Icon::Theme | Icon::More => &[],
        Icon::Panes => &[
            &[(2.0, 3.0), (14.0, 3.0), (14.0, 13.0), (2.0, 13.0), (2.0, 3.0)],
            &[(6.0, 3.0), (6.0, 13.0)],
            &[(6.0, 8.0), (14.0, 8.0)],
        ],
        Icon::Cog => &[
            &[(8.0, 1.8), (8.0, 3.8)],
            &[(8.0, 12.2), (8.0, 14.2)],
            &[(1.8, 8.0), (3.8, 8.0)],
            &[(12.2, 8.0), (14.2, 8.0)],
            &[(3.6, 3.6), (5.0, 5.0)],
            &[(11.0, 11.0), (12.4, 12.4)],
            &[(3.6, 12.4), (5.0, 11.0)],
            &[(11.0, 5.0), (12.4, 3.6)],
        ],
        Icon::ZoomIn => {
            &[&[(10.3, 10.3), (13.5, 13.5)], &[(5.0, 7.0), (9.0, 7.0)], &[(7.0, 5.0), (7.0, 9.0)]]
        }
        Icon::ZoomOut => &[&[(10.3, 10.3), (13.5, 13.5)], &[(5.0, 7.0), (9.0, 7.0)]],
        Icon::Search => &[&[(10.3, 10.3), (13.5, 13.5)]],
        Icon::Keys => &[
            &[(1.5, 4.0), (14.5, 4.0), (14.5, 12.0), (1.5, 12.0), (1.5, 4.0)],
            &[(5.0, 9.7), (11.0, 9.7)],
            &[(4.0, 6.7), (4.6, 6.7)],
            &[(6.6, 6.7), (7.2, 6.7)],
            &[(9.0, 6.7), (9.6, 6.7)],
            &[(11.4, 6.7), (12.0, 6.7)],
        ],
        Icon::Close => &[&[(4.5, 4.5), (11.5, 11.5)], &[(11.5, 4.5), (4.5, 11.5)]],
        Icon::Clock => &[&[(8.0, 4.8), (8.0, 8.2), (10.4, 9.6)]],
        Icon::File => &[
            &[(3.5, 2.0), (9.5, 2.0), (12.5, 5.0), (12.5, 14.0), (3.5, 14.0), (3.5, 2.0)],
            &[(9.5, 2.0), (9.5, 5.0), (12.5, 5.0)],
        ],
        Icon::Flow => &[&[(5.0, 5.0), (11.0, 5.0)], &[(5.0, 11.0), (11.0, 11.0)]],
        Icon::Locked => &[&[(5.3, 7.5), (5.3, 5.2)], &[(10.7, 5.2), (10.7, 7.5)]],
        Icon::Unlocked => {
            &[&[(3.5, 8.0), (12.5, 8.0), (12.5, 14.0), (3.5, 14.0), (3.5, 8.0)], &[(5.3, 8.0), (5.3, 4.6)]]
        }
        Icon::Key => &[&[(8.0, 8.0), (14.0, 8.0), (14.0, 10.6)], &[(11.4, 8.0), (11.4, 10.0)]],
        Icon::Up => &[&[(8.0, 13.0), (8.0, 3.5)], &[(4.2, 7.2), (8.0, 3.4), (11.8, 7.2)]],
        Icon::Down => &[&[(8.0, 3.0), (8.0, 12.5)], &[(4.2, 8.8), (8.0, 12.6), (11.8, 8.8)]],
        Icon::Filter => {
            &[&[(2.5, 3.0), (13.5, 3.0), (9.5, 8.2), (9.5, 13.4), (6.5, 11.6), (6.5, 8.2), (2.5, 3.0)]]
        }
        Icon::Bookmark => &[&[(4.2, 2.6), (11.8, 2.6), (11.8, 13.6), (8.0, 10.4), (4.2, 13.6), (4.2, 2.6)]],
        Icon::Drop => &[
            &[(2.5, 9.5), (2.5, 13.5), (13.5, 13.5), (13.5, 9.5)],
            &[(8.0, 2.5), (8.0, 10.0)],
            &[(5.0, 7.2), (8.0, 10.2), (11.0, 7.2)],
        ],
    }
}

/// Draws an icon in the middle of `rect`, as large as the rectangle allows.
pub fn paint(painter: &Painter, icon: Icon, rect: Rect, color: Color32) {
    let size = rect.width().min(rect.height());
    let scale = size / 16.0;
    let at = |x: f32, y: f32| rect.center() + vec2((x - 8.0) * scale, (y - 8.0) * scale);
    let stroke = Stroke::new((1.3 * scale).max(1.0), color);
    for run in strokes(icon) {
        painter.add(Shape::line(run.iter().map(|(x, y)| at(*x, *y)).collect(), stroke));
    }
    match icon {
        Icon::Stop => {
            painter.rect_filled(Rect::from_two_pos(at(4.0, 4.0), at(12.0, 12.0)), 1.5 * scale, color);
        }
        Icon::Theme => {
            painter.circle_stroke(at(8.0, 8.0), 5.2 * scale, stroke);
            painter.add(Shape::convex_polygon(
                arc(at(8.0, 8.0), 5.2 * scale, 0.25, 0.75),
                color,
                Stroke::NONE,
            ));
        }
        Icon::Capture => {
            painter.circle_stroke(at(8.0, 8.0), 5.6 * scale, stroke);
            painter.circle_filled(at(8.0, 8.0), 2.8 * scale, color);
        }
        Icon::Restart => {
            painter.add(Shape::line(arc(at(8.0, 8.0), 5.4 * scale, 0.08, 0.93), stroke));
            painter.circle_filled(at(8.0, 8.0), 2.2 * scale, color);
        }
        Icon::Options => {
            for (x, y) in [(10.0, 5.0), (6.0, 11.0)] {
                painter.circle_stroke(at(x, y), 1.8 * scale, stroke);
            }
        }
        Icon::Reload => {
            painter.add(Shape::line(arc(at(8.0, 8.0), 5.4 * scale, 0.08, 0.93), stroke));
        }
        Icon::ZoomIn | Icon::ZoomOut | Icon::Search => {
            painter.circle_stroke(at(7.0, 7.0), 4.4 * scale, stroke);
        }
        Icon::Locked => {
            painter.add(Shape::line(arc(at(8.0, 5.2), 2.7 * scale, 0.5, 1.0), stroke));
            painter.rect_filled(Rect::from_min_max(at(3.0, 7.5), at(13.0, 14.5)), scale, color);
        }
        Icon::Unlocked => {
            painter.add(Shape::line(arc(at(8.0, 4.6), 2.7 * scale, 0.5, 0.95), stroke));
        }
        Icon::Key => {
            painter.circle_stroke(at(5.0, 8.0), 3.0 * scale, stroke);
        }
        Icon::Cog => {
            painter.circle_stroke(at(8.0, 8.0), 4.2 * scale, stroke);
            painter.circle_stroke(at(8.0, 8.0), 1.6 * scale, stroke);
        }
        Icon::More => {
            for x in [3.5, 8.0, 12.5] {
                painter.circle_filled(at(x, 8.0), 1.2 * scale, color);
            }
        }
        Icon::Clock => {
            painter.circle_stroke(at(8.0, 8.0), 5.6 * scale, stroke);
        }
        Icon::Flow => {
            for (x, y) in [(3.4, 5.0), (12.6, 11.0)] {
                painter.circle_filled(at(x, y), 1.8 * scale, color);
            }
            painter.add(Shape::line(vec![at(9.0, 3.0), at(11.0, 5.0), at(9.0, 7.0)], stroke));
            painter.add(Shape::line(vec![at(7.0, 9.0), at(5.0, 11.0), at(7.0, 13.0)], stroke));
        }
        _ => {}
    }
}

/// Points on a circle between two turns, 0 being to the right and clockwise.
fn arc(center: Pos2, radius: f32, from: f32, to: f32) -> Vec<Pos2> {
    let point = |step: i32| {
        let turn = (from + (to - from) * step as f32 / 24.0) * std::f32::consts::TAU;
        center + vec2(turn.cos(), turn.sin()) * radius
    };
    (0..=24).map(point).collect()
}

/// The arrow of a side: the client's points to the right, towards the server; the server's back.
pub fn side(painter: &Painter, theme: &Theme, side: Side, center: Pos2) {
    let way = if side == Side::Client { 1.0 } else { -1.0 };
    let stroke = Stroke::new(1.5, theme.side(side));
    let at = |x: f32, y: f32| pos2(center.x + x * way, center.y + y);
    painter.line_segment([at(-5.5, 0.0), at(4.5, 0.0)], stroke);
    painter.add(Shape::line(vec![at(1.5, -3.5), at(5.0, 0.0), at(1.5, 3.5)], stroke));
}

/// The shape of a level: an octagon, a triangle, a ring.
pub fn level(painter: &Painter, theme: &Theme, level: Level, center: Pos2, radius: f32) {
    let color = theme.level(level);
    let corner = |turn: f32| {
        center + vec2((turn * std::f32::consts::TAU).cos(), (turn * std::f32::consts::TAU).sin()) * radius
    };
    match level {
        Level::Error => {
            let corners = (0..8).map(|step| corner((step as f32 + 0.5) / 8.0)).collect();
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
        }
        Level::Warn => {
            let corners =
                (0..3).map(|step| corner(step as f32 / 3.0 - 0.25) + vec2(0.0, radius * 0.15)).collect();
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
        }
        Level::Note => {
            painter.circle_stroke(center, radius - 1.0, Stroke::new(1.5, color));
        }
    }
}

/// A mark of the user's: a diamond.
pub fn marked(painter: &Painter, center: Pos2, color: Color32) {
    let corners = [(0.0, -5.0), (4.0, 0.0), (0.0, 5.0), (-4.0, 0.0)].map(|(x, y)| center + vec2(x, y));
    painter.add(Shape::convex_polygon(corners.to_vec(), color, Stroke::NONE));
}

/// Something was written beside it: a speech bubble.
pub fn comment(painter: &Painter, center: Pos2, color: Color32) {
    let outline = [
        (-5.0, -4.0),
        (5.0, -4.0),
        (5.0, 2.5),
        (-0.5, 2.5),
        (-3.0, 5.0),
        (-3.0, 2.5),
        (-5.0, 2.5),
        (-5.0, -4.0),
    ];
    let outline = outline.map(|(x, y)| center + vec2(x, y)).to_vec();
    painter.add(Shape::line(outline, Stroke::new(1.2, color)));
}

/// The arrow of a sorted column: up where the smallest stands first.
pub fn sorted(painter: &Painter, descending: bool, center: Pos2, color: Color32) {
    let way = if descending { 1.0 } else { -1.0 };
    let corners = [(-3.5, -2.0), (3.5, -2.0), (0.0, 2.5)].map(|(x, y)| center + vec2(x, y * way));
    painter.add(Shape::convex_polygon(corners.to_vec(), color, Stroke::NONE));
}

/// A triangle that says whether something is folded.
pub fn fold(painter: &Painter, open: bool, center: Pos2, color: Color32) {
    let points =
        if open { [(-3.0, -1.5), (0.0, 2.0), (3.0, -1.5)] } else { [(-1.5, -3.0), (2.0, 0.0), (-1.5, 3.0)] };
    let points = points.map(|(x, y)| center + vec2(x, y)).to_vec();
    painter.add(Shape::line(points, Stroke::new(1.5, color)));
}

/// The program's own icon, `size` pixels square: two arrows, one of each side, on a dark ground.
pub fn program(size: usize) -> egui::IconData {
    let (theme, side) = (Theme::when(true), size as f32);
    let mut rgba = Vec::with_capacity(size * size * 4);
    for y in 0..size {
        for x in 0..size {
            let (x, y) = ((x as f32 + 0.5) / side * 16.0, (y as f32 + 0.5) / side * 16.0);
            let [r, g, b, _] = mark(theme, x, y).to_array();
            let outside = distance_to_square(x, y) * side / 16.0;
            rgba.extend_from_slice(&[r, g, b, ((0.5 - outside).clamp(0.0, 1.0) * 255.0) as u8]);
        }
    }
    egui::IconData { rgba, width: size as u32, height: size as u32 }
}

/// Distance from a square of 16 with rounded corners; negative inside.
fn distance_to_square(x: f32, y: f32) -> f32 {
    let away = |v: f32| (v - 8.0).abs() - 4.0;
    let (dx, dy) = (away(x), away(y));
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - 4.0
}

fn mark(theme: &Theme, x: f32, y: f32) -> Color32 {
    let arrow = |way: f32, top: f32| {
        let along = (x - 8.0) * way;
        let shaft = ((along - along.clamp(-4.6, 4.2)).hypot(y - top)) - 0.75;
        let bend = along.clamp(1.4, 4.6);
        let head = ((along - bend).hypot((y - top).abs() - (4.6 - bend))) - 0.75;
        shaft.min(head) < 0.0
    };
    if arrow(1.0, 5.4) {
        theme.client
    } else if arrow(-1.0, 10.6) {
        theme.server
    } else {
        theme.raised
    }
}

/// The program's icon, drawn by the window itself.
pub fn program_mark(painter: &Painter, rect: Rect) {
    let theme = Theme::when(true);
    painter.rect_filled(rect, rect.width() * 0.25, theme.raised);
    let scale = rect.width() / 16.0;
    for (way, y, color) in [(1.0, 5.4, theme.client), (-1.0, 10.6, theme.server)] {
        let at = |x: f32, up: f32| rect.min + vec2((8.0 + x * way) * scale, (y + up) * scale);
        let stroke = Stroke::new(1.5 * scale, color);
        painter.line_segment([at(-4.6, 0.0), at(4.4, 0.0)], stroke);
        painter.add(Shape::line(vec![at(1.4, -3.2), at(4.6, 0.0), at(1.4, 3.2)], stroke));
    }
}

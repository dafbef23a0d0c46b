//! Charts as SVG 1.1: text stays text, and every mark is one element.

use std::fmt::Write;

use egui::{Color32, Pos2};

use super::chart::{Anchor, Chart, Mark};
use crate::gui::theme::Theme;

/// Space around a picture.
const MARGIN: f32 = 16.0;
/// Height of its title.
const TITLE: f32 = 48.0;

/// A picture of a chart under its title and its number.
pub fn write(chart: &Chart, theme: &Theme, title: &str, says: &str) -> String {
    let (width, height) = (chart.size.x + MARGIN * 2.0, chart.size.y + MARGIN * 2.0 + TITLE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"Inter, system-ui, sans-serif\" font-size=\"12\">\n"
    );
    let mut put = |line: String| {
        svg.push_str(&line);
        svg.push('\n');
    };
    put(format!("<title>{}: {}</title>", escape(title), escape(says)));
    put(format!("<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>", color(theme.panel)));
    let x = MARGIN;
    put(format!(
        "<text x=\"{x}\" y=\"28\" font-weight=\"600\" font-size=\"13\" fill=\"{}\">{}</text>",
        color(theme.strong),
        escape(title)
    ));
    put(format!("<text x=\"{x}\" y=\"46\" fill=\"{}\">{}</text>", color(theme.dim), escape(says)));
    put(format!("<g transform=\"translate({x} {})\">", MARGIN + TITLE));
    for mark in &chart.marks {
        put(element(mark, theme));
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn element(mark: &Mark, theme: &Theme) -> String {
    match mark {
        Mark::Bar(rect, ink) => format!(
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" rx=\"1\" fill=\"{}\"/>",
            rect.min.x,
            rect.min.y,
            rect.width(),
            rect.height(),
            color(ink.color(theme))
        ),
        Mark::Line(from, to, ink) => format!(
            "<line x1=\"{:.2}\" y1=\"{:.2}\" x2=\"{:.2}\" y2=\"{:.2}\" stroke=\"{}\"/>",
            from.x,
            from.y,
            to.x,
            to.y,
            color(ink.color(theme))
        ),
        Mark::Dot(Pos2 { x, y }, radius, ink) => format!(
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius:.1}\" fill=\"{}\"/>",
            color(ink.color(theme))
        ),
        Mark::Ring(Pos2 { x, y }, radius, ink) => format!(
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius:.1}\" fill=\"none\" stroke-width=\"1.5\" stroke=\"{}\"/>",
            color(ink.color(theme))
        ),
        Mark::Area(corners, ink) => {
            let mut points = String::new();
            for corner in corners {
                // A string takes whatever is written.
                let _ = write!(points, "{:.2},{:.2} ", corner.x, corner.y);
            }
            format!("<polygon points=\"{}\" fill=\"{}\"/>", points.trim_end(), color(ink.color(theme)))
        }
        Mark::Text(at, anchor, text, ink) => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            format!(
                "<text x=\"{:.2}\" y=\"{:.2}\" dominant-baseline=\"central\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
                at.x,
                at.y,
                color(ink.color(theme)),
                escape(text)
            )
        }
    }
}

fn color(color: Color32) -> String {
    let [red, green, blue, _] = color.to_array();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! Looks at the text that a window has drawn: whether it is large enough, whole, and not written over other text.
//!
//! Knows shapes only. What an opaque ground covers later is out of sight and is not judged.

use egui::epaint::{ClippedShape, TextShape};
use egui::{Rect, Shape};

/// Text as it is in sight.
struct Text {
    words: String,
    /// All of it, and what of it its clip leaves.
    rect: Rect,
    clip: Rect,
    smallest: f32,
    /// Grounds that lie over parts of it.
    under: Vec<Rect>,
}

/// The smallest text, in points at actual size.
const SMALLEST: f32 = 12.0;
/// How far glyphs may reach over an edge: rounding, and the edges of letters that are smoothed.
const SLACK: f32 = 2.0;
/// What scrolls is at least so tall or wide; text may reach out of it there.
const SCROLLS: f32 = 60.0;

/// What is wrong with the text, a line for each.
pub fn illegible(shapes: &[ClippedShape], window: Rect) -> Vec<String> {
    let mut texts = Vec::new();
    for ClippedShape { clip_rect, shape, .. } in shapes {
        gather(shape, clip_rect.intersect(window), &mut texts);
    }
    let mut faults = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        if text.smallest < SMALLEST {
            faults.push(format!("{} is {:.1} points tall", says(text), text.smallest));
        }
        if cut(text) {
            faults.push(format!("{} is cut by {:?}", says(text), text.clip));
        }
        let seen = text.rect.intersect(text.clip).shrink(SLACK / 2.0);
        for other in &texts[..place] {
            let both = seen.intersect(other.rect.intersect(other.clip).shrink(SLACK / 2.0));
            let covered = other.under.iter().any(|ground| ground.contains_rect(both));
            if both.width() > 1.0 && both.height() > 1.0 && !covered {
                faults.push(format!("{} is written over {}", says(text), says(other)));
            }
        }
    }
    faults
}

fn says(text: &Text) -> String {
    format!("“{}” at {:.0},{:.0}", text.words, text.rect.min.x, text.rect.min.y)
}

/// Whether an edge takes a part of it that cannot be scrolled to.
fn cut(text: &Text) -> bool {
    let Text { rect, clip, .. } = text;
    let out = |axis: egui::Vec2| {
        let (size, over) = if axis.x > 0.0 {
            (clip.width(), (clip.min.x - rect.min.x).max(rect.max.x - clip.max.x))
        } else {
            (clip.height(), (clip.min.y - rect.min.y).max(rect.max.y - clip.max.y))
        };
        over > SLACK && size < SCROLLS
    };
    out(egui::Vec2::X) || out(egui::Vec2::Y)
}

fn gather(shape: &Shape, clip: Rect, texts: &mut Vec<Text>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| gather(shape, clip, texts)),
        Shape::Rect(rect) if rect.fill.is_opaque() => {
            let ground = rect.rect.intersect(clip);
            texts.retain(|text| !ground.contains_rect(text.rect.intersect(text.clip)));
            for text in texts.iter_mut() {
                uncover(text, ground);
            }
        }
        Shape::Text(text) => texts.extend(read(text, clip)),
        _ => {}
    }
}

/// What a ground covers from one side on is no longer in sight.
fn uncover(text: &mut Text, ground: Rect) {
    let seen = text.rect.intersect(text.clip);
    if ground.intersects(seen) {
        text.under.push(ground);
    }
    if ground.y_range().contains(seen.min.y) && ground.y_range().contains(seen.max.y) {
        if ground.contains(seen.left_center()) {
            text.rect.min.x = ground.max.x;
        } else if ground.min.x < seen.max.x && ground.max.x > seen.min.x {
            // What is left beyond it, if anything, is the same text.
            text.rect.max.x = ground.min.x;
        }
    } else if ground.x_range().contains(seen.min.x) && ground.x_range().contains(seen.max.x) {
        if ground.contains(seen.center_top()) {
            text.rect.min.y = ground.max.y;
        } else if ground.contains(seen.center_bottom()) {
            text.rect.max.y = ground.min.y;
        }
    }
}

fn read(text: &TextShape, clip: Rect) -> Option<Text> {
    let rect = text.visual_bounding_rect();
    let seen = rect.intersect(clip);
    let words = text.galley.text();
    // What lies out of sight altogether was scrolled away.
    if words.trim().is_empty() || seen.width() <= 0.0 || seen.height() <= 0.0 {
        return None;
    }
    let sizes = text.galley.job.sections.iter().map(|section| section.format.font_id.size);
    let smallest = sizes.fold(f32::MAX, f32::min);
    let words = words.chars().take(60).collect();
    Some(Text { words, rect, clip, smallest, under: Vec::new() })
}

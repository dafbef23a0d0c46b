//! A Close frame as a card: its code, what that means, its reason.

use egui::{Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use session::detail::Detail;
use session::dissector::websocket::registry::{OnWire, close_code};

use super::fonts;
use super::theme::{GRID, ROUND_LARGE, Theme};

/// Draws the card of the Close that is shown.
pub fn show(ui: &mut Ui, detail: &Detail, reason: &str) {
    let theme = Theme::of(ui);
    let all = ui.available_rect_before_wrap();
    let painter = ui.painter().with_clip_rect(all.intersect(ui.clip_rect()));
    let margin = GRID * 4.0;
    let width = (all.width() - margin * 2.0).min(560.0);
    let wrap = width - margin * 2.0;
    let (code, name, says, color) = match detail.payload.close_code {
        Some(code) => {
            let meaning = close_code(code);
            let color = match (meaning.on_wire, code) {
                (OnWire::Meant, 1000 | 1001) => theme.good,
                (OnWire::Meant, _) => theme.warn,
                _ => theme.error,
            };
            let says = format!("{} ({})", meaning.says, meaning.reference);
            (code.to_string(), meaning.name.to_owned(), says, color)
        }
        None => {
            let says = "A Close without a body is legal; the receiver's API reports 1005 (RFC 6455 7.1.5)";
            ("No code".into(), "1005 is reported".into(), says.to_owned(), theme.note)
        }
    };
    let title = painter.layout_no_wrap(code.clone(), fonts::display(), color);
    let named = painter.layout_no_wrap(name.clone(), fonts::title(), theme.strong);
    let says = painter.layout(says, fonts::body(), theme.text, wrap);
    let label = painter.layout_no_wrap("Reason".into(), fonts::small(), theme.dim);
    let words = if reason.is_empty() { "none".to_owned() } else { reason.to_owned() };
    let words_color = if reason.is_empty() { theme.faint } else { theme.text };
    let words = painter.layout(words, fonts::mono(), words_color, wrap);
    let height = margin * 2.0 + title.size().y + says.size().y + label.size().y + words.size().y + GRID * 6.0;
    let card = Rect::from_min_size(all.min + vec2(margin, margin), vec2(width, height));
    painter.rect(card, ROUND_LARGE, theme.raised, (1.0, theme.edge), egui::StrokeKind::Inside);
    let bar = Rect::from_min_size(card.min + vec2(0.0, 12.0), vec2(3.0, card.height() - 24.0));
    painter.rect_filled(bar, 1.5, color);
    let mut at = card.min + vec2(margin, margin);
    let base = at.y + title.size().y;
    let beside = pos2(at.x + title.size().x + GRID * 3.0, base - named.size().y - 4.0);
    painter.galley(at, title, color);
    painter.galley(beside, named, theme.strong);
    at.y = base + GRID * 2.0;
    for (galley, gap) in [(says, GRID * 3.0), (label, GRID), (words, 0.0)] {
        let size = galley.size().y;
        painter.galley(at, galley, theme.text);
        at.y += size + gap;
    }
    let response = ui.interact(card, ui.scope_id().with("close card"), Sense::hover());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Label, true, format!("Close {code}, {name}, reason {reason}"))
    });
    ui.advance_cursor_after_rect(all);
}

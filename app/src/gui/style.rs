//! The tokens told to egui, so that its own widgets (menus, text fields, tooltips) look like ours.

use egui::style::{HandleShape, ScrollStyle, TextCursorStyle, WidgetVisuals};
use egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Visuals, vec2};

use super::fonts;
use super::theme::{CONTROL, GRID, ROUND, ROUND_LARGE, Theme};

/// Gives a context our fonts and both appearances.
pub fn apply(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    dress(ctx, false);
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

/// Both appearances, in high contrast or not.
pub fn dress(ctx: &Context, high_contrast: bool) {
    for (of, dark) in [(egui::Theme::Dark, true), (egui::Theme::Light, false)] {
        ctx.set_style_of(of, style(Theme::which(dark, high_contrast)));
    }
}

fn style(theme: &Theme) -> Style {
    let mut style = Style { visuals: visuals(theme), animation_time: 0.08, ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, fonts::small()),
        (TextStyle::Body, fonts::body()),
        (TextStyle::Button, fonts::body()),
        (TextStyle::Heading, fonts::title()),
        (TextStyle::Monospace, fonts::mono()),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(GRID * 2.0, GRID);
    spacing.button_padding = vec2(GRID * 2.0, GRID);
    spacing.interact_size = vec2(CONTROL, CONTROL - GRID);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(4);
    spacing.indent = GRID * 4.0;
    spacing.tooltip_width = 360.0;
    spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        handle_min_length: 24.0,
        bar_inner_margin: 2.0,
        bar_outer_margin: 2.0,
        floating_width: 8.0,
        // Room of its own, so that nothing lies under it; only a floating bar has an opacity.
        floating_allocated_width: 12.0,
        foreground_color: true,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        dormant_handle_opacity: 0.5,
        active_handle_opacity: 0.6,
        interact_handle_opacity: 0.7,
        ..ScrollStyle::floating()
    };
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;
    style
}

fn visuals(theme: &Theme) -> Visuals {
    let mut visuals = if theme.dark { Visuals::dark() } else { Visuals::light() };
    let round = CornerRadius::same(ROUND);
    let widget = |fill: Color32, edge: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, edge),
        corner_radius: round,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(theme.panel, theme.line, theme.text);
    visuals.widgets.inactive = widget(theme.raised, theme.outline, theme.text);
    visuals.widgets.hovered = widget(theme.hover, theme.dim, theme.strong);
    visuals.widgets.active = widget(theme.accent_weak, theme.accent, theme.strong);
    visuals.widgets.open = widget(theme.raised, theme.edge, theme.strong);
    visuals.selection.bg_fill = theme.selected;
    visuals.selection.stroke = Stroke::new(1.0, theme.accent);
    visuals.weak_text_color = Some(theme.dim);
    visuals.hyperlink_color = theme.accent;
    visuals.faint_bg_color = theme.stripe;
    visuals.extreme_bg_color = theme.sunken;
    visuals.text_edit_bg_color = Some(theme.sunken);
    visuals.code_bg_color = theme.header;
    visuals.warn_fg_color = theme.warn;
    visuals.error_fg_color = theme.error;
    visuals.panel_fill = theme.panel;
    visuals.window_fill = theme.raised;
    visuals.window_stroke = Stroke::new(1.0, theme.edge);
    visuals.window_corner_radius = CornerRadius::same(ROUND_LARGE);
    visuals.menu_corner_radius = CornerRadius::same(ROUND + 2);
    visuals.window_shadow = Shadow { offset: [0, 12], blur: 32, spread: 0, color: theme.shadow };
    visuals.popup_shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: theme.shadow };
    visuals.handle_shape = HandleShape::Circle;
    visuals.text_cursor = TextCursorStyle {
        stroke: Stroke::new(1.5, theme.accent),
        blink: false,
        ..TextCursorStyle::default()
    };
    visuals
}

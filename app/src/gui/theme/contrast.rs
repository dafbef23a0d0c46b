//! Measures on the tokens themselves that what is to be read can be read, in every appearance (WCAG 2.2, 1.4.3, 1.4.6
//! and 1.4.11).

use egui::Color32;

use super::Theme;

const THEMES: [(&str, &Theme, f32); 4] = [
    ("dark", Theme::which(true, false), 4.5),
    ("light", Theme::which(false, false), 4.5),
    ("dark, high contrast", Theme::which(true, true), 7.0),
    ("light, high contrast", Theme::which(false, true), 7.0),
];
/// What a sign needs that is no text.
const SIGN: f32 = 3.0;

type Named = (&'static str, Color32);

fn luminance(color: Color32) -> f32 {
    let linear = |byte: u8| {
        let part = f32::from(byte) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Grounds on which nothing is selected.
fn calm(theme: &Theme) -> Vec<Named> {
    let mut calm = vec![
        ("base", theme.base),
        ("panel", theme.panel),
        ("header", theme.header),
        ("raised", theme.raised),
        ("sunken", theme.sunken),
        ("stripe", theme.stripe),
        ("hover", theme.hover),
        ("marked_weak", theme.marked_weak),
    ];
    // Rows that a rule colors.
    calm.extend(theme.tints.map(|tint| ("a tint", tint)));
    calm
}

/// All grounds on which rows, fields and bytes stand.
fn grounds(theme: &Theme) -> Vec<Named> {
    let chosen = [
        ("selected", theme.selected),
        ("selected_weak", theme.selected_weak),
        ("accent_weak", theme.accent_weak),
    ];
    calm(theme).into_iter().chain(chosen).collect()
}

fn tints(theme: &Theme) -> Vec<Named> {
    vec![
        ("client_weak", theme.client_weak),
        ("server_weak", theme.server_weak),
        ("good_weak", theme.good_weak),
        ("error_weak", theme.error_weak),
        ("warn_weak", theme.warn_weak),
    ]
}

/// Every token that colors text, with the grounds that it can stand on.
fn texts(theme: &Theme) -> Vec<(Named, Vec<Named>)> {
    let (bytes, fields, values) = (&theme.bytes, &theme.fields, &theme.values);
    let mut all = Vec::new();
    for words in [("strong", theme.strong), ("text", theme.text), ("dim", theme.dim)] {
        all.push((words, grounds(theme).into_iter().chain(tints(theme)).collect()));
    }
    all.push((("faint", theme.faint), calm(theme)));
    all.push((("on_accent", theme.on_accent), vec![("accent", theme.accent)]));
    let tinted = [
        (("client", theme.client), ("client_weak", theme.client_weak)),
        (("server", theme.server), ("server_weak", theme.server_weak)),
        (("good", theme.good), ("good_weak", theme.good_weak)),
        (("error", theme.error), ("error_weak", theme.error_weak)),
        (("warn", theme.warn), ("warn_weak", theme.warn_weak)),
    ];
    for (words, tint) in tinted {
        all.push((words, grounds(theme).into_iter().chain([tint]).collect()));
    }
    let anywhere = [
        ("accent", theme.accent),
        ("marked", theme.marked),
        ("note", theme.note),
        ("bytes.null", bytes.null),
        ("bytes.printable", bytes.printable),
        ("bytes.space", bytes.space),
        ("bytes.control", bytes.control),
        ("bytes.high", bytes.high),
        ("bytes.missing", bytes.missing),
        ("fields.flags", fields.flags),
        ("fields.opcode", fields.opcode),
        ("fields.mask", fields.mask),
        ("fields.length", fields.length),
        ("fields.key", fields.key),
        ("fields.payload", fields.payload),
        ("fields.below", fields.below),
        ("fields.http", fields.http),
        ("fields.record", fields.record),
        ("values.key", values.key),
        ("values.string", values.string),
        ("values.number", values.number),
        ("values.word", values.word),
        ("values.mark", values.mark),
    ];
    all.extend(anywhere.map(|words| (words, grounds(theme))));
    all
}

/// Whoever can read at all can read everything: text stands out from every ground it can stand on by 4.5 to 1, in high
/// contrast by 7 to 1.
#[test]
fn text_stands_out() {
    let mut faults = Vec::new();
    for (of, theme, least) in THEMES {
        for ((words, color), grounds) in texts(theme) {
            for (ground, surface) in grounds {
                let is = contrast(color, surface);
                if is < least {
                    faults.push(format!("{of}: {words} on {ground} is {is:.2}, not {least}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Signs that carry meaning without words stand out by 3 to 1: sides, levels, icons, focus, the edges of fields. In high
/// contrast the lines between surfaces do so too.
#[test]
fn signs_stand_out() {
    let mut faults = Vec::new();
    for (of, theme, least) in THEMES {
        let mut signs =
            vec![("outline", theme.outline, calm(theme)), ("accent", theme.accent, grounds(theme))];
        signs.push(("accent", theme.accent, tints(theme)));
        if least > 4.5 {
            signs.push(("line", theme.line, vec![("panel", theme.panel), ("base", theme.base)]));
            signs.push(("edge", theme.edge, calm(theme)));
        }
        for (sign, color, grounds) in signs {
            for (ground, surface) in grounds {
                let is = contrast(color, surface);
                if is < SIGN {
                    faults.push(format!("{of}: {sign} on {ground} is {is:.2}, not {SIGN}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Words step back in three steps, however well each can be read: strong, text, dim, faint.
#[test]
fn words_step_back() {
    for (of, theme, _) in THEMES {
        let steps = [theme.strong, theme.text, theme.dim, theme.faint].map(|it| contrast(it, theme.panel));
        assert!(steps.windows(2).all(|pair| pair[0] > pair[1] * 1.08), "{of}: {steps:?}");
    }
}

/// Each appearance is told from its visuals alone.
#[test]
fn visuals_tell_their_theme() {
    for (of, theme, _) in THEMES {
        let mut visuals = egui::Visuals::dark();
        (visuals.dark_mode, visuals.weak_text_color) = (theme.dark, Some(theme.dim));
        assert!(std::ptr::eq(Theme::shown(&visuals), theme), "{of}");
    }
}

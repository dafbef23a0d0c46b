//! The embedded fonts and the few sizes at which they are used.
//!
//! Inter for words, JetBrains Mono for what was on the wire; see `assets/fonts/README.md`.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId};

const FILES: [(&str, &[u8]); 4] = [
    ("inter", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
    ("inter-strong", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
    ("mono", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf")),
    ("mono-strong", include_bytes!("../../assets/fonts/JetBrainsMono-Bold.ttf")),
];

/// Our fonts in front of egui's emoji fonts.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (name, bytes) in FILES {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(bytes)));
    }
    let families = [
        (FontFamily::Proportional, ["inter", "mono"]),
        (FontFamily::Name("strong".into()), ["inter-strong", "mono"]),
        (FontFamily::Monospace, ["mono", "inter"]),
        (FontFamily::Name("mono-strong".into()), ["mono-strong", "inter"]),
    ];
    for (family, ours) in families {
        let names = ours.into_iter().map(str::to_owned).chain(fallback.iter().cloned());
        fonts.families.insert(family, names.collect());
    }
    fonts
}

/// Words in rows, menus, fields.
pub fn body() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}
/// Words that stand out: headings of panes, names.
pub fn strong() -> FontId {
    FontId::new(13.0, FontFamily::Name("strong".into()))
}
/// Labels, table heads, the status bar. Nothing is smaller.
pub fn small() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}
/// Small words that stand out: badges, chips.
pub fn small_strong() -> FontId {
    FontId::new(12.0, FontFamily::Name("strong".into()))
}
/// The heading of a dialog or a card.
pub fn title() -> FontId {
    FontId::new(16.0, FontFamily::Name("strong".into()))
}
/// The program's name on the start page.
pub fn display() -> FontId {
    FontId::new(28.0, FontFamily::Name("strong".into()))
}
/// What was on the wire: bytes, payloads, addresses, numbers in columns.
pub fn mono() -> FontId {
    FontId::new(12.5, FontFamily::Monospace)
}
/// The same, standing out.
pub fn mono_strong() -> FontId {
    FontId::new(12.5, FontFamily::Name("mono-strong".into()))
}

//! The window: a session looked at through panes.
//!
//! ```text
//! keys, toolbar, palette ─► Command ─► App ─► Opened (session, lists, inspector) ─► panes
//! ```
//! Draws what is known and asks threads for the rest; no part of it walks through the capture.

use std::path::PathBuf;

use anyhow::anyhow;
use session::decoding::Pin;

pub mod fonts;
pub mod style;
pub mod theme;

pub mod command;
pub mod fuzzy;
pub mod preferences;
mod replace;
pub mod settings;
pub mod state;

pub mod icon;
pub mod menu;
pub mod ring;
pub mod rows;
pub mod table;
pub mod widget;
pub mod words;

pub mod coloring;
pub mod columns;
mod newest;

pub mod filtering;
pub mod find;
pub mod findings;
pub mod history;
pub mod lists;
pub mod notes;
pub mod opened;
pub mod sorting;

pub mod conversation;
pub mod inspector;
pub mod live;

pub mod content_worker;
pub mod copying;
pub mod decoded;
pub mod latency;
pub mod preview;
pub mod views;

pub mod focus;
pub mod hex;
pub mod lines;
pub mod paint;
pub mod tabs;
pub mod tree;

pub mod card;
pub mod close_card;
pub mod ending_card;
pub mod figure;
pub mod handshake_card;
pub mod json;
pub mod json_document;
pub mod security_card;
pub mod statistics;
pub mod text_view;
mod token_card;

pub mod app;
pub mod dialog;
pub mod layout;
pub mod panel;
pub mod samples;
pub mod wireshark;

pub use app::App;

/// Opens the window, on `file` if one is given, with the rows that `filter` lets through and messages read as `decode`
/// says, and returns when it is closed.
pub fn run(
    file: Option<PathBuf>,
    options: session::Options,
    filter: Option<String>,
    decode: Vec<Pin>,
) -> anyhow::Result<()> {
    let folder = settings::Settings::folder();
    let kept = folder.as_deref().and_then(|folder| settings::Settings::load(folder).window);
    let viewport = egui::ViewportBuilder::default()
        .with_title("wscope")
        .with_app_id("wscope")
        .with_inner_size(kept.filter(sound).unwrap_or([1280.0, 800.0]))
        .with_min_inner_size(LEAST)
        .with_drag_and_drop(true)
        .with_icon(icon::program(64));
    let native = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    let start: eframe::AppCreator<'_> = Box::new(move |creation| {
        let mut app = App::new(&creation.egui_ctx, options, folder);
        app.captures(live::Means::find());
        app.decode_by(decode);
        if let Some(file) = file {
            app.open(&file);
        }
        app.filter_first(filter);
        Ok(Box::new(app))
    });
    eframe::run_native("wscope", native, start).map_err(|error| {
        // What winit says begins with where in its source it says so.
        let words = error.to_string();
        anyhow!("no window: {}", words.rsplit(": ").next().unwrap_or(&words))
    })
}

/// How small the window may be.
const LEAST: [f32; 2] = [640.0, 400.0];

/// Whether a window may be so large.
fn sound(size: &[f32; 2]) -> bool {
    size.iter().zip(LEAST).all(|(side, least)| (least..=16_384.0).contains(side))
}

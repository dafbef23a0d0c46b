//! Pictures for `docs/`, made by the tests that come to what they show. `WSCOPE_PICTURES=docs` has them written.

use std::path::PathBuf;

use egui::Key;
use egui::Modifiers;
use egui_kittest::kittest::Queryable as _;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _};
use session::dissector::ids::{ConnectionId, MessageId};
use wscope::gui::command::Command;
use wscope::gui::preferences::Appearance;
use wscope::gui::state::Selection;

use crate::gui::{Driven, press, sample, says, settle, until, window_with_keys};

/// Writes what the window shows into the folder that the environment names, if it does.
pub(crate) fn picture(harness: &mut Driven, name: &str) {
    let Some(folder) = folder() else { return };
    harness.set_render_cursor(false);
    harness.remove_cursor();
    settle(harness);
    let shown = DynamicImage::from(harness.render().unwrap()).into_rgb8();
    let packed = [FilterType::NoFilter, FilterType::Adaptive].map(|filter| {
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, filter)
            .write_image(shown.as_raw(), shown.width(), shown.height(), ExtendedColorType::Rgb8)
            .unwrap();
        bytes
    });
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, packed.into_iter().min_by_key(Vec::len).unwrap()).unwrap();
}

/// Whether pictures are asked for.
pub(crate) fn wanted() -> bool {
    folder().is_some()
}

fn folder() -> Option<PathBuf> {
    Some(wscope_tests::root().join(std::env::var_os("WSCOPE_PICTURES")?))
}

/// A sample of which everything was read.
fn open(name: &str, file: &str, keys: Vec<PathBuf>, appearance: Appearance) -> Driven {
    let mut harness = window_with_keys(&format!("picture-of-{name}"), Some(sample(file)), keys, appearance);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    harness
}

fn select(harness: &mut Driven, message: u32) {
    harness.state_mut().run(Command::Select(Selection::Message(MessageId::new(message - 1))));
    harness.run_steps(3);
}

/// The pictures that the README shows beside those of the tasks.
#[test]
fn pictures_of_the_readme() {
    if !wanted() {
        return;
    }
    for (name, appearance) in [("window-dark", Appearance::Dark), ("window-light", Appearance::Light)] {
        let mut harness = open(name, "tour.pcapng", Vec::new(), appearance);
        select(&mut harness, 22);
        until(&mut harness, "the opcode", |it| says(it, "Opcode: text"));
        harness.query_all_by_label_contains("Opcode: text").next().unwrap().click();
        harness.run_steps(3);
        picture(&mut harness, &format!("{name}.png"));
    }

    let mut harness = open("filter", "tour.pcapng", Vec::new(), Appearance::Dark);
    select(&mut harness, 22);
    press(&mut harness, Modifiers::COMMAND, Key::Slash);
    harness.get_by_label("Display filter").type_text("ws.text contains \"order\" && websocket");
    harness.run_steps(4);
    picture(&mut harness, "filter.png");

    let mut harness = open("conversation", "tour.pcapng", Vec::new(), Appearance::Dark);
    harness.state_mut().run(Command::Only(Some(ConnectionId::new(6))));
    select(&mut harness, 50);
    press(&mut harness, Modifiers::COMMAND, Key::Num5);
    until(&mut harness, "what was said", |it| says(it, "#50, "));
    picture(&mut harness, "conversation.png");
    press(&mut harness, Modifiers::COMMAND, Key::Num6);
    harness.run_steps(5);
    picture(&mut harness, "sequence.png");

    let mut harness = open("statistics", "tour.pcapng", Vec::new(), Appearance::Dark);
    press(&mut harness, Modifiers::COMMAND, Key::Num7);
    until(&mut harness, "all numbers", |it| {
        let opened = it.state().app().opened().unwrap();
        opened.statistics.complete(&opened.snapshot)
    });
    picture(&mut harness, "statistics.png");

    let keys = vec![sample("http2.keys")];
    let mut harness = open("decrypted", "http2.pcap", keys, Appearance::Dark);
    select(&mut harness, 1);
    until(&mut harness, "its layers", |it| says(it, "Decrypted"));
    picture(&mut harness, "decrypted.png");
}

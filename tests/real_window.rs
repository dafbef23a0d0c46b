//! The program's own window, opened on a display that nobody sees, against what the other tests look at: what holds
//! there for every text and button holds for the window that users get.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use image::RgbImage;
use session::dissector::ids::MessageId;
use wscope::gui::preferences::{self, Appearance, Preferences};
use wscope::gui::settings::Settings;
use wscope::gui::state::Selection;
use wscope::gui::theme::{TOOLBAR, Theme};
use wscope_tests::place::Folder;

use crate::gui::{sample, settle, until, window_in};

/// An X server that draws into a file.
struct Screen {
    server: Child,
    display: String,
    folder: PathBuf,
}

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Screen {
    fn new(folder: &Path, width: u32, height: u32) -> Self {
        let folder = folder.join("screen");
        std::fs::create_dir_all(&folder).unwrap();
        let size = format!("{width}x{height}x24");
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-fbdir"])
            .arg(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts: ./setup.sh --tests installs it");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server, display: format!(":{}", number.trim()), folder }
    }

    /// What is on the screen: the file is a window dump (X11's XWDFile.h), its header in big endian.
    fn picture(&self) -> RgbImage {
        let bytes = std::fs::read(self.folder.join("Xvfb_screen0")).unwrap();
        let word =
            |place: usize| u32::from_be_bytes(bytes[place * 4..place * 4 + 4].try_into().unwrap()) as usize;
        let (head, width, height, line, colors) = (word(0), word(4), word(5), word(12), word(19));
        assert_eq!((word(7), word(11)), (0, 32), "pixels of 32 bits, the least byte first");
        let pixels = &bytes[head + colors * 12..];
        RgbImage::from_fn(width as u32, height as u32, |x, y| {
            let at = y as usize * line + x as usize * 4;
            image::Rgb([pixels[at + 2], pixels[at + 1], pixels[at]])
        })
    }
}

/// How far two colors are apart.
fn apart(a: &image::Rgb<u8>, b: &image::Rgb<u8>) -> u8 {
    a.0.iter().zip(b.0).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0)
}

/// At both sizes, dark and light: the picture on the screen is the one that the tests of crowding and legibility see,
/// but for a few pixels at the edges of letters. The toolbar is left out, as this window may capture.
#[test]
fn the_window_is_what_the_tests_see() {
    for (width, height, appearance) in [(1280, 800, Appearance::Dark), (1920, 1080, Appearance::Light)] {
        let folder = Folder::new("screen");
        let mut chosen = Preferences::default();
        chosen.appearance.theme = appearance;
        preferences::file::save(&chosen, &folder).join().unwrap();
        let mut settings = Settings::default();
        settings.window = Some([width as f32, height as f32]);
        settings.save(&folder).join().unwrap();

        let screen = Screen::new(&folder, width, height);
        let mut command = wscope_tests::wscope([sample("basic.pcap")]);
        command
            .env("DISPLAY", &screen.display)
            .env("WSCOPE_CONFIG_DIR", &*folder)
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
        let mut program = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());

        let other = Folder::new("seen");
        preferences::file::save(&chosen, &other).join().unwrap();
        let mut harness =
            window_in(other, Some(sample("basic.pcap")), Vec::new(), egui::vec2(width as f32, height as f32));
        until(&mut harness, "the first message", |it| {
            it.state().selection() == Some(Selection::Message(MessageId::new(0)))
                && !it.state().app().opened().unwrap().reading()
        });
        settle(&mut harness);
        let seen = image::DynamicImage::from(harness.render().unwrap()).into_rgb8();
        assert_eq!((seen.width(), seen.height()), (width, height));

        let begun = Instant::now();
        loop {
            std::thread::sleep(Duration::from_millis(300));
            assert!(program.0.try_wait().unwrap().is_none(), "the program ended");
            let shown = screen.picture();
            let pixels = || shown.enumerate_pixels().filter(|(_, y, _)| *y as f32 > TOOLBAR);
            let other = pixels().filter(|(x, y, pixel)| apart(pixel, seen.get_pixel(*x, *y)) > 48).count();
            let base = Theme::when(appearance == Appearance::Dark).base;
            let bar = shown.get_pixel(width / 2, TOOLBAR as u32 - 4);
            let drawn = apart(bar, &image::Rgb([base.r(), base.g(), base.b()])) < 8;
            if drawn && other * 200 < pixels().count() {
                break;
            }
            if begun.elapsed() > Duration::from_secs(60) {
                let kept = std::env::temp_dir().join(format!("wscope-screen-{width}"));
                shown.save(kept.with_extension("shown.png")).unwrap();
                seen.save(kept.with_extension("seen.png")).unwrap();
                panic!("{other} of {} pixels are others; see {}*", pixels().count(), kept.display());
            }
        }
        // What runs goes before the folder that it writes to.
        drop((program, screen));
    }
}

//! Throw-away.
use session::*;
fn main() {
    for path in std::env::args().skip(1) {
        let mut c = match capture::open(capture::Source::File { path: path.clone().into(), follow: false }) {
            Ok(c) => c,
            Err(e) => {
                println!("{path}: {e}");
                continue;
            }
        };
        let t = std::time::Instant::now();
        let s = read(c.as_mut(), &Options::default(), &mut |_| {});
        let el = t.elapsed();
        let mut content = Content::default();
        let mut ok = 0;
        let mut bad = 0;
        for i in 0..s.message_count() {
            match content.message(&s, dissector::ids::MessageId::new(i), content::SHOWN) {
                Ok(_) => ok += 1,
                Err(_) => bad += 1,
            }
        }
        println!(
            "{path}: {:?} pk {} conn {} frames {} msgs {} ok {ok} bad {bad} {:?} notes {} {:?}",
            s.state,
            s.packet_count(),
            s.connections().len(),
            s.frame_count(),
            s.message_count(),
            s.totals.packets,
            s.notes.len(),
            el
        );
        if std::env::var("V").is_ok() {
            for i in 0..s.frame_count() {
                println!("  {:?}", s.frame(dissector::ids::FrameId::new(i)).unwrap());
            }
            for c in s.connections().iter() {
                println!("  {c:?}");
            }
        }
    }
}

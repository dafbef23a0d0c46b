//! Cards about bytes: what compression saves, what is not payload, and what other ways would have cost.

use session::dissector::ids::Side;
use session::statistics::RATIOS;
use session::statistics::polling::INTERVALS;

use super::{Card, Fact, SIDES, Scene, Table, Value, percent};
use crate::gui::statistics::chart::Ink;
use crate::gui::statistics::plot::{Bar, Mirror, Plot, Row};
use crate::gui::words;

/// What permessage-deflate did.
pub(super) fn compression(scene: &Scene<'_>) -> Card {
    let figures = scene.figures;
    let sides = &figures.compression;
    let (wire, len) = (sides[0].wire + sides[1].wire, sides[0].len + sides[1].len);
    let mut mirror = Mirror::default();
    let mut table = Table::new(&["figure", "client", "server"]);
    let mut put = |name: String, of: &dyn Fn(usize) -> String| table.rows.push(vec![name, of(0), of(1)]);
    put("messages_compressed".into(), &|at| sides[at].compressed.to_string());
    put("messages_not_compressed".into(), &|at| sides[at].plain.to_string());
    put("bytes_on_the_wire".into(), &|at| sides[at].wire.to_string());
    put("bytes_inflated".into(), &|at| sides[at].len.to_string());
    put("messages_made_longer".into(), &|at| sides[at].longer.to_string());
    put("extension_header_bytes".into(), &|at| figures.extensions[at].to_string());
    for class in 0..RATIOS {
        let values = SIDES.map(|side| sides[side.index()].ratios[class]);
        let range = if class == RATIOS - 1 {
            "100 % or more".to_owned()
        } else {
            format!("{} to {} %", class * 10, class * 10 + 10)
        };
        put(format!("left_{}_percent", class * 10), &|at| sides[at].ratios[class].to_string());
        let says = format!(
            "{range} is left: client {}, server {}",
            words::count(values[0]),
            words::count(values[1])
        );
        mirror.bars.push(Bar { values, says, level: None });
    }
    let at = |class: f32| class / RATIOS as f32;
    mirror.ticks = vec![(0.0, "0 % left".into()), (at(5.0), "50 %".into()), (at(10.5), "100 %".into())];
    let most = mirror.bars.iter().flat_map(|bar| bar.values).max().unwrap_or(0);
    mirror.most = words::count(most);
    let compressed = sides[0].compressed + sides[1].compressed;
    let saved = len.saturating_sub(wire);
    let per_side = |of: &dyn Fn(usize) -> String| vec![Value::of(of(0)), Value::of(of(1))];
    Card {
        title: "Compression",
        number: if compressed == 0 {
            "None".into()
        } else if wire > len {
            format!("−{}", percent(wire - len, len))
        } else {
            percent(saved, len)
        },
        of: if compressed == 0 {
            "of the messages is compressed".into()
        } else {
            format!("saved on {}", words::counted(compressed, "compressed message", "compressed messages"))
        },
        plot: Plot::Mirror(mirror),
        nothing: "No compressed messages here",
        facts: vec![
            Fact {
                name: "Compressed",
                values: per_side(&|at| {
                    let all = sides[at].compressed + sides[at].plain;
                    format!("{} of {}", words::count(sides[at].compressed), words::count(all))
                }),
            },
            Fact {
                name: "Bytes saved",
                values: per_side(&|at| match sides[at].saved() {
                    saved if saved < 0 => format!("−{}", words::size(saved.unsigned_abs())),
                    saved => words::size(saved.unsigned_abs()),
                }),
            },
            Fact { name: "Made longer", values: per_side(&|at| words::count(sides[at].longer)) },
            Fact { name: "Header lines", values: per_side(&|at| words::size(figures.extensions[at])) },
        ],
        note: String::new(),
        table,
    }
}

/// What of the bytes on the wire is not payload.
pub(super) fn overhead(scene: &Scene<'_>) -> Card {
    let figures = scene.figures;
    let payload = figures.payload[0].saturating_add(figures.payload[1]);
    let headers = figures.headers[0] + figures.headers[1];
    let handshakes = figures.handshakes[0] + figures.handshakes[1];
    let known = payload.saturating_add(headers).saturating_add(handshakes);
    let (between, below) = (figures.wire.tcp.saturating_sub(known), figures.wire.below());
    let all = known.saturating_add(between).saturating_add(below);
    let parts = [
        ("Payload", payload, Ink::Accent),
        ("Frame headers", headers, Ink::Dim),
        ("Handshakes", handshakes, Ink::Dim),
        ("TLS, HTTP, resent", between, Ink::Dim),
        ("TCP, IP, link", below, Ink::Dim),
    ];
    let mut table = Table::new(&["part", "bytes"]);
    table.rows = parts.iter().map(|(name, bytes, _)| vec![(*name).to_owned(), bytes.to_string()]).collect();
    let rows = parts.map(|(name, bytes, ink)| Row {
        name: name.to_owned(),
        bars: vec![(ink, bytes, format!("{} · {}", words::size(bytes), percent(bytes, all)))],
    });
    let per_frame = |side: Side| {
        let at = side.index();
        match figures.frames[at] {
            0 => Value::none(),
            frames => Value::of(format!("{:.1} B", figures.headers[at] as f64 / frames as f64)),
        }
    };
    let cut = scene.snapshot.totals.cut > 0;
    let note =
        if cut { "Packets were cut when captured: what lies below TCP is more than is shown" } else { "" };
    Card {
        title: "Overhead",
        number: percent(all - payload, all),
        of: format!("of {} captured are not payload", words::size(all)),
        plot: Plot::Rows(if figures.frames == [0; 2] { Vec::new() } else { rows.into() }),
        nothing: "No frames here",
        facts: vec![
            Fact {
                name: "Header bytes",
                values: SIDES.map(|side| Value::of(words::size(figures.headers[side.index()]))).into(),
            },
            Fact { name: "A frame's header", values: SIDES.map(per_frame).into() },
            Fact {
                name: "Payload",
                values: SIDES.map(|side| Value::of(words::size(figures.payload[side.index()]))).into(),
            },
        ],
        note: note.into(),
        table,
    }
}

/// What the same messages would have cost in other ways.
pub(super) fn polling(scene: &Scene<'_>) -> Card {
    let polling = &scene.figures.polling;
    let chosen = scene.choice.interval.min(INTERVALS.len() - 1);
    let (ours, polled) = (polling.websocket(), polling.polling(chosen));
    let times = |bytes: u64| format!("{:.1}×", bytes as f64 / ours.max(1) as f64);
    let every = format!("Polling every {} s", INTERVALS[chosen]);
    let ways = [
        ("WebSocket".to_owned(), ours, Ink::Accent),
        (every.clone(), polled, Ink::Dim),
        ("Long polling".to_owned(), polling.long_polling(), Ink::Dim),
        ("Events and POST".to_owned(), polling.events(), Ink::Dim),
    ];
    let rows = ways.map(|(name, bytes, ink)| Row {
        name,
        bars: vec![(ink, bytes, format!("{} · {}", words::size(bytes), times(bytes)))],
    });
    let mut table = Table::new(&["way", "bytes"]);
    let mut put = |name: String, bytes: u64| table.rows.push(vec![name, bytes.to_string()]);
    put("websocket".into(), ours);
    for (place, seconds) in INTERVALS.iter().enumerate() {
        put(format!("polling_{seconds}_s"), polling.polling(place));
    }
    put("long_polling".into(), polling.long_polling());
    put("server_sent_events_and_post".into(), polling.events());
    let there = polling.connections > 0;
    let number = if there { times(polled) } else { "–".into() };
    Card {
        title: "Without WebSocket",
        number,
        of: if there {
            format!("the bytes, with a request every {} s", INTERVALS[chosen])
        } else {
            "no handshake was captured to reckon with".into()
        },
        plot: Plot::Rows(if there { rows.into() } else { Vec::new() }),
        nothing: "The comparison needs both heads of a handshake",
        facts: Vec::new(),
        note: if there { assumption(scene, &every, chosen) } else { String::new() },
        table,
    }
}

/// What is taken for granted, in sentences.
fn assumption(scene: &Scene<'_>, every: &str, chosen: usize) -> String {
    let polling = &scene.figures.polling;
    let [request, response] = polling.heads.map(|bytes| words::count(bytes / polling.connections.max(1)));
    let left_out = scene.figures.connections.saturating_sub(polling.connections);
    let mut note = format!(
        "Bytes of HTTP above TCP and TLS, reckoned, not measured. A request is taken to be as long as the one for \
         WebSocket ({request} B here) and an answer as its answer ({response} B). {every}: {}, and messages wait for \
         the next one, {} s on average. Long polling: one for each message, as if none came together. Events: 8 B \
         around each message of the server, base64 for binary ones, and a request for each of the client. Real heads \
         may be shorter, or longer by cookies; HTTP/2 would shrink repeated ones.",
        words::counted(polling.requests[chosen], "request", "requests"),
        INTERVALS[chosen] as f64 / 2.0,
    );
    if left_out > 0 {
        note.push_str(&format!(
            " Left out: {} without a captured handshake.",
            words::counted(left_out, "connection", "connections")
        ));
    }
    note
}

//! What HTTP carries in the window: its table, its detail, and nothing of either where it carries nothing.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use session::dissector::ids::DeliveryId;
use wscope::gui::command::Command;
use wscope::gui::settings::Appearance;
use wscope::gui::state::{Selection, Tab};

use crate::gui::{Driven, sample, says, until, window_with_keys};

fn open(name: &str, file: &str) -> Driven {
    let mut harness =
        window_with_keys(&format!("neighbors-{name}"), Some(sample(file)), Vec::new(), Appearance::Dark);
    until(&mut harness, "the end", |it| it.state().app().opened().is_some_and(|opened| !opened.reading()));
    harness
}

/// A capture of server-sent events opens with them: each is a row with its session and transport, and what is chosen
/// is shown with the heads around it, down to what its data says.
#[test]
fn events_are_rows_with_details() {
    let mut harness = open("sse", "sse.pcap");
    let event = Selection::Delivery(DeliveryId::new(1));
    harness.state_mut().run(Command::Select(event));
    until(&mut harness, "its row", |it| says(it, "from server, 1, sse, 54, tick"));
    until(&mut harness, "its detail", |it| says(it, "Message 2 over HTTP"));
    assert_eq!(harness.state().app().opened().map(|opened| opened.tab), Some(Tab::Deliveries));
    for words in ["HTTP request", "GET /events", "HTTP response", "200 OK", "HTTP message 2 selected"] {
        assert!(says(&harness, words), "{words}");
    }
    assert!(says(&harness, "tick"), "what it says");
}

/// A display filter sifts them by what they say, and a search finds them.
#[test]
fn filters_and_searches() {
    let mut harness = open("filter", "sockjs-xhr.pcap");
    harness.state_mut().run(Command::Show(Tab::Deliveries));
    let count = |it: &Driven| {
        let opened = it.state().app().opened().unwrap();
        opened.lists.complete().then(|| opened.lists.len(Tab::Deliveries, &opened.snapshot))
    };
    until(&mut harness, "all of them", |it| count(it) == Some(14));
    harness
        .state_mut()
        .run(Command::Filter("ws.direction == client && sockjs.message contains \"b\"".into()));
    until(&mut harness, "two of them", |it| count(it) == Some(2));
}

/// Where HTTP carries nothing, there is no table of it to choose.
#[test]
fn others_have_no_table_of_it() {
    let mut harness = open("none", "basic.pcap");
    harness.run_steps(2);
    let shown = |it: &Driven| it.state().app().opened().map(|opened| opened.tab);
    assert_eq!(shown(&harness), Some(Tab::Messages));
    let offered = |it: &Driven, name: &str| it.query_by_role_and_label(Role::Tab, name).is_some();
    assert!(offered(&harness, "Messages") && !offered(&harness, "HTTP"));
    let mut harness = open("some", "socketio-upgrade.pcap");
    harness.run_steps(2);
    assert!(offered(&harness, "Messages") && offered(&harness, "HTTP"));
    assert_eq!(shown(&harness), Some(Tab::Messages));
}

/// The picture of `docs` that shows what HTTP carries.
#[test]
fn a_picture_of_what_http_carries() {
    if !crate::gui_pictures::wanted() {
        return;
    }
    let mut harness = open("picture", "sockjs-eventsource.pcap");
    harness.state_mut().run(Command::Select(Selection::Delivery(DeliveryId::new(5))));
    until(&mut harness, "its detail", |it| says(it, "Message 6 over HTTP"));
    harness.run_steps(5);
    crate::gui_pictures::picture(&mut harness, "http.png");
}

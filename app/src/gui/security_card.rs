//! The card of what protects a connection: TLS as it was agreed on, where the keys come from, what could be opened; and
//! where there are no keys, how to get them.
//!
//! Says what is known and decides nothing.

use egui::{Color32, RichText, Sense, Ui, vec2};
use session::advice::{ADVICE, KEY_LOG};
use session::dissector::ids::Side;
use session::dissector::tls::alert;
use session::dissector::tls::secured::{Keys, Secured};

use super::content_worker::Security;
use super::icon::{self, Icon};
use super::inspector::Wish;
use super::theme::{GRID, Theme};
use super::{card, fonts, widget, words};

/// Room for the names of rows.
const NAMES: f32 = 132.0;

/// Draws the card; gives what was asked of the window.
pub fn show(ui: &mut Ui, security: &Security) -> Option<Wish> {
    let mut wish = None;
    card::sheet(ui, "security card", |ui| {
        card::part(ui, |ui| wish = verdict(ui, security));
        if security.wants_keys() {
            card::part(ui, advice);
        }
        if let Some(secured) = &security.secured {
            card::part(ui, |ui| agreed(ui, secured));
        }
        card::part(ui, |ui| seen(ui, security));
    });
    wish
}

impl Security {
    /// Whether another key log may open it.
    pub fn wants_keys(&self) -> bool {
        let keys = self.secured.as_ref().map(|secured| secured.keys);
        matches!(keys, Some(Keys::Missing | Keys::NoHello))
    }
}

/// The lock that stands for a TLS: open where there are keys.
pub const fn lock(keys: Keys) -> Icon {
    if keys.are_known() || matches!(keys, Keys::NotNeeded) { Icon::Unlocked } else { Icon::Locked }
}

/// In a few words and in a sentence, whether it can be read.
pub fn standing(keys: Keys) -> (&'static str, &'static str) {
    match keys {
        Keys::From(_) => ("Decrypted", "A key log has its keys"),
        Keys::Resumed => ("Decrypted", "Its keys follow from those of an earlier session (RFC 8446 2.2)"),
        Keys::NotNeeded => ("Not encrypted yet", "The handshake had not come to encryption"),
        Keys::Missing => {
            ("Sealed", "It is encrypted, and no key log has its keys: what it carries is not known")
        }
        Keys::NoHello => (
            "Sealed",
            "It is encrypted, and its handshake was not captured: it is not known which keys belong to it",
        ),
        Keys::Unsupported => ("Sealed", "It is encrypted with a cipher suite that cannot be read here"),
    }
}

fn verdict(ui: &mut Ui, security: &Security) -> Option<Wish> {
    let theme = Theme::of(ui);
    let (icon, (title, says)) = match &security.secured {
        Some(secured) => (lock(secured.keys), standing(secured.keys)),
        None => (
            Icon::Locked,
            (
                "QUIC",
                "It runs over QUIC (RFC 9000), which is not decrypted here: what it carries is not known",
            ),
        ),
    };
    let known = icon == Icon::Unlocked;
    let color = if known { theme.good } else { theme.warn };
    ui.horizontal(|ui| {
        let (place, _) = ui.allocate_exact_size(vec2(18.0, 20.0), Sense::hover());
        icon::paint(ui.painter(), icon, place, color);
        ui.label(RichText::new(title).font(fonts::title()).color(color));
    });
    card::words(ui, says, fonts::body(), theme.text);
    let mut wish = None;
    if security.wants_keys() {
        ui.add_space(GRID / 2.0);
        if widget::button(ui, Some(Icon::Key), "Add a key log…", true).clicked() {
            wish = Some(Wish::AddKeys);
        }
    } else if let Some(secured) = security.secured.as_ref().filter(|secured| secured.keys.are_known()) {
        let (from, color) = match secured.keys {
            Keys::From(_) => (security.keys.as_str(), theme.text),
            _ => ("an earlier session", theme.dim),
        };
        card::row(ui, NAMES, "Keys", from, fonts::body(), color);
    }
    wish
}

fn agreed(ui: &mut Ui, secured: &Secured) {
    let theme = Theme::of(ui);
    card::heading(ui, "What was agreed");
    let mut row = |name: &str, value: Option<String>, mono: bool| {
        let font = if mono { fonts::mono() } else { fonts::body() };
        match value {
            Some(value) => card::row(ui, NAMES, name, &value, font, theme.text),
            None => card::row(ui, NAMES, name, "not seen", fonts::body(), theme.faint),
        }
    };
    row("Version", secured.version.map(|version| version.name().to_owned()), false);
    row("Cipher suite", secured.suite.map(|suite| suite.name().to_owned()), true);
    // A ClientHello that was seen and does not have it has none.
    let none = || secured.hello.then(|| "none".to_owned());
    row("Server name", secured.server_name.clone().or_else(none), true);
    let offered = Some(secured.offered.join(", ")).filter(|offered| !offered.is_empty());
    row("ALPN offered", offered.or_else(none), true);
    let alpn = secured.alpn.clone();
    row("ALPN chosen", alpn.or(secured.keys.are_known().then(|| "none".to_owned())), true);
    let mut said = |name: &str, value: &str| row(name, Some(value.to_owned()), false);
    if secured.retried {
        said("Second try", "the server asked for another ClientHello (RFC 8446 4.1.4)");
    }
    if secured.resumed {
        said("Resumed", "an earlier session was taken up again");
    }
    if secured.early_data {
        said("Early data", "the client sent data before it heard the server (RFC 8446 2.3)");
    }
    if secured.extended_master_secret {
        said("Extended secret", "the keys depend on the whole handshake (RFC 7627)");
    }
    if secured.encrypt_then_mac {
        said("Encrypt-then-MAC", "the MAC covers what is encrypted (RFC 7366)");
    }
    if secured.renegotiations > 0 {
        said("Renegotiated", &words::counted(secured.renegotiations.into(), "time", "times"));
    }
    let [client, server] = secured.updates;
    if client + server > 0 {
        said("Key updates", &format!("client {client}, server {server} (RFC 8446 4.6.3)"));
    }
    for (side, alert) in [Side::Client, Side::Server].into_iter().zip(secured.alerts) {
        if let Some(alert) = alert {
            said("Alert", &format!("{} from the {}", alert::name(alert), side.name()));
        }
    }
}

fn seen(ui: &mut Ui, security: &Security) {
    let theme = Theme::of(ui);
    card::heading(ui, "What was seen");
    let [up, down] = security.bytes.map(words::size);
    let [sent, got] = security.packets.map(|count| words::counted(count.into(), "packet", "packets"));
    sided(ui, Side::Client, &format!("{up} in {sent}"), theme.text);
    sided(ui, Side::Server, &format!("{down} in {got}"), theme.text);
    let (start, end) = security.times;
    let lasted = words::span(end.saturating_sub(start));
    let times = format!("{} to {} s, for {lasted}", words::seconds(start), words::seconds(end));
    card::row(ui, NAMES, "Time", &times, fonts::body(), theme.text);
    let Some(secured) = security.secured.as_ref().filter(|secured| secured.keys.are_known()) else { return };
    card::row(ui, NAMES, "Records opened", &words::count(secured.opened), fonts::body(), theme.text);
    let color = if secured.refused > 0 { theme.warn } else { theme.dim };
    card::row(ui, NAMES, "Records refused", &words::count(secured.refused), fonts::body(), color);
}

fn sided(ui: &mut Ui, side: Side, text: &str, color: Color32) {
    let name = if side == Side::Client { "From the client" } else { "From the server" };
    card::row(ui, NAMES, name, text, fonts::body(), color);
}

/// How to get keys: a line for each kind of program.
fn advice(ui: &mut Ui) {
    let theme = Theme::of(ui);
    card::heading(ui, "How to get the keys");
    card::words(ui, KEY_LOG, fonts::body(), theme.text);
    ui.add_space(GRID / 2.0);
    for advice in ADVICE {
        card::row_with(ui, 64.0, advice.program, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            card::words(ui, advice.how, fonts::mono(), theme.text);
            if !advice.says.is_empty() {
                card::words(ui, advice.says, fonts::small(), theme.dim);
            }
        });
    }
}

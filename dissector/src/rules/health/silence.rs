//! Silence that ends in death: which limit it fits, and that nobody kept the connection alive.

use crate::rules::death::{Death, spell};
use crate::rules::facts::Ended;
use crate::rules::{Point, Report};

/// Idle limits of what stands between clients and servers: from and to in milliseconds, and whose.
#[rustfmt::skip]
static LIMITS: &[(i64, i64, &str)] = &[
    (   54_500,    65_500, "55 to 65 s, the limit of Heroku's router (55 s), nginx's proxy_read_timeout and AWS's application load balancer (60 s)"),
    (   98_500,   102_500, "100 s, the limit of Cloudflare"),
    (  297_500,   304_000, "300 s, the limit of a stream in Envoy"),
    (  347_500,   354_000, "350 s, the limit of AWS's network load balancer and NAT gateway"),
    (3_595_000, 3_610_000, "3600 s, the limit of a connection in Envoy and the usual `timeout tunnel` of HAProxy"),
];

/// Nanoseconds of silence after which a heartbeat was missed.
const LONG: i64 = 60_000_000_000;

/// The common idle limit that a silence of so many nanoseconds fits.
pub(in crate::rules) fn limit(silence: i64) -> Option<&'static str> {
    let milliseconds = silence / 1_000_000;
    let fits = |(from, to, _): &&(i64, i64, &str)| (*from..=*to).contains(&milliseconds);
    LIMITS.iter().find(fits).map(|(_, _, whose)| *whose)
}

pub(super) fn idle_cut(ended: &Ended<'_>, report: &mut Report<'_>) {
    let Some(death) = Death::without_close(ended.ledger) else { return };
    if let Some(limit) = limit(death.silence) {
        let seen = format!("{} after {} of silence; {limit}", death.says(), spell(death.silence));
        report.against(death.side, Point { seen, ..Point::default() });
    }
}

pub(super) fn no_heartbeat(ended: &Ended<'_>, report: &mut Report<'_>) {
    let Some(death) = Death::without_close(ended.ledger) else { return };
    if death.silence > LONG {
        let seen = format!("{} after {} of silence", death.says(), spell(death.silence));
        report.against(death.side, Point { seen, ..Point::default() });
    }
}

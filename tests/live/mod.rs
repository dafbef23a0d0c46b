//! Live captures on the loopback device, and on pairs of devices in a network of their own. They need the right to
//! capture; where it is lacking, each says in a line that it was left out.

mod crashes;
mod ends;
mod foreign;
mod limits;
mod peers;
mod program;
mod rights;
mod run;
mod secure;
mod soak;
mod talk;
mod window;

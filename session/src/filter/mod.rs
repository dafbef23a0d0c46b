//! Display filters: a language of typed fields, Wireshark's where Wireshark has a name for one.
//!
//! ```text
//! text ─► tokens ─► syntax ─► check (fields, kinds, places of mistakes) ─► Filter
//! Filter ─► Sieve ─► rows: columns by the thousands, then what is kept of things, then bytes, content last
//! ```
//! Knows no window: progress, cancelling and lists of rows are whoever's who holds the sieve.

mod mistake;

mod token;

mod syntax;

mod value;

mod field;
mod fields;
mod json;
mod literal;

mod test;

mod check;

mod look;
mod memory;

mod column;
mod mask;
mod sieve;

#[cfg(test)]
mod tests;

pub mod complete;
pub mod tree;

pub use self::field::{Field, Reads};
pub use self::fields::{field, fields};
pub use self::look::Row;
pub use self::mask::{Mask, ROWS};
pub use self::mistake::Mistake;
pub use self::sieve::{Of, Sieve};
pub use self::value::Kind;

use self::test::Expr;

/// A filter that was understood; without any test it lets everything through.
#[derive(Debug, Default)]
pub struct Filter {
    text: String,
    /// Nothing where it lets everything through.
    expr: Option<Expr>,
}

impl Filter {
    /// Understands a filter. An empty one lets everything through.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let expr = syntax::read(text)?.map(check::check).transpose()?;
        Ok(Self { text: text.trim().to_owned(), expr })
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.expr.is_none()
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the dearest of its tests reads.
    pub fn reads(&self) -> Reads {
        self.expr.as_ref().map_or(Reads::Columns, Expr::reads)
    }

    /// Whether it says nothing of packets, frames or messages.
    pub fn of_connections_only(&self) -> bool {
        let mut only = true;
        self.visit(&mut |field| only &= matches!(field.of(), "connection" | "finding"));
        only
    }

    /// Whether it asks for what answers what.
    pub(crate) fn of_pairs(&self) -> bool {
        let mut pairs = false;
        self.visit(&mut |field| pairs |= field.of_pairs());
        pairs
    }

    /// Whether what it says of a row may become true or false while more is read: how a connection ended is not known
    /// at its first frame.
    pub fn settles_late(&self) -> bool {
        let mut late = false;
        self.visit(&mut |field| late |= field.settles_late());
        late
    }

    fn visit(&self, visit: &mut dyn FnMut(&'static Field)) {
        if let Some(expr) = &self.expr {
            expr.fields(visit);
        }
    }
}

//! The display filter as the window holds it: what is typed, whether it is understood, what may follow, and what is
//! applied.
//!
//! Knows no rows: see `lists`. The language is `session::filter`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use session::Snapshot;
use session::filter::complete::{Offer, complete};
use session::filter::{Filter, Mistake};

/// What is remembered of filters between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// Filters that were applied, newest first.
    pub recent: Vec<String>,
    /// Filters that were given a name.
    pub saved: Vec<Saved>,
}

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// What people call it.
    pub name: String,
    /// The filter.
    pub filter: String,
}

/// Filters that are remembered.
const RECENT: usize = 30;

impl Filters {
    /// Puts a filter in front of those that were applied.
    pub fn applied(&mut self, text: &str) {
        if !text.is_empty() {
            self.recent.retain(|recent| recent != text);
            self.recent.insert(0, text.to_owned());
            self.recent.truncate(RECENT);
        }
    }

    /// Gives a filter a name; another one of that name is replaced.
    pub fn save(&mut self, name: &str, filter: &str) {
        let saved = Saved { name: name.to_owned(), filter: filter.to_owned() };
        match self.saved.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = saved,
            None => self.saved.push(saved),
        }
    }

    /// Forgets the filter of this name.
    pub fn forget(&mut self, name: &str) {
        self.saved.retain(|saved| saved.name != name);
    }
}

/// The display filter of an open capture.
pub struct Filtering {
    /// What is typed.
    pub text: String,
    understood: Result<Arc<Filter>, Mistake>,
    applied: Arc<Filter>,
    /// Whether somebody is typing: nothing was applied since the last letter.
    typing: bool,
    /// What may stand at the cursor.
    pub offers: Vec<Offer>,
    /// The offer that Enter takes.
    pub chosen: Option<usize>,
    /// Whether the cursor goes behind the text when the field is drawn next.
    pub to_end: bool,
    /// Whether the field takes the keyboard when it is drawn next.
    pub take_focus: bool,
}

impl Default for Filtering {
    fn default() -> Self {
        let all = Arc::new(Filter::default());
        Self {
            text: String::new(),
            understood: Ok(Arc::clone(&all)),
            applied: all,
            typing: false,
            offers: Vec::new(),
            chosen: None,
            to_end: false,
            take_focus: false,
        }
    }
}

impl Filtering {
    /// What is wrong with what is typed. While a word is begun, or something is missing at the end, nothing is yet.
    pub fn mistake(&self) -> Option<&Mistake> {
        self.understood.as_ref().err().filter(|mistake| !self.goes_on(mistake))
    }

    /// Whether what is typed is no filter yet, and may become one by going on.
    pub fn unfinished(&self) -> bool {
        self.understood.as_ref().is_err_and(|mistake| self.goes_on(mistake))
    }

    fn goes_on(&self, mistake: &Mistake) -> bool {
        let missing = mistake.at.start >= self.text.trim_end().len();
        let begun = |offer: &Offer| !offer.at.is_empty() && offer.at.start == mistake.at.start;
        self.typing && (missing || self.offers.iter().any(begun))
    }

    /// The filter that holds for the rows that are shown.
    pub fn applied(&self) -> &Arc<Filter> {
        &self.applied
    }

    /// Whether what is typed is what is applied.
    pub fn is_applied(&self) -> bool {
        self.text.trim() == self.applied.text()
    }

    /// The text was changed: understands it, and looks what may follow at the cursor, a place in bytes.
    pub fn typed(&mut self, cursor: usize, snapshot: &Snapshot) {
        self.understood = Filter::parse(&self.text).map(Arc::new);
        self.offers = complete(&self.text, cursor, Some(snapshot));
        (self.chosen, self.typing) = (None, true);
    }

    /// Writes another text.
    pub fn write(&mut self, text: &str) {
        self.text = text.to_owned();
        self.understood = Filter::parse(text).map(Arc::new);
        self.offers.clear();
        (self.chosen, self.to_end, self.typing) = (None, true, false);
    }

    /// Puts an offer into the text, and looks what may follow.
    pub fn take(&mut self, place: usize, snapshot: &Snapshot) {
        let Some(offer) = self.offers.get(place).cloned() else { return };
        if self.text.get(offer.at.clone()).is_none() {
            return;
        }
        let opens = offer.text.ends_with('(');
        self.text.replace_range(offer.at.clone(), &offer.text);
        let end = offer.at.start + offer.text.len();
        if !opens && !self.text[end..].starts_with(' ') {
            self.text.insert(end, ' ');
        }
        self.to_end = true;
        self.typed(end + usize::from(!opens), snapshot);
    }

    /// Applies what is typed, where it is understood; gives it then.
    pub fn apply(&mut self) -> Option<Arc<Filter>> {
        let filter = self.understood.as_ref().ok().cloned()?;
        self.applied = Arc::clone(&filter);
        self.offers.clear();
        self.chosen = None;
        Some(filter)
    }
}

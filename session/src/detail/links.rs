//! How the bytes of one tab lie in another.
//!
//! A link joins two runs: byte for byte, or as wholes. The tabs and links of one thing form a small graph;
//! a range is carried along it to every tab that it reaches.

use std::ops::Range;

/// Two runs of bytes that are the same content in two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Link {
    tabs: [usize; 2],
    at: [usize; 2],
    len: [usize; 2],
    /// Byte for byte: both runs are of one length.
    exact: bool,
}

/// All links between the tabs of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    links: Vec<Link>,
}

impl Links {
    /// Joins `len` bytes of two tabs byte for byte; each side is a tab and an offset.
    pub(super) fn exact(&mut self, low: (usize, usize), high: (usize, usize), len: usize) {
        if len > 0 {
            let link = Link { tabs: [low.0, high.0], at: [low.1, high.1], len: [len; 2], exact: true };
            self.links.push(link);
        }
    }

    /// Joins a run of one tab with a run of another as wholes.
    pub(super) fn whole(&mut self, low: (usize, Range<usize>), high: (usize, Range<usize>)) {
        if !low.1.is_empty() && !high.1.is_empty() {
            self.links.push(Link {
                tabs: [low.0, high.0],
                at: [low.1.start, high.1.start],
                len: [low.1.len(), high.1.len()],
                exact: false,
            });
        }
    }

    /// Where the runs of a tab begin that lie in another one.
    pub fn starts(&self, tab: usize) -> impl Iterator<Item = usize> {
        let sides =
            self.links.iter().flat_map(|link| [(link.tabs[0], link.at[0]), (link.tabs[1], link.at[1])]);
        sides.filter(move |side| side.0 == tab).map(|side| side.1)
    }

    /// Where a range of one tab lies in another: the smallest range that holds all of it that is there.
    pub fn map(&self, from: usize, range: Range<usize>, to: usize) -> Option<Range<usize>> {
        self.spread(from, range, from.max(to) + 1).into_iter().nth(to).flatten()
    }

    /// Where a range of one tab lies in all of `tabs`.
    pub fn spread(&self, from: usize, range: Range<usize>, tabs: usize) -> Vec<Option<Range<usize>>> {
        let top = self.links.iter().flat_map(|link| link.tabs).max().unwrap_or(0);
        let mut reached: Vec<Option<Range<usize>>> = vec![None; tabs.max(top + 1).max(from + 1)];
        reached[from] = Some(range);
        let mut wave = vec![from];
        while let Some(tab) = wave.pop() {
            let Some(range) = reached[tab].clone() else { continue };
            // What a tab holds of the range is settled when it is first reached: the graph has no two ways.
            let mut fresh: Vec<(usize, Range<usize>)> = Vec::new();
            for link in &self.links {
                let Some(near) = link.tabs.iter().position(|other| *other == tab) else { continue };
                let far = link.tabs[1 - near];
                if reached[far].is_some() {
                    continue;
                }
                let Some(there) = link.carry(near, &range) else { continue };
                match fresh.iter_mut().find(|(other, _)| *other == far) {
                    Some((_, known)) => {
                        *known = known.start.min(there.start)..known.end.max(there.end);
                    }
                    None => fresh.push((far, there)),
                }
            }
            for (far, range) in fresh {
                reached[far] = Some(range);
                wave.push(far);
            }
        }
        reached.truncate(tabs);
        reached
    }
}

impl Link {
    /// What the far run holds of a range in the near one.
    fn carry(&self, near: usize, range: &Range<usize>) -> Option<Range<usize>> {
        let far = 1 - near;
        let first = range.start.max(self.at[near]);
        let end = range.end.min(self.at[near] + self.len[near]);
        if first >= end {
            return None;
        }
        if !self.exact {
            return Some(self.at[far]..self.at[far] + self.len[far]);
        }
        let start = self.at[far] + (first - self.at[near]);
        Some(start..start + (end - first))
    }
}

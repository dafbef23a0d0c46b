//! What came of hearing messages: which answers which, and which question nobody answered.

use std::collections::HashMap;

use dissector::ids::MessageId;

/// What is known of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The questions that it answers, in order of what it says.
    pub answers: Vec<MessageId>,
    /// Its first answer.
    pub answered_by: Option<MessageId>,
    /// How many answers it has.
    pub count: u32,
    /// Whether it asks something that nobody answered, as far as was heard.
    pub unanswered: bool,
}

/// A message that is none, or has none.
const NONE: u32 = u32::MAX;

/// Each list is as long as the last message that there was something to say of.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// The first question that a message answers.
    questions: Vec<u32>,
    /// The others, of those that answer several.
    others: HashMap<MessageId, Vec<MessageId>>,
    /// The first answer to a message.
    answers: Vec<u32>,
    /// How many there are, of those that have several.
    counts: HashMap<MessageId, u32>,
    /// How many things each message asks that are still to be answered; none of those that may be.
    open: HashMap<MessageId, u32>,
}

impl Kept {
    /// A message asks something; `due`: it is to be answered.
    pub(super) fn ask(&mut self, id: MessageId, due: bool) {
        *self.open.entry(id).or_default() += u32::from(due);
    }

    /// A message answers another one; `due`: something of it for the first time that was to be.
    pub(super) fn answer(&mut self, id: MessageId, question: MessageId, due: bool) {
        let first = place(&mut self.questions, id);
        if *first == NONE {
            *first = question.index();
        } else if *first != question.index() {
            let others = self.others.entry(id).or_default();
            if !others.contains(&question) {
                others.push(question);
            }
        }
        let answer = place(&mut self.answers, question);
        if *answer == NONE {
            *answer = id.index();
        } else {
            *self.counts.entry(question).or_insert(1) += 1;
        }
        if let Some(open) = self.open.get_mut(&question) {
            *open = open.saturating_sub(u32::from(due));
            if *open == 0 {
                self.open.remove(&question);
            }
        }
    }

    /// Whether a message asks something, and nothing of it was answered yet.
    pub(super) fn waits(&self, id: MessageId) -> bool {
        self.open.contains_key(&id) && at(&self.answers, id).is_none()
    }

    pub(super) fn about(&self, id: MessageId) -> About {
        let mut answers: Vec<MessageId> = at(&self.questions, id).into_iter().collect();
        answers.extend(self.others.get(&id).into_iter().flatten());
        let answered_by = at(&self.answers, id);
        let count = self.counts.get(&id).copied().unwrap_or(u32::from(answered_by.is_some()));
        let unanswered = self.open.get(&id).is_some_and(|open| *open > 0);
        About { answers, answered_by, count, unanswered }
    }
}

fn at(list: &[u32], id: MessageId) -> Option<MessageId> {
    list.get(id.index() as usize).filter(|it| **it != NONE).map(|it| MessageId::new(*it))
}

fn place(list: &mut Vec<u32>, id: MessageId) -> &mut u32 {
    let index = id.index() as usize;
    if index >= list.len() {
        list.resize(index + 1, NONE);
    }
    &mut list[index]
}

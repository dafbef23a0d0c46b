//! Of the programs that are here, the first that may capture what is wanted.

use super::report::Refusal;
use super::tap::{Refused, Stream, Tap};
use super::tool::Tool;
use super::wanted::Wanted;

/// Starts it. Where none may, this is what the first one said; nothing where there was none to be asked.
pub fn begin(tools: &[Tool], wanted: &Wanted) -> Result<(Tap, Stream), Option<Refused>> {
    let mut first = None;
    for tool in tools {
        let refused = match Tap::start(tool, wanted) {
            Ok(begun) => return Ok(begun),
            Err(refused) => refused,
        };
        // Another program may have the right that this one lacks.
        let lacking = matches!(refused.refusal, Refusal::Rights { .. });
        first.get_or_insert(refused);
        if !lacking {
            break;
        }
    }
    Err(first)
}

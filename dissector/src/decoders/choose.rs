//! Which decoder reads a connection, and which a message where nothing told that: the table's order breaks ties.

use super::decoded::Decoded;
use super::input::{Facts, Input, NESTED, Said};
use super::table::Decoder;
use super::tree::Tree;
use super::{DECODERS, plain, protobuf};

/// The decoder of this name.
pub fn decoder(name: &str) -> Option<&'static Decoder> {
    DECODERS.iter().find(|decoder| decoder.name == name)
}

/// What a connection speaks, by the subprotocol that was agreed on, then by the request's target, then by its first
/// messages. None where none of these tells: then each message is looked at alone.
pub fn choose(facts: &Facts) -> Option<&'static Decoder> {
    let by_token = || {
        let token = facts.subprotocol.as_deref()?;
        DECODERS.iter().find(|decoder| decoder.takes(token))
    };
    let by_path = || DECODERS.iter().find(|decoder| decoder.path.is_some_and(|path| path(facts)));
    let by_first = || DECODERS.iter().find(|decoder| decoder.first.is_some_and(|first| first(facts)));
    by_token().or_else(by_path).or_else(by_first)
}

/// What reads a single message, by its content.
pub fn by_content(said: Said<'_>) -> &'static Decoder {
    let found = DECODERS.iter().find(|decoder| decoder.content.is_some_and(|content| content(said)));
    found.unwrap_or(&plain::DATA)
}

/// Reads a message by its connection's decoder, or by its content where there is none. `full`: with its tree, not only
/// what it says in short.
pub fn decode(decoder: Option<&'static Decoder>, input: &Input<'_>, full: bool) -> Decoded {
    let by_schema = || protobuf::by_schema(input);
    let decoder = decoder.or_else(by_schema).unwrap_or_else(|| by_content(input.said));
    let mut tree = Tree::new(decoder.name, full);
    (decoder.decode)(input, &mut tree);
    tree.finish(input.bytes().len())
}

/// Reads of a message only what it is, and how it is paired: without summary and tree, and without saying where it is
/// malformed. Otherwise it says the same as [`decode`] does, at a fraction of the cost.
pub fn gist(decoder: Option<&'static Decoder>, input: &Input<'_>) -> Decoded {
    let by_schema = || protobuf::by_schema(input);
    let decoder = decoder.or_else(by_schema).unwrap_or_else(|| by_content(input.said));
    let mut tree = Tree::gist(decoder.name);
    (decoder.decode)(input, &mut tree);
    tree.finish(input.bytes().len())
}

/// Reads what was found inside of a message, by its content, into the tree of what is around it. Gives the name of
/// the decoder that read it; its parts are left in the tree for whoever is around to take.
pub(super) fn decode_inside(input: &Input<'_>, tree: &mut Tree) -> &'static str {
    if input.inside > NESTED {
        tree.limit("only 4 decoders are used in one another");
        return "";
    }
    let decoder = by_content(input.said);
    (decoder.decode)(input, tree);
    decoder.name
}

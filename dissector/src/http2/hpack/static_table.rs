//! The 61 entries that every encoder and decoder knows from the start (RFC 7541 Appendix A).

/// The entry with this index; the first has 1.
pub fn entry(index: u32) -> Option<(&'static str, &'static str)> {
    TABLE.get(index.checked_sub(1)? as usize).copied()
}

/// How many there are; the dynamic table's indexes go on behind (RFC 7541 2.3.3).
pub const LEN: u32 = TABLE.len() as u32;

/// Names and values in the order of their indexes.
#[rustfmt::skip]
const TABLE: [(&str, &str); 61] = [
    (":authority",                 ""),
    (":method",                    "GET"),
    (":method",                    "POST"),
    (":path",                      "/"),
    (":path",                      "/index.html"),
    (":scheme",                    "http"),
    (":scheme",                    "https"),
    (":status",                    "200"),
    (":status",                    "204"),
    (":status",                    "206"),
    (":status",                    "304"),
    (":status",                    "400"),
    (":status",                    "404"),
    (":status",                    "500"),
    ("accept-charset",             ""),
    ("accept-encoding",            "gzip, deflate"),
    ("accept-language",            ""),
    ("accept-ranges",              ""),
    ("accept",                     ""),
    ("access-control-allow-origin", ""),
    ("age",                        ""),
    ("allow",                      ""),
    ("authorization",              ""),
    ("cache-control",              ""),
    ("content-disposition",        ""),
    ("content-encoding",           ""),
    ("content-language",           ""),
    ("content-length",             ""),
    ("content-location",           ""),
    ("content-range",              ""),
    ("content-type",               ""),
    ("cookie",                     ""),
    ("date",                       ""),
    ("etag",                       ""),
    ("expect",                     ""),
    ("expires",                    ""),
    ("from",                       ""),
    ("host",                       ""),
    ("if-match",                   ""),
    ("if-modified-since",          ""),
    ("if-none-match",              ""),
    ("if-range",                   ""),
    ("if-unmodified-since",        ""),
    ("last-modified",              ""),
    ("link",                       ""),
    ("location",                   ""),
    ("max-forwards",               ""),
    ("proxy-authenticate",         ""),
    ("proxy-authorization",        ""),
    ("range",                      ""),
    ("referer",                    ""),
    ("refresh",                    ""),
    ("retry-after",                ""),
    ("server",                     ""),
    ("set-cookie",                 ""),
    ("strict-transport-security",  ""),
    ("transfer-encoding",          ""),
    ("user-agent",                 ""),
    ("vary",                       ""),
    ("via",                        ""),
    ("www-authenticate",           ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every entry is what the other reader finds under its index, and there are no more.
    #[test]
    fn rfc7541_appendix_a_second_opinion() {
        for index in 1..=61 {
            let theirs = loona_hpack::Decoder::new().decode(&[0x80 | index]).unwrap();
            let (name, value) = entry(index.into()).unwrap();
            assert_eq!(theirs, [(name.as_bytes().to_vec(), value.as_bytes().to_vec())]);
        }
        assert_eq!((entry(0), entry(62), LEN), (None, None, 61));
    }
}

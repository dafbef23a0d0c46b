//! From a packet to its TCP segment, or to what stopped us and where.

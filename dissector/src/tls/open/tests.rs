//! Records that were sealed here are opened, and what was changed is refused.

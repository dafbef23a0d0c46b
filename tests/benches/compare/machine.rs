//! What was measured on, in as many words as it takes to compare, and the day. No names of machines or people.

use std::fs::read_to_string;

/// The processor, how many of it, the memory.
pub(crate) fn machine() -> String {
    let about = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let memory = memory.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    let virtual_one = if about.contains("hypervisor") { " of a virtual machine" } else { "" };
    format!(
        "{}, {cores} cores{virtual_one}, {:.0} GB of memory",
        model.map_or("an unknown processor", |(_, name)| name.trim()),
        memory.unwrap_or_default() * 1024.0 / 1e9
    )
}

/// Today.
pub(crate) fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

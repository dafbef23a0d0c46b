//! Gives up every right once devices are open, and keeps no way to get one back.
//!
//! Rights belong to threads: this must be called while there is only one.

use std::io;

/// Gives up everything, and ends with whoever started this program.
#[cfg(target_os = "linux")]
pub(crate) fn give_up() -> io::Result<()> {
    use rustix::process::{Signal, geteuid, set_parent_process_death_signal};
    use rustix::thread::{
        CapabilitySet, CapabilitySets, capabilities, capability_is_in_bounding_set,
        clear_ambient_capability_set, remove_capability_from_bounding_set, set_capabilities,
        set_no_new_privs,
    };

    let held = capabilities(None)?;
    // Only who may change the sets can take from the bounding one; with file capabilities nobody may, and
    // `no_new_privs` closes that way too.
    if held.effective.contains(CapabilitySet::SETPCAP) {
        for number in 0..64 {
            let capability = CapabilitySet::from_bits_retain(1 << number);
            // The kernel does not know those behind its last one.
            let Ok(there) = capability_is_in_bounding_set(capability) else { break };
            if there {
                remove_capability_from_bounding_set(capability)?;
            }
        }
    }
    // Linux before 4.3 has no ambient set to be cleared.
    let _ = clear_ambient_capability_set();
    if geteuid().is_root() {
        become_who_used_sudo()?;
    }
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    set_no_new_privs(true)?;
    let left = capabilities(None)?;
    if !(left.effective | left.permitted | left.inheritable).is_empty() {
        return Err(io::Error::other("the kernel did not take the capabilities back"));
    }
    // A change of user takes this setting back, so it comes last.
    set_parent_process_death_signal(Some(Signal::TERM))?;
    Ok(())
}

/// Whoever runs this through sudo is still somebody else.
#[cfg(target_os = "linux")]
fn become_who_used_sudo() -> io::Result<()> {
    use rustix::process::{Gid, Uid};
    use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

    let number = |name: &str| std::env::var(name).ok()?.parse::<u32>().ok().filter(|number| *number > 0);
    let (Some(user), Some(group)) = (number("SUDO_UID"), number("SUDO_GID")) else { return Ok(()) };
    let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
    set_thread_groups(&[group])?;
    set_thread_res_gid(group, group, group)?;
    set_thread_res_uid(user, user, user)?;
    Ok(())
}

/// Elsewhere the right to capture lies in the rights of a file under /dev, and nothing is held beyond the open device.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux, where it can fail")]
pub(crate) fn give_up() -> io::Result<()> {
    Ok(())
}

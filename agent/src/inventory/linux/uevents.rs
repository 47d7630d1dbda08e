//! The kernel's word that something was plugged in or out (netlink(7), NETLINK_KOBJECT_UEVENT).

use rustix::fd::OwnedFd;
use rustix::net::netlink::{KOBJECT_UEVENT, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};

/// The kernel's own events; group 2 is udev's.
const KERNEL: u32 = 1;
/// Longer events do not exist (`UEVENT_BUFFER_SIZE` of Linux).
const MAX_EVENT: usize = 2048 + 512;
const STACK: usize = 64 * 1024;

/// Tells of each event that may change the inventory, until `tell` says that nobody listens; on a thread of its own that sleeps
/// meanwhile. A system that does not let us listen is read once a day like any other.
pub(super) fn watch(tell: impl Fn() -> bool + Send + 'static) {
    let socket = match listen() {
        Ok(socket) => socket,
        Err(error) => {
            tracing::info!(%error, "the kernel's events are not heard; what is plugged in is seen once a day");
            return;
        }
    };
    let hear = move || {
        let mut event = [0; MAX_EVENT];
        loop {
            match recv(&socket, &mut event[..], RecvFlags::empty()) {
                Ok((length, _)) if matters(&event[..length.min(MAX_EVENT)]) => {
                    if !tell() {
                        return;
                    }
                }
                // Events that found no room are like any other: something happened.
                Ok(_) | Err(rustix::io::Errno::INTR | rustix::io::Errno::NOBUFS) => {}
                Err(error) => {
                    tracing::info!(%error, "the kernel's events end");
                    return;
                }
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("uevents".to_owned()).stack_size(STACK).spawn(hear) {
        tracing::info!(%error, "no thread for the kernel's events");
    }
}

fn listen() -> rustix::io::Result<OwnedFd> {
    let socket =
        socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, Some(KOBJECT_UEVENT))?;
    bind(&socket, &SocketAddrNetlink::new(0, KERNEL))?;
    Ok(socket)
}

/// Whether an event is about a piece of equipment: `ACTION@PATH`, then `KEY=VALUE`, each ended by a zero byte.
fn matters(event: &[u8]) -> bool {
    let words = || event.split(|byte| *byte == 0).filter_map(|word| std::str::from_utf8(word).ok());
    let of =
        |key: &str| words().find_map(|word| word.strip_prefix(key)?.strip_prefix('=')).unwrap_or_default();
    // Loops, bridges and containers' cards are made of nothing.
    if of("DEVPATH").starts_with("/devices/virtual/") {
        return false;
    }
    match (of("ACTION"), of("SUBSYSTEM")) {
        ("add" | "remove", "usb") => of("DEVTYPE") == "usb_device",
        ("add" | "remove", "block") => of("DEVTYPE") == "disk",
        ("add" | "remove", "net" | "power_supply" | "thunderbolt") => true,
        ("change", "drm") => of("HOTPLUG") == "1",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(words: &[&str]) -> Vec<u8> {
        words.iter().flat_map(|word| word.bytes().chain([0])).collect()
    }

    #[test]
    fn equipment_that_comes_and_goes_matters_and_noise_does_not() {
        let table: &[(&[&str], bool)] = &[
            (&["add@/x", "ACTION=add", "SUBSYSTEM=usb", "DEVTYPE=usb_device"], true),
            (&["add@/x", "ACTION=add", "SUBSYSTEM=usb", "DEVTYPE=usb_interface"], false),
            (&["change@/x", "ACTION=change", "SUBSYSTEM=drm", "HOTPLUG=1"], true),
            (&["change@/x", "ACTION=change", "SUBSYSTEM=power_supply"], false),
            (&["remove@/x", "ACTION=remove", "SUBSYSTEM=net", "DEVPATH=/devices/pci0000:00/net/eth0"], true),
            (&["add@/x", "ACTION=add", "SUBSYSTEM=net", "DEVPATH=/devices/virtual/net/veth0"], false),
            (&["add@/x", "ACTION=add", "SUBSYSTEM=block", "DEVTYPE=partition"], false),
            (&["libudev", "SUBSYSTEM=usb"], false),
        ];
        for (words, wanted) in table {
            assert_eq!(matters(&event(words)), *wanted, "{words:?}");
        }
    }

    proptest! {
        #[test]
        fn no_event_makes_it_panic(bytes: Vec<u8>) {
            matters(&bytes);
        }
    }
}

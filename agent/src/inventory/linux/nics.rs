//! Network cards that are pieces of hardware, with the address they were made with.
//!
//! Left out: what software makes up, and what comes with a dock or a dongle, whose address appears on several PCs. An address that
//! the system drew at random or took over is not the card's; then the card has none here.

use aval_protocol::wire::inventory::items::Nic;
use aval_protocol::wire::inventory::{Content, List, Mac, NicKind, Status, Text, junk};

use super::root::Root;
use super::{Found, collected};

const CARDS: &str = "/sys/class/net";
/// `NET_ADDR_PERM` of the kernel's `netdevice.h`.
const PERMANENT: &str = "0";
/// `ARPHRD_ETHER` of `if_arp.h`.
const ETHER: &str = "1";

pub(super) fn nics(root: &Root) -> Found {
    let Some(names) = root.names(CARDS) else { return (Status::Unsupported, None) };
    collected(Content::Nics(List::of(names.iter().filter_map(|name| nic(root, name)))))
}

fn nic(root: &Root, name: &str) -> Option<Nic> {
    let text = |file: &str| root.text(&format!("{CARDS}/{name}/{file}"));
    let there = |file: &str| root.exists(&format!("{CARDS}/{name}/{file}"));
    let bus = root.link(&format!("{CARDS}/{name}/device/subsystem")).unwrap_or_default();
    if !there("device") || bus == "usb" || text("type").as_deref() != Some(ETHER) {
        return None;
    }
    let kind = if there("wireless") || there("phy80211") {
        NicKind::Wifi
    } else if text("uevent").is_some_and(|text| text.lines().any(|line| line == "DEVTYPE=wwan")) {
        NicKind::Mobile
    } else {
        NicKind::Ethernet
    };
    let permanent = text("addr_assign_type").as_deref() == Some(PERMANENT);
    let mac = text("address").filter(|_| permanent).and_then(|text| mac(&text));
    let id = |file: &str| text(file).and_then(|id| Some(id.strip_prefix("0x")?.to_owned()));
    let model =
        id("device/vendor").zip(id("device/device")).map(|(vendor, device)| format!("{vendor}:{device}"));
    let driver = root.link(&format!("{CARDS}/{name}/device/driver"));
    Some(Nic {
        mac,
        kind,
        model: model.and_then(|model| Text::new(&model)),
        driver: driver.and_then(|driver| Text::new(&driver)),
    })
}

/// An address that names one card.
fn mac(text: &str) -> Option<Mac> {
    let mut bytes = [0; 6];
    let mut parts = text.split(':');
    for byte in &mut bytes {
        *byte = u8::from_str_radix(parts.next()?, 16).ok()?;
    }
    (parts.next().is_none() && junk::mac(bytes).is_none()).then_some(Mac(bytes))
}

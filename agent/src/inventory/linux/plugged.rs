//! Devices on USB as the kernel lists them (`sysfs-bus-usb`), and docks on Thunderbolt (`sysfs-bus-thunderbolt`).

use aval_protocol::wire::inventory::{Content, Status};

use super::root::Root;
use super::{Found, collected};
use crate::inventory::plugged::{Seen, of_interest};

const USB: &str = "/sys/bus/usb/devices";
const THUNDERBOLT: &str = "/sys/bus/thunderbolt/devices";

pub(super) fn usb(root: &Root) -> Found {
    let Some(names) = root.names(USB) else { return (Status::Unsupported, None) };
    // `3-1` is a device, `3-1:1.0` its interface, `usb3` the controller's own hub.
    let devices = names.iter().filter(|name| !name.starts_with("usb") && !name.contains(':'));
    let mut seen: Vec<_> = devices.filter_map(|name| device(root, name, &names)).collect();
    seen.extend(root.names(THUNDERBOLT).unwrap_or_default().iter().filter_map(|name| bolt(root, name)));
    collected(Content::Usb(of_interest(&seen)))
}

fn device(root: &Root, name: &str, all: &[String]) -> Option<Seen> {
    let text = |file: &str| root.text(&format!("{USB}/{name}/{file}")).filter(|text| !text.is_empty());
    let interfaces = all.iter().filter(|other| other.split_once(':').is_some_and(|(of, _)| of == name));
    let mut classes: Vec<_> = interfaces
        .filter_map(|interface| hex8(&root.text(&format!("{USB}/{interface}/bInterfaceClass"))?))
        .collect();
    classes.extend(text("bDeviceClass").and_then(|class| hex8(&class)));
    Some(Seen {
        place: name.to_owned(),
        vendor: hex16(&text("idVendor")?)?,
        product: hex16(&text("idProduct")?)?,
        name: text("product"),
        serial: text("serial"),
        classes,
        built_in: text("removable").is_some_and(|removable| removable == "fixed"),
    })
}

/// A device on Thunderbolt: `0-1`; `0-0` is the computer itself. Its name says whether it is a dock.
fn bolt(root: &Root, name: &str) -> Option<Seen> {
    let text =
        |file: &str| root.text(&format!("{THUNDERBOLT}/{name}/{file}")).filter(|text| !text.is_empty());
    if name.ends_with("-0") {
        return None;
    }
    let hex = |file: &str| hex16(text(file)?.trim_start_matches("0x"));
    Some(Seen {
        place: format!("thunderbolt{name}"),
        vendor: hex("vendor")?,
        product: hex("device")?,
        name: text("device_name"),
        serial: text("unique_id"),
        classes: Vec::new(),
        built_in: false,
    })
}

fn hex16(text: &str) -> Option<u16> {
    u16::from_str_radix(text, 16).ok()
}

fn hex8(text: &str) -> Option<u8> {
    u8::from_str_radix(text, 16).ok()
}

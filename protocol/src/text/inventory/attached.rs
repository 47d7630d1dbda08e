//! What is attached to a PC and what guards it, one line each.

use super::super::Lang;
use super::parts::joined;
use super::words::{self, numbered};
use crate::wire::inventory::items::{Guard, Printer, UsbDevice};

pub(super) fn printer(lang: Lang, printer: &Printer) -> String {
    joined([
        printer.model.as_ref().map(ToString::to_string),
        Some(words::port(lang, printer.port).to_owned()),
        numbered(lang, &printer.serial),
    ])
}

pub(super) fn usb(lang: Lang, device: &UsbDevice) -> String {
    let numbers = format!("{:04x}:{:04x}", device.vendor, device.product);
    joined([
        Some(device.name.as_ref().map_or_else(|| numbers.clone(), ToString::to_string)),
        device.name.is_some().then_some(numbers.clone()),
        numbered(lang, &device.serial),
    ])
}

pub(super) fn guard(lang: Lang, guard: &Guard) -> String {
    let state = match guard.enabled {
        Some(true) => lang.pick("actif", "on"),
        Some(false) => lang.pick("inactif", "off"),
        None => lang.pick("état inconnu", "state unknown"),
    };
    format!("{}, {state}", guard.name)
}

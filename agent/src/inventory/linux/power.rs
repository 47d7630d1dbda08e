//! Batteries of the computer (the kernel's `sysfs-class-power`), not those of mice and telephones.

use aval_protocol::wire::inventory::items::Battery;
use aval_protocol::wire::inventory::{Content, List, Serial, Text};

use super::root::Root;
use super::{Found, collected};

const SUPPLIES: &str = "/sys/class/power_supply";

/// Energy when full and by design, µWh. Some batteries tell charge in µAh instead; times their design voltage in µV.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Energy {
    pub(super) full: Option<u64>,
    pub(super) design: Option<u64>,
}

pub(super) fn batteries(root: &Root) -> Found {
    // A kernel that knows no power supplies has no battery.
    collected(Content::Batteries(List::of(names(root).iter().map(|name| battery(root, name)))))
}

/// The computer's batteries.
pub(super) fn names(root: &Root) -> Vec<String> {
    let mut names = root.names(SUPPLIES).unwrap_or_default();
    names.retain(|name| {
        let text = |file: &str| root.text(&format!("{SUPPLIES}/{name}/{file}"));
        text("type").as_deref() == Some("Battery") && text("scope").as_deref() != Some("Device")
    });
    names
}

fn battery(root: &Root, name: &str) -> Battery {
    let text = |file: &str| root.text(&format!("{SUPPLIES}/{name}/{file}"));
    let called = |file: &str| text(file).and_then(|text| Text::name(&text));
    let design = energy(root, name).design.and_then(|micro| u32::try_from(micro / 1000).ok());
    Battery {
        vendor: called("manufacturer"),
        model: called("model_name"),
        serial: Serial::new(&text("serial_number").unwrap_or_default()),
        chemistry: called("technology"),
        design_mwh: design.filter(|mwh| *mwh > 0),
    }
}

pub(super) fn energy(root: &Root, name: &str) -> Energy {
    let number = |file: &str| root.number::<u64>(&format!("{SUPPLIES}/{name}/{file}"));
    let charged = |file: &str| {
        let volts = number("voltage_min_design")?;
        Some(number(file)?.checked_mul(volts)? / 1_000_000)
    };
    Energy {
        full: number("energy_full").or_else(|| charged("charge_full")),
        design: number("energy_full_design").or_else(|| charged("charge_full_design")),
    }
}

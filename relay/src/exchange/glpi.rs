//! The GLPI inventory of one machine, as its agent writes it (JSON, <https://github.com/glpi-project/inventory_format>): the machine
//! itself, and the screens at it that have a serial number of their own. Numbered as they come: the machine is 1.

use aval_protocol::text::equipment::import::FileFault;
use aval_protocol::wire::equipment::EquipmentKind;
use aval_protocol::wire::inventory::values::Serial;
use serde::Deserialize;

use super::Incoming;
use super::row::{Said, composed, known_kind};

/// Most screens of one machine.
const MAX_SCREENS: usize = 16;

#[derive(Deserialize)]
struct Inventory {
    itemtype: Option<String>,
    content: Content,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    hardware: Hardware,
    #[serde(default)]
    bios: Bios,
    network_device: Option<Device>,
    #[serde(default)]
    monitors: Vec<Monitor>,
}

#[derive(Deserialize, Default)]
struct Hardware {
    name: Option<String>,
    chassis_type: Option<String>,
}

#[derive(Deserialize, Default)]
struct Bios {
    smanufacturer: Option<String>,
    smodel: Option<String>,
    ssn: Option<String>,
}

/// What is no computer says who it is here.
#[derive(Deserialize)]
struct Device {
    manufacturer: Option<String>,
    model: Option<String>,
    name: Option<String>,
    serial: Option<String>,
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct Monitor {
    caption: Option<String>,
    manufacturer: Option<String>,
    serial: Option<String>,
    altserial: Option<String>,
}

/// Reads one.
pub(super) fn machine(text: &str) -> Result<Incoming, FileFault> {
    let Inventory { itemtype, content } = serde_json::from_str(text).map_err(|_| FileFault::NoInventory)?;
    let Content { hardware, bios, network_device, monitors } = content;
    let machine = match network_device {
        Some(device) => {
            let kind = match device.r#type.or(itemtype).as_deref() {
                Some("Printer") => EquipmentKind::Printer,
                Some("Phone") => EquipmentKind::Phone,
                Some("Storage") => EquipmentKind::Storage,
                Some("Computer") => EquipmentKind::Computer,
                _ => EquipmentKind::Network,
            };
            said(kind, [device.manufacturer, device.model, device.name], device.serial.as_deref())
        }
        None => {
            let kind = match hardware.chassis_type.as_deref().and_then(known_kind) {
                Some(EquipmentKind::Server) => EquipmentKind::Server,
                _ => EquipmentKind::Computer,
            };
            said(kind, [bios.smanufacturer, bios.smodel, hardware.name], bios.ssn.as_deref())
        }
    };
    let screens = monitors.into_iter().take(MAX_SCREENS).map(|screen| {
        said(
            EquipmentKind::Screen,
            [screen.manufacturer, screen.caption, None],
            screen.altserial.or(screen.serial).as_deref(),
        )
    });
    let numbered = |said: &Said| said.serial.as_ref().is_some_and(|serial| serial.good().is_some());
    let all: Vec<Said> = std::iter::once(machine).chain(screens.filter(numbered)).collect();
    // Neither a name nor a number: it is the inventory of nothing.
    if all.first().is_none_or(|machine| machine.label.is_none()) {
        return Err(FileFault::NoInventory);
    }
    Ok(Incoming { rows: (1..).zip(all.into_iter().map(Ok)).collect(), ignored: Vec::new() })
}

fn said(kind: EquipmentKind, [maker, model, name]: [Option<String>; 3], serial: Option<&str>) -> Said {
    Said {
        kind: Some(kind),
        label: composed(maker.as_deref(), model.as_deref(), name.as_deref()),
        serial: serial.map(Serial::new).filter(|serial| serial.raw().is_some()),
        hints: true,
        ..Said::default()
    }
}

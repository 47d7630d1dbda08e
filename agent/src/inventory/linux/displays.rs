//! Screens that are connected now, by the EDID that the kernel keeps for each connector.

use aval_protocol::wire::inventory::{Content, List, Status};

use super::root::Root;
use super::{Found, collected};
use crate::inventory::edid;

const CARDS: &str = "/sys/class/drm";
/// Connectors of panels that are part of the computer.
const BUILT_IN: &[&str] = &["eDP", "LVDS", "DSI"];
/// A base block and its extensions.
const MAX_EDID: u64 = 32 * 1024;

pub(super) fn displays(root: &Root) -> Found {
    let Some(names) = root.names(CARDS) else { return (Status::Unsupported, None) };
    let mut screens = Vec::new();
    for name in names {
        // card0-HDMI-A-1
        let Some((_, connector)) = name.split_once('-').filter(|(card, _)| card.starts_with("card")) else {
            continue;
        };
        let internal = BUILT_IN.iter().any(|kind| connector.starts_with(kind));
        let bytes = root.bytes(&format!("{CARDS}/{name}/edid"), MAX_EDID).unwrap_or_default();
        screens.extend(edid::parse(&bytes, internal));
    }
    collected(Content::Displays(List::of(screens)))
}

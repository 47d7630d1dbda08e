//! The Windows windows under Wine, answered by a person's hand and by a program's. The desk is Xephyr inside Xvfb: what is sent to the
//! outer server is the person's, what a Windows program sends with `SendInput` is a program's.
//! Needs what `packaging/windows/build --quick` made, wine, Xvfb, Xephyr and xdotool; a missing one fails the tests.
#![cfg(target_os = "linux")]
#![allow(missing_docs, unreachable_pub, missing_debug_implementations, reason = "a test program")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod banner;
mod desk;
mod question;
mod secret;

use aval_protocol::prompt::{Ask, Banner};
use aval_protocol::wire::session::{Capabilities, WorkCategory};

/// View and control.
fn both() -> Capabilities {
    Capabilities::VIEW.with(Capabilities::CONTROL)
}

fn ask() -> Ask {
    Ask {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        technician: "Sophie & Martin".into(),
        contract: None,
        category: WorkCategory::Assistance,
        reference: "Appel de Mme Leroy, 10 h 12".into(),
        capabilities: both(),
        minutes: 60,
        match_code: 123_456,
        ttl_s: 60,
        lang: None,
        extending: None,
        widening: None,
        returning: false,
        beside: None,
    }
}

fn show() -> Banner {
    Banner {
        technicians: vec!["Sophie & Martin".into()],
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        capabilities: both(),
        remaining_s: 3600,
        lang: None,
    }
}

//! What guards the system: products of the security centre, Microsoft's own antivirus, and Windows' firewall.

use aval_protocol::wire::inventory::items::{Check, Guard, Protection};
use aval_protocol::wire::inventory::{CheckKind, Content, List, Status, Text};

use super::ask::ask;
use super::registry::Key;
use crate::inventory::grade;
use crate::inventory::reading::Found;
use crate::inventory::wmi::{self, Missing, Product, Question};

/// The firewall's three kinds of networks.
const POLICY: &str = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";
const PROFILES: [&str; 3] = ["DomainProfile", "StandardProfile", "PublicProfile"];
const DEFENDER: &str = "Microsoft Defender";

/// What is known, and what of it could not be read.
struct Known {
    antivirus: Vec<Product>,
    firewalls: Vec<Product>,
    /// Days since the signatures of Microsoft's antivirus were renewed, where that one watches.
    age: Option<i64>,
    missing: Option<Missing>,
}

pub(super) fn protection() -> Found {
    let known = known();
    let guards = |products: Vec<Product>| products.into_iter().map(|product| product.guard);
    let firewalls = guards(known.firewalls).chain(firewall());
    let content = Protection { antivirus: List::of(guards(known.antivirus)), firewalls: List::of(firewalls) };
    match known.missing {
        None => (Status::Collected, Some(Content::Protection(content))),
        // A list without the products would say that there are none.
        Some(missing) => {
            (missing.status(), (content != Protection::default()).then_some(Content::Protection(content)))
        }
    }
}

/// The antivirus, graded.
pub(super) fn check() -> Check {
    let known = known();
    if let Some(missing) = known.missing {
        return grade::unmeasured(CheckKind::Antivirus, None, missing.unmeasured());
    }
    let guards: Vec<Guard> = known.antivirus.iter().map(|product| product.guard.clone()).collect();
    // Fresh is whoever watches.
    let watching = |product: &&Product| product.guard.enabled == Some(true);
    let mut watching = known.antivirus.iter().filter(watching).peekable();
    let stale = watching.peek().is_some() && watching.all(|product| product.stale);
    grade::guarded(&guards, known.age, stale)
}

/// Server editions have no security centre, but Microsoft's antivirus; elsewhere that one is asked only where it is on, because it may
/// hang behind another.
fn known() -> Known {
    let ours = |product: &Product| product.guard.name.as_str().contains("Defender");
    match ask(Question::Protection).and_then(|told| wmi::protection(&told)) {
        Ok([antivirus, firewalls]) => {
            let asked = antivirus.iter().any(|product| ours(product) && product.guard.enabled == Some(true));
            let age = asked.then(|| ask(Question::Defender).and_then(|told| wmi::defender(&told)));
            let age = age.and_then(|word| word.ok()?.1);
            Known { antivirus, firewalls, age, missing: None }
        }
        Err(Missing::Unsupported) => {
            let (mut antivirus, mut age) = (Vec::new(), None);
            let word = ask(Question::Defender).and_then(|told| wmi::defender(&told));
            if let Ok((on, days)) = word {
                age = days.filter(|_| on);
                let guard = Text::name(DEFENDER).map(|name| Guard { name, enabled: Some(on) });
                antivirus.extend(guard.map(|guard| Product { guard, stale: false }));
            }
            Known { antivirus, firewalls: Vec::new(), age, missing: word.err() }
        }
        Err(missing) => {
            Known { antivirus: Vec::new(), firewalls: Vec::new(), age: None, missing: Some(missing) }
        }
    }
}

/// Windows' firewall, which is on when it is on all networks.
fn firewall() -> Option<Guard> {
    let policy = Key::open(POLICY)?;
    let states = PROFILES.map(|profile| policy.key(profile)?.number("EnableFirewall"));
    let enabled = states.iter().flatten().next().map(|_| states.iter().flatten().all(|on| *on == 1));
    Some(Guard { name: Text::name("Windows Firewall")?, enabled })
}

//! What surrounds an inventory on a terminal: what it is for, what needs root, what is never read.

use super::super::Lang;
use super::Both;

/// Above everything that leaves the PC.
pub const fn leaves(lang: Lang) -> &'static str {
    lang.pick(
        "Voici tout ce que ce PC dit de lui-même à son prestataire, et rien d’autre.",
        "This is all that this PC tells its provider about itself, and nothing else.",
    )
}

/// Above the few lines of the list of machines.
pub const fn each_time(lang: Lang) -> &'static str {
    lang.pick("À chaque connexion", "At each connection")
}

/// Above the sections.
pub const fn once_approved(lang: Lang) -> &'static str {
    lang.pick(
        "Inventaire, une fois le PC validé, puis une fois par jour ce qui a changé",
        "Inventory, once the PC is approved, then once a day what has changed",
    )
}

/// How much that is.
pub fn weighs(lang: Lang, bytes: usize, sections: usize) -> String {
    match lang {
        Lang::Fr => format!("L’inventaire pèse {bytes}\u{a0}octets en {sections} sections."),
        Lang::En => format!("The inventory weighs {bytes} bytes in {sections} sections."),
    }
}

/// Sections of which only root reads all.
pub fn needs_root(lang: Lang, titles: &[Both]) -> String {
    let titles: Vec<_> = titles.iter().map(|title| title.of(lang)).collect();
    let titles = titles.join(", ");
    match lang {
        Lang::Fr => format!(
            "Le service lit en plus, en tant que root\u{a0}: {titles}. Pour tout voir\u{a0}: sudo aval-agent inventory"
        ),
        Lang::En => {
            format!(
                "The service, as root, reads more of: {titles}. To see all of it: sudo aval-agent inventory"
            )
        }
    }
}

/// What is never read.
pub const fn never(lang: Lang) -> &'static str {
    lang.pick(
        "Ne sont jamais relevés\u{a0}: clés de produit, noms d’utilisateurs, programmes, processus, réseaux Wi-Fi, documents.",
        "Never read: product keys, names of users, programs, processes, Wi-Fi networks, documents.",
    )
}

/// Nothing is in the record yet.
pub const fn none_yet(lang: Lang) -> &'static str {
    lang.pick(
        "Ce PC n’a pas encore envoyé d’inventaire. Il l’envoie une fois validé, dès qu’il est en ligne.",
        "This PC has sent no inventory yet. It sends one once it is approved, as soon as it is online.",
    )
}

/// When all of it was last confirmed.
pub fn holds_since(lang: Lang, moment: &str) -> String {
    match lang {
        Lang::Fr => format!("Inventaire confirmé par le PC\u{a0}: {moment}"),
        Lang::En => format!("Inventory confirmed by the PC: {moment}"),
    }
}

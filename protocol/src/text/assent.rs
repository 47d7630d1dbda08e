//! What the client's representative reads when a version of the equipment list waits for them (clause 2.2), in the window and in the
//! journals.

use super::Lang;
use super::equipment::{date, kind};
use super::lines::amount;
use super::prompt::{phone, plain};
use crate::prompt::MAX_SHOWN;
use crate::prompt::list::AskList;
use crate::wire::assent::{BadListAsk, ListChange, ListEffect};
use crate::wire::equipment::{EquipmentLine, ListHash};

/// The window's title.
pub const fn title(lang: Lang) -> &'static str {
    lang.pick("Aval – liste des équipements couverts", "Aval – list of covered equipment")
}

/// What is asked.
pub fn headline(lang: Lang, ask: &AskList) -> String {
    let client = plain(&ask.client, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Approuvez-vous cette liste pour {client}\u{a0}?"),
        Lang::En => format!("Do you approve this list for {client}?"),
    }
}

/// Whose list, which version, from when.
pub fn which(lang: Lang, ask: &AskList) -> String {
    let (firm, contract, from) = (plain(&ask.firm, MAX_SHOWN), &ask.contract, date(lang, ask.from));
    let (version, lines, short) = (ask.version, ask.covering, ask.list.short());
    match lang {
        Lang::Fr => format!(
            "{firm}, contrat {contract}, version {version} (empreinte {short}), applicable à partir du {from}\u{a0}: {lines} {} en tout.",
            if lines < 2 { "équipement" } else { "équipements" }
        ),
        Lang::En => format!(
            "{firm}, contract {contract}, version {version} (hash {short}), holds from {from}: {lines} {} in all.",
            if lines == 1 { "piece" } else { "pieces" }
        ),
    }
}

/// One change.
pub fn change(lang: Lang, change: &ListChange) -> String {
    match change {
        ListChange::Comes(line) => match lang {
            Lang::Fr => format!("+ {}, depuis le {}", named(lang, line), date(lang, line.from)),
            Lang::En => format!("+ {}, since {}", named(lang, line), date(lang, line.from)),
        },
        ListChange::Leaves(line) => leaves(lang, line),
        ListChange::Says(both) => {
            let (was, is) = &**both;
            let says = match lang {
                Lang::Fr => format!("Ligne {}\u{a0}: {} → {}", is.no, plainly(lang, was), plainly(lang, is)),
                Lang::En => format!("Line {}: {} → {}", is.no, plainly(lang, was), plainly(lang, is)),
            };
            if was.until == is.until { says } else { format!("{says}\u{a0}; {}", leaves(lang, is)) }
        }
    }
}

fn leaves(lang: Lang, line: &EquipmentLine) -> String {
    let on = line.until.map_or_else(String::new, |on| date(lang, on));
    match lang {
        Lang::Fr => format!("− {}, n’est plus couvert à partir du {on}", named(lang, line)),
        Lang::En => format!("− {}, no longer covered from {on}", named(lang, line)),
    }
}

fn named(lang: Lang, line: &EquipmentLine) -> String {
    match lang {
        Lang::Fr => format!("ligne {}\u{a0}: {}", line.no, plainly(lang, line)),
        Lang::En => format!("line {}: {}", line.no, plainly(lang, line)),
    }
}

/// All that a line says but its days.
fn plainly(lang: Lang, line: &EquipmentLine) -> String {
    let mut said = vec![line.label.to_string(), kind(lang, line.kind).to_owned()];
    if let Some(serial) = line.serial.raw() {
        said.push(format!("{}{serial}", lang.pick("n°\u{a0}", "no.\u{a0}")));
    }
    said.push(
        format!("{}{}", lang.pick("tarif «\u{a0}", "tariff “"), line.class) + lang.pick("\u{a0}»", "”"),
    );
    if let Some(site) = &line.site {
        said.push(format!("{}{site}", lang.pick("établissement ", "establishment ")));
    }
    said.join(", ")
}

/// What it changes in what is charged.
pub fn effect(lang: Lang, effect: Option<&ListEffect>) -> String {
    let Some(ListEffect { period: (from, until), now, later }) = effect else {
        return lang
            .pick(
                "L’effet sur la facture n’est pas chiffré\u{a0}: demandez-le à votre prestataire avant d’approuver.",
                "What it changes on the invoice is not reckoned: ask your provider before you approve.",
            )
            .to_owned();
    };
    let signed = |cents: i64| format!("{}{}", if cents > 0 { "+" } else { "" }, amount(lang, cents));
    let (from, until, now, later) = (date(lang, *from), date(lang, *until), signed(*now), signed(*later));
    match lang {
        Lang::Fr => format!(
            "Sur la facture, hors taxes\u{a0}: {now} une fois pour la période en cours (du {from} au {until} exclu), puis {later} à chaque \
             période suivante."
        ),
        Lang::En => format!(
            "On the invoice, without tax: {now} once for the running period ({from} to {until}, excluded), then {later} in each later period."
        ),
    }
}

/// What a yes and a no mean.
pub fn means(lang: Lang, ask: &AskList) -> String {
    let number = phone(&ask.phone);
    match lang {
        Lang::Fr => format!(
            "Prenez votre temps. Approuver vaut accord du client\u{a0}: ce PC le signe de sa clé, et c’est inscrit à son journal. Un refus ne \
             change rien à la liste en vigueur. Une question\u{a0}? {number}"
        ),
        Lang::En => format!(
            "Take your time. Approving is the client’s agreement: this PC signs it with its key and writes it into its journal. A refusal \
             changes nothing of the list in force. A question? {number}"
        ),
    }
}

/// The button that approves, when it counts and before.
pub fn approve(lang: Lang, ready_in_s: u64) -> String {
    let word = lang.pick("Approuver", "Approve");
    if ready_in_s == 0 { word.to_owned() } else { format!("{word} ({ready_in_s}\u{202f}s)") }
}

/// There is more than fits.
pub const fn read_on(lang: Lang) -> &'static str {
    lang.pick(
        "Faites défiler jusqu’au dernier changement (flèches, molette)\u{a0}: ensuite vous pourrez approuver.",
        "Scroll down to the last change (arrow keys, wheel): then you can approve.",
    )
}

/// How long it stays. Nothing presses.
pub fn stays(lang: Lang, left_s: u64) -> String {
    let (hours, minutes) = (left_s / 3600, left_s / 60 % 60);
    match lang {
        Lang::Fr => format!(
            "Sans réponse, la question est mise de côté dans {hours}\u{a0}h\u{a0}{minutes:02}\u{a0}; ce n’est pas un refus."
        ),
        Lang::En => format!(
            "Without an answer the question is put aside in {hours}\u{a0}h\u{a0}{minutes:02}; that is no refusal."
        ),
    }
}

/// What can't be put to a person.
pub fn bad(lang: Lang, why: BadListAsk) -> &'static str {
    match why {
        BadListAsk::Chain => lang.pick(
            "La liste reçue ne suit pas celle qu’elle remplace\u{a0}: rien n’est demandé. Prévenez votre prestataire.",
            "The list that came does not follow the one it replaces: nothing is asked. Tell your provider.",
        ),
        BadListAsk::Many => lang.pick(
            "La liste change trop de lignes pour être approuvée ici\u{a0}: signez l’annexe sur papier.",
            "The list changes too many lines to be approved here: sign the annex on paper.",
        ),
        BadListAsk::Nothing => lang.pick("La liste ne change rien.", "The list changes nothing."),
    }
}

/// In a journal: a version was put to the representative.
pub fn asked_entry(lang: Lang, by: &str, list: ListHash) -> String {
    let (by, short) = (plain(by, MAX_SHOWN), list.short());
    match lang {
        Lang::Fr => format!("{by} a soumis la liste des équipements {short} à ce poste."),
        Lang::En => format!("{by} put the equipment list {short} to this machine."),
    }
}

/// In a journal: the person's word.
pub fn answered_entry(lang: Lang, list: ListHash, yes: bool) -> String {
    let short = list.short();
    match (lang, yes) {
        (Lang::Fr, true) => format!("Liste des équipements {short} approuvée par le client, ici."),
        (Lang::Fr, false) => format!("Liste des équipements {short} refusée par le client, ici."),
        (Lang::En, true) => format!("Equipment list {short} approved by the client, here."),
        (Lang::En, false) => format!("Equipment list {short} refused by the client, here."),
    }
}

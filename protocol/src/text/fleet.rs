//! What is said of a contract's equipment: what the machines suggest, which machine is which, what a version changes in what is charged.

use super::Lang;
use super::gate::{Day, Sentence};

fn both(fr: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { fr: fr.into(), en: en.into() }
}

/// A machine that is attached and on no line (2.4).
pub fn unlisted(host: &str, since: Day) -> Sentence {
    let (fr, en) = (since.fr_plain(), since.en_plain());
    both(
        format!("{host} est rattaché depuis le {fr} et ne figure sur aucune ligne de la liste."),
        format!("{host} has been attached since {en} and is on no line of the list."),
    )
}

/// A screen that is on no line.
pub fn unlisted_screen(host: &str) -> Sentence {
    both(
        format!("Cet écran est branché à {host} et ne figure sur aucune ligne de la liste."),
        format!("This screen is connected to {host} and is on no line of the list."),
    )
}

/// The machine gives another serial number than the list.
pub fn other_serial(host: &str, listed: &str, given: &str) -> Sentence {
    both(
        format!("{host} indique le numéro de série {given}, la liste {listed}."),
        format!("{host} gives the serial number {given}, the list {listed}."),
    )
}

/// The machine gives a serial number that the list lacks.
pub fn serial_known(host: &str, given: &str) -> Sentence {
    both(
        format!("{host} indique le numéro de série {given}, que la liste ne donne pas encore."),
        format!("{host} gives the serial number {given}, which the list does not have yet."),
    )
}

/// It is another kind of computer than the list says.
pub fn other_kind(host: &str) -> Sentence {
    both(
        format!("{host} n’est pas du type d’équipement que donne la liste."),
        format!("{host} is not the kind of equipment that the list says."),
    )
}

/// The machine has left, or was revoked.
pub fn has_left(host: &str) -> Sentence {
    both(
        format!("{host} n’est plus rattaché, et sa ligne couvre toujours."),
        format!("{host} is no longer attached, and its line still covers."),
    )
}

/// The label that a new line begins with. The machine's name is what people at the client's know.
pub fn label(model: Option<&str>, host: &str) -> String {
    match model {
        Some(model) => format!("{model} ({host})"),
        None => host.to_owned(),
    }
}

/// What a new line is priced as, by its kind: words that a firm may change before it proposes.
pub const fn class(server: bool) -> &'static str {
    if server { "serveur" } else { "poste" }
}

/// What a screen is priced as.
pub const SCREEN_CLASS: &str = "écran";

/// The question of a finding, by its rule.
pub fn asks(rule: &str, host: &str) -> Sentence {
    match rule {
        "other_board" => both(
            format!("La carte mère de {host} a-t-elle été remplacée\u{a0}?"),
            format!("Was the main board of {host} replaced?"),
        ),
        "other_machine" => both(
            format!(
                "{host} se présente avec un matériel entièrement différent\u{a0}: est-ce le même équipement, ou sa clé a-t-elle été copiée\u{a0}?"
            ),
            format!("{host} shows entirely other hardware: is it the same equipment, or was its key copied?"),
        ),
        "twice_alive" => both(
            format!(
                "Deux machines allumées utilisent tour à tour la clé de {host}\u{a0}: laquelle est la bonne\u{a0}? Arrêtez l’autre, ou détachez-la, \
                 puis répondez."
            ),
            format!(
                "Two running machines use the key of {host} by turns: which is the right one? Stop the other, or detach it, then answer."
            ),
        ),
        "several" => both(
            format!("{host} peut être plusieurs équipements connus\u{a0}: lequel\u{a0}?"),
            format!("{host} may be several known pieces of equipment: which?"),
        ),
        "by_parts" => both(
            format!("{host} a des pièces en commun avec un équipement connu\u{a0}: est-ce le même\u{a0}?"),
            format!("{host} has parts in common with known equipment: is it the same?"),
        ),
        _ => both(
            format!("{host} semble être un équipement déjà connu, réinstallé\u{a0}: est-ce le même\u{a0}?"),
            format!("{host} seems to be equipment that is known already, installed anew: is it the same?"),
        ),
    }
}

/// One mark: of what, and its value.
pub fn mark(sort: &str, value: &str) -> Sentence {
    let (fr, en) = match sort {
        "system" => ("numéro de série", "serial number"),
        "uuid" => ("UUID", "UUID"),
        "board" => ("carte mère", "main board"),
        "chassis" => ("châssis", "case"),
        "disk" => ("disque", "drive"),
        "mac" => ("carte réseau", "network card"),
        _ => ("nom", "name"),
    };
    both(format!("{fr}\u{a0}: {value}"), format!("{en}: {value}"))
}

/// A mark that the machine no longer gives.
pub fn gone(said: &Sentence) -> Sentence {
    both(format!("n’est plus là\u{a0}: {}", said.fr), format!("no longer there: {}", said.en))
}

/// A mark that it gives instead.
pub fn come(said: &Sentence) -> Sentence {
    both(format!("nouveau\u{a0}: {}", said.fr), format!("new: {}", said.en))
}

/// A line that comes in: days of the running period.
pub fn comes(days: Option<(i32, i32)>) -> Sentence {
    match days {
        Some((days, of)) => both(
            format!("entre dans la liste\u{a0}: {days} jours sur {of} de la période en cours (10.2)"),
            format!("comes into the list: {days} of {of} days of the running period (10.2)"),
        ),
        None => both(
            "entre dans la liste après la période en cours",
            "comes into the list after the running period",
        ),
    }
}

/// A line that leaves.
pub fn leaves() -> Sentence {
    both(
        "sort de la liste\u{a0}: la période en cours reste due",
        "leaves the list: the running period stays due",
    )
}

/// A line of another class.
pub fn reclassed() -> Sentence {
    both("change de tarif à la période suivante", "is priced otherwise from the next period on")
}

/// A line whose class has no tariff.
pub fn unpriced(class: &str) -> Sentence {
    both(
        format!("aucun tarif n’est noté pour «\u{a0}{class}\u{a0}»\u{a0}: ajoutez-le aux papiers du contrat"),
        format!("no tariff is written down for “{class}”: add it to the contract’s papers"),
    )
}

/// Somebody was quicker.
pub fn changed() -> Sentence {
    both(
        "La liste a changé depuis que vous l’avez lue\u{a0}: relisez-la, puis proposez de nouveau.",
        "The list has changed since you read it: read it again, then propose anew.",
    )
}

/// This party has approved it.
pub fn approved_already() -> Sentence {
    both("Cette partie a déjà approuvé cette version.", "That party has approved this version already.")
}

/// What makes no list, in the words of the rule.
pub fn no_line(no: u32) -> Sentence {
    both(
        format!("La ligne {no} n’existe pas ou ne couvre plus\u{a0}: relisez la liste."),
        format!("There is no line {no} that still covers: read the list again."),
    )
}

/// It would end before it begins.
pub fn ends_before(no: u32) -> Sentence {
    both(
        format!("La ligne {no} ne peut pas finir avant d’avoir commencé."),
        format!("Line {no} can’t end before it begins."),
    )
}

/// On a line already.
pub fn twice(label: &str, no: u32) -> Sentence {
    both(
        format!(
            "«\u{a0}{label}\u{a0}» figure déjà à la ligne {no}\u{a0}: décrivez cette ligne autrement, ou terminez-la."
        ),
        format!("“{label}” is on line {no} already: describe that line otherwise, or end it."),
    )
}

/// The contract's papers name nobody.
pub fn no_representative() -> Sentence {
    both(
        "Aucun représentant du client n’est nommé à un poste validé\u{a0}: notez d’abord la pièce «\u{a0}Représentant du client, à ce poste\u{a0}» (article 2.2), ou faites signer l’annexe.",
        "No representative of the client is named at an approved machine: write down the paper “Client’s representative, at this machine” first (clause 2.2), or have the annex signed.",
    )
}

/// It was put there before.
pub fn waits_already() -> Sentence {
    both("Cette version attend déjà à ce poste.", "This version waits at that machine already.")
}

/// Nothing would change.
pub fn nothing_changes() -> Sentence {
    both(
        "Rien ne change\u{a0}: la liste dit déjà tout cela.",
        "Nothing changes: the list says all this already.",
    )
}

/// More lines than a list has.
pub fn too_many(most: usize) -> Sentence {
    both(
        format!("Une liste a au plus {most} lignes\u{a0}: faites un contrat par établissement."),
        format!("A list has at most {most} lines: make a contract for each establishment."),
    )
}

/// It would hold from before the one that holds.
pub fn earlier() -> Sentence {
    both(
        "La liste ne peut pas valoir d’un jour antérieur à celui de la liste en vigueur.",
        "The list can’t hold from an earlier day than the one that holds.",
    )
}

/// A question that was answered or overtaken.
pub fn question_gone() -> Sentence {
    both(
        "Cette question n’est plus posée\u{a0}: relisez la page.",
        "This question is no longer open: read the page again.",
    )
}

/// Not an answer to that question.
pub fn unfit_answer() -> Sentence {
    both(
        "Cette réponse ne convient pas à la question\u{a0}: choisissez l’une de celles qu’elle propose.",
        "This is no answer to that question: choose one of those it offers.",
    )
}

/// A version is proposed.
pub fn proposed(lang: Lang, version: u32, hash: &str) -> String {
    match lang {
        Lang::Fr => format!(
            "Version {version} proposée. Elle vaudra lorsque les deux parties l’auront approuvée.\nEmpreinte\u{a0}: {hash}"
        ),
        Lang::En => {
            format!(
                "Version {version} is proposed. It will hold once both parties have approved it.\nHash: {hash}"
            )
        }
    }
}

/// There is no list that both approved.
pub const fn no_list(lang: Lang) -> &'static str {
    lang.pick(
        "Aucune liste n’a encore été approuvée par les deux parties\u{a0}: ce qui est rattaché est couvert.",
        "Both parties have not approved any list yet: what is attached is covered.",
    )
}

/// One version in a line.
pub fn version(lang: Lang, (version, hash): (u32, &str), from: &str, lines: usize, standing: &str) -> String {
    match lang {
        Lang::Fr => {
            format!("Version {version} ({hash}), à partir du {from}, lignes\u{a0}: {lines}. {standing}")
        }
        Lang::En => format!("Version {version} ({hash}), from {from}, lines: {lines}. {standing}"),
    }
}

/// Whose approval is missing.
pub fn standing_proposed(client: bool, provider: bool) -> Sentence {
    match (client, provider) {
        (true, _) => both("Attend l’accord du prestataire.", "Waits for the firm’s approval."),
        (_, true) => both("Attend l’accord du client.", "Waits for the client’s approval."),
        _ => both("Attend l’accord des deux parties.", "Waits for both parties’ approval."),
    }
}

/// Somebody was quicker.
pub fn standing_stale() -> Sentence {
    both(
        "Dépassée\u{a0}: une autre version a été approuvée depuis.",
        "Overtaken: another version was approved since.",
    )
}

/// Both have approved it.
pub fn standing_approved() -> Sentence {
    both("Approuvée par les deux parties.", "Approved by both parties.")
}

/// A later one holds.
pub fn standing_superseded() -> Sentence {
    both("Remplacée par une version plus récente.", "Replaced by a later version.")
}

/// An answer was written down.
pub const fn answered(lang: Lang) -> &'static str {
    lang.pick("Noté.", "Written down.")
}

/// A part came.
pub fn added(part: &Sentence) -> Sentence {
    both(format!("ajouté\u{a0}: {}", part.fr), format!("added: {}", part.en))
}

/// A part went.
pub fn removed(part: &Sentence) -> Sentence {
    both(format!("retiré\u{a0}: {}", part.fr), format!("removed: {}", part.en))
}

/// One part for another.
pub fn replaced(old: &Sentence, new: &Sentence) -> Sentence {
    both(format!("remplacé\u{a0}: {} par {}", old.fr, new.fr), format!("replaced: {} by {}", old.en, new.en))
}

/// What of the machine as a whole has another value; `field` by its name in the diff.
pub fn altered(field: &str, old: &str, new: &str) -> Sentence {
    let (fr, en) = match field {
        "chassis" => ("type", "kind"),
        "model" => ("modèle", "model"),
        "system_serial" => ("numéro de série", "serial number"),
        "board_serial" => ("numéro de série de la carte mère", "main board’s serial number"),
        "memory" => ("mémoire, Mio", "memory, MiB"),
        "os" => ("système", "system"),
        "encryption" => ("chiffrement du disque système", "encryption of the system’s drive"),
        "secure_boot" => ("démarrage sécurisé", "secure boot"),
        _ => ("TPM", "TPM"),
    };
    both(format!("{fr}\u{a0}: {old} → {new}"), format!("{en}: {old} → {new}"))
}

/// Seen in one reading only.
pub fn seen_once(said: &Sentence) -> Sentence {
    both(format!("{} (vu une seule fois)", said.fr), format!("{} (seen once only)", said.en))
}

/// What a change means for the list, where it means something.
pub fn effect(of: &str) -> Option<Sentence> {
    match of {
        "description" => Some(both("la liste la décrit autrement", "the list describes it otherwise")),
        "line" => Some(both("une ligne de la liste", "a line of the list")),
        "identity" => Some(both("à confirmer par le prestataire", "for the firm to confirm")),
        _ => None,
    }
}

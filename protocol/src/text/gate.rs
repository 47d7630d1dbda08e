//! What the gate says: one sentence for each reason, warning and offer, the same for technician, client and journal.

pub mod offer;
pub mod shown;

use super::Lang;
use super::prompt::plain;
use crate::wire::record::LineFacts;
use crate::wire::session::WorkCategory;

pub use shown::{Day, Moment};

/// A sentence in both languages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

fn both(fr: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { fr: fr.into(), en: en.into() }
}

/// No certificate of the firm for this role.
pub fn technician_unauthorised() -> Sentence {
    both(
        "Seul un technicien certifié par le prestataire peut demander une prise en main.",
        "Only a technician certified by the provider may ask for remote control.",
    )
}

/// Locked by a manager.
pub fn technician_locked() -> Sentence {
    both(
        "L’accès de ce technicien est verrouillé par un responsable.",
        "A manager has locked this technician’s access.",
    )
}

/// No such machine.
pub fn agent_unknown() -> Sentence {
    both("Ce poste n’est pas rattaché au prestataire.", "This machine is not attached to the provider.")
}

/// The machine was put out, or left.
pub fn agent_revoked() -> Sentence {
    both(
        "Ce poste n’est plus rattaché\u{a0}: il a été révoqué, ou détaché par le client. Il faut le rattacher de nouveau avec un code.",
        "This machine is no longer attached: it was revoked, or detached by the client. It must be attached again with a code.",
    )
}

/// A manager has to look first.
pub fn agent_pending() -> Sentence {
    both(
        "Ce poste attend la validation d’un responsable du prestataire.",
        "This machine waits for approval by a manager of the provider.",
    )
}

/// Clause 9.4.
pub fn no_client_request() -> Sentence {
    both(
        "Une prise en main répond à une demande expresse du client\u{a0}: indiquez qui a demandé, comment et quand.",
        "Remote control answers an express request of the client: say who asked, how and when.",
    )
}

/// Nothing covers the machine.
pub fn no_contract() -> Sentence {
    both("Aucun contrat de maintenance ne couvre ce poste.", "No maintenance contract covers this machine.")
}

/// Clause 6.1.
pub fn not_yet_in_force(from: Day) -> Sentence {
    both(
        format!("Le contrat de maintenance prend effet le {}.", from.fr()),
        format!("The maintenance contract takes effect on {}.", from.en()),
    )
}

/// Clauses 6.2 and 6.3.
pub fn lapsed(on: Day) -> Sentence {
    both(
        format!("Le contrat de maintenance a pris fin le {}.", on.fr()),
        format!("The maintenance contract ended on {}.", on.en()),
    )
}

/// A named manager's act; the reason stays with those who need it.
pub fn suspended(since: Day) -> Sentence {
    both(
        format!("Un responsable a suspendu le contrat de maintenance le {}.", since.fr()),
        format!("A manager suspended the maintenance contract on {}.", since.en()),
    )
}

/// Clause 2.3.
pub fn out_of_scope() -> Sentence {
    both(
        "Ce poste appartient à un établissement que le contrat ne couvre pas.",
        "This machine belongs to an establishment that the contract does not cover.",
    )
}

/// Clause 2.1.
pub fn not_covered() -> Sentence {
    both(
        "Ce poste n’est pas encore couvert\u{a0}: sa remise en état doit d’abord faire l’objet d’un devis accepté.",
        "This machine is not covered yet: a quote to put it in order must be accepted first.",
    )
}

/// Clause 2.2: both parties approved a list in which its line has ended.
pub fn off_the_list() -> Sentence {
    both(
        "Ce poste n’est plus couvert\u{a0}: les deux parties ont approuvé une liste d’équipements d’où il est sorti.",
        "This machine is covered no longer: both parties approved an equipment list that it has left.",
    )
}

/// Its key was seen on other hardware.
pub fn agent_quarantined() -> Sentence {
    both(
        "La clé de ce poste a peut-être été copiée\u{a0}: il se présente avec un autre matériel, ou deux machines l’utilisent à la fois. Un \
         responsable doit dire de quel équipement il s’agit.",
        "The key of this machine may have been copied: it shows other hardware, or two machines use it at once. A manager has to say \
         which equipment it is.",
    )
}

/// Clause 4.2. `holiday`: today's name, when that is why.
pub fn out_of_hours(next: Option<Moment>, holiday: Option<&str>) -> Sentence {
    let mut fr = "La prise en main est ouverte du lundi au vendredi de 9\u{a0}h à 18\u{a0}h, heure de Paris"
        .to_owned();
    let mut en = "Remote control is open Monday to Friday from 9:00 to 18:00, Paris time".to_owned();
    if let Some(name) = holiday {
        fr += &format!(", sauf jour férié ({name})");
        en += &format!(", except public holidays ({name})");
    }
    match next {
        Some(next) => both(
            format!("{fr}. Prochaine ouverture\u{a0}: {}.", next.fr()),
            format!("{en}. It opens next on {}.", next.en()),
        ),
        None => both(fr + ".", en + "."),
    }
}

/// Clause 2.6.
pub fn excluded(category: WorkCategory) -> Sentence {
    let (fr, en) = match category {
        WorkCategory::AddHardware => ("L’ajout de matériel", "Adding hardware"),
        WorkCategory::AddSoftware => ("L’ajout de logiciel", "Adding software"),
        WorkCategory::DataHandling => {
            ("Le transfert ou la récupération de données", "Transferring or recovering data")
        }
        WorkCategory::Change => ("Un changement de fonctionnement", "A change of how things work"),
        _ => ("Ce type d’intervention", "This kind of work"),
    };
    both(
        format!("{fr} n’est pas compris dans le contrat\u{a0}: un devis accepté est nécessaire avant."),
        format!("{en} is not part of the contract: an accepted quote is needed first."),
    )
}

/// Clause 4.4: no connection at all.
pub fn offline() -> Sentence {
    both(
        "Le poste n’est pas connecté. Vérifiez qu’il est allumé et relié à Internet.",
        "The machine is not connected. Check that it is on and has Internet access.",
    )
}

/// One session at a time.
pub fn busy() -> Sentence {
    both("Une autre session est en cours sur ce poste.", "Another session is under way on this machine.")
}

/// Clause 4.4: measured, and too weak.
pub fn link_insufficient(line: &LineFacts) -> Sentence {
    both(
        format!(
            "La connexion Internet du poste est trop faible pour une prise en main\u{a0}: {}.",
            shown::line(Lang::Fr, line)
        ),
        format!(
            "The machine’s Internet connection is too weak for remote control: {}.",
            shown::line(Lang::En, line)
        ),
    )
}

/// Clause 4.4: no measurement, or one older than five minutes.
pub fn link_unmeasured() -> Sentence {
    both(
        "La connexion Internet du poste n’a pas pu être mesurée. Réessayez, ou aidez par téléphone.",
        "The machine’s Internet connection could not be measured. Try again, or help by phone.",
    )
}

/// The record can't be read.
pub fn entitlement_unavailable() -> Sentence {
    both(
        "Le contrat ne peut pas être vérifié pour le moment\u{a0}: aucune prise en main n’est possible.",
        "The contract cannot be checked at the moment: no remote control is possible.",
    )
}

/// The relay does not know what time it is.
pub fn clock_untrusted() -> Sentence {
    both(
        "L’heure du serveur n’est pas sûre\u{a0}: aucune prise en main n’est possible. Prévenez un responsable.",
        "The server’s time is not certain: no remote control is possible. Tell a manager.",
    )
}

/// A right this program does not know, or none that can be asked.
pub fn unknown_capability() -> Sentence {
    both(
        "La demande contient un droit inconnu de ce serveur, ou ne demande pas à voir l’écran.",
        "The request holds a right that this server does not know, or does not ask to see the screen.",
    )
}

/// The person at the PC must not be worn down.
pub fn too_many_requests(until: Moment) -> Sentence {
    both(
        format!("Trop de demandes pour ce poste. Réessayez {}.", until.fr_from()),
        format!("Too many requests for this machine. Try again after {}.", until.en()),
    )
}

/// A reason that this program's catalogue does not hold.
pub fn unknown_reason() -> Sentence {
    both("La demande est refusée.", "The request is refused.")
}

/// Warning, clause 4.4.
pub fn link_degraded(line: &LineFacts) -> Sentence {
    both(
        format!(
            "La connexion Internet du poste est faible ({})\u{a0}: l’image sera réduite.",
            shown::line(Lang::Fr, line)
        ),
        format!(
            "The machine’s Internet connection is weak ({}): the picture will be reduced.",
            shown::line(Lang::En, line)
        ),
    )
}

/// Warning, clause 4.8.
pub fn postal_code_missing() -> Sentence {
    both(
        "Le code postal du site n’est pas connu\u{a0}: demandez-le avant de proposer une intervention sur site.",
        "The site’s postal code is not known: ask for it before offering on-site help.",
    )
}

/// Warning, clause 4.8.
pub fn onsite_outside_area() -> Sentence {
    both(
        "L’option sur site a été vendue hors d’Île-de-France, où aucun technicien ne se déplace.",
        "The on-site option was sold outside Île-de-France, where no technician travels.",
    )
}

/// Warning, clause 4.2. Names the manager.
pub fn by_exception(manager: &str, until: Moment) -> Sentence {
    let manager = plain(manager, crate::id::MAX_NAME);
    both(
        format!("Hors horaires, par exception de {manager}, jusqu’{}.", until.fr_until()),
        format!("Outside support hours, by exception of {manager}, until {}.", until.en()),
    )
}

/// Clause 2.1: before a contract the equipment is looked at, nothing more.
pub fn audit_only_views() -> Sentence {
    both(
        "Avant le contrat, le contrôle du matériel permet de voir l’écran, pas d’agir sur le poste.",
        "Before the contract, checking the equipment allows to see the screen, not to act on the machine.",
    )
}

/// Warning, clause 2.4. `since`: the day it was first seen, if known.
pub fn billable_unlisted(since: Option<Day>) -> Sentence {
    match since {
        None => both(
            "Ce poste n’a pas été signalé par le client\u{a0}: il est dépanné, et son règlement peut être demandé.",
            "The client has not notified this machine: it is helped, and payment for it may be claimed.",
        ),
        Some(day) => both(
            format!(
                "Ce poste, vu pour la première fois le {}, n’a pas été signalé par le client\u{a0}: il est dépanné, et son \
                 règlement peut être demandé.",
                day.fr()
            ),
            format!(
                "The client has not notified this machine, first seen on {}: it is helped, and payment for it may be claimed.",
                day.en()
            ),
        ),
    }
}

/// Warning, clause 4.4: too weak, and tried all the same if the person says yes.
pub fn link_tried(line: &LineFacts) -> Sentence {
    both(
        format!(
            "La connexion Internet du poste est trop faible ({})\u{a0}: l’essai n’a lieu que si la personne l’accepte, sans \
             garantie.",
            shown::line(Lang::Fr, line)
        ),
        format!(
            "The machine’s Internet connection is too weak ({}): it is tried only if the person accepts, without any promise.",
            shown::line(Lang::En, line)
        ),
    )
}

/// Warning, clause 9.3. `until`: the last day of the maker's warranty, if known.
pub fn warranty_at_risk(until: Option<Day>) -> Sentence {
    match until {
        None => both(
            "La fin de la garantie du constructeur n’est pas connue\u{a0}: ouvrir le poste peut la rompre. Demandez d’abord \
             l’accord du client.",
            "When the maker’s warranty ends is not known: opening the machine may void it. Ask for the client’s agreement first.",
        ),
        Some(day) => both(
            format!(
                "Le poste est garanti par son constructeur jusqu’au {}\u{a0}: l’ouvrir peut rompre la garantie. Demandez d’abord \
                 l’accord du client.",
                day.fr()
            ),
            format!(
                "The maker’s warranty lasts until {}: opening the machine may void it. Ask for the client’s agreement first.",
                day.en()
            ),
        ),
    }
}

/// Warning, clause 6.3.
pub fn not_a_notice(on: Day) -> Sentence {
    both(
        format!(
            "Le message du {} n’est pas un congé\u{a0}: il faut une lettre recommandée avec accusé de réception. Dites-le au client.",
            on.fr()
        ),
        format!(
            "The message of {} is no notice: it takes a registered letter with receipt. Tell the client so.",
            on.en()
        ),
    )
}

/// Warning, clause 15.2 and article L215-1 of the code de la consommation.
pub fn renewal_notice_missing(renewed: Day) -> Sentence {
    both(
        format!(
            "Le client n’a pas été prévenu à temps de la reconduction du {}\u{a0}: il peut partir sans frais à tout moment.",
            renewed.fr()
        ),
        format!(
            "The client was not told in time of the renewal on {}: they may leave at any time, free of charge.",
            renewed.en()
        ),
    )
}

/// Warning, clause 4.2: open on a public holiday.
pub fn open_on_holiday(name: &str) -> Sentence {
    both(
        format!("Jour férié ({name})\u{a0}: l’assistance reste ouverte par le contrat."),
        format!("Public holiday ({name}): support is open by the contract."),
    )
}

/// Warning, clause 6.3.
pub fn end_needs_review(on: Day) -> Sentence {
    both(
        format!(
            "La date de fin du contrat, le {}, est à vérifier\u{a0}: le préavis est à la limite.",
            on.fr()
        ),
        format!("The contract’s end on {} needs a person’s look: the notice is on the limit.", on.en()),
    )
}

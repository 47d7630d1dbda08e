//! What the consent window, the banner and their terminal twins say.
//!
//! Names and texts of others pass through [`plain`] first: no control character, no direction override, no endless name can
//! make the window say something else than it does.

use super::{Lang, closing, line, promise, turn};
use crate::prompt::{Ask, BannerNotice, MAX_SHOWN};
use crate::wire::session::{Capabilities, WorkCategory};

/// Characters of a name where several stand on the banner.
const MOST_OF_SEVERAL: usize = 22;

/// The hotkey that ends a session, as the keys are labelled.
pub const fn hotkey(lang: Lang) -> &'static str {
    lang.pick("Ctrl\u{a0}+\u{a0}Maj\u{a0}+\u{a0}F12", "Ctrl\u{a0}+\u{a0}Shift\u{a0}+\u{a0}F12")
}

/// The title of the window.
pub const fn title(lang: Lang) -> &'static str {
    lang.pick("Aval – demande d’accès à cet ordinateur", "Aval – request for access to this computer")
}

/// Who wants what.
pub fn headline(lang: Lang, technician: &str) -> String {
    let name = isolated(technician);
    match lang {
        Lang::Fr => format!("{name} demande l’accès à votre ordinateur"),
        Lang::En => format!("{name} asks for access to your computer"),
    }
}

/// A person's name, safe to show within a sentence.
pub fn person(name: &str) -> String {
    isolated(name)
}

/// For whom the technician works.
pub fn from_firm(lang: Lang, firm: &str, contract: Option<&str>) -> String {
    let firm = isolated(firm);
    match (lang, contract) {
        (_, None) => firm,
        (Lang::Fr, Some(contract)) => format!("{firm}, contrat {}", isolated(contract)),
        (Lang::En, Some(contract)) => format!("{firm}, contract {}", isolated(contract)),
    }
}

/// Why: the category and the reference of the client's own request.
pub fn reason(lang: Lang, ask: &Ask) -> String {
    if ask.widening.is_some() {
        return turn::reason(lang, ask);
    }
    let reference = isolated_to(&ask.reference, 2 * MAX_SHOWN);
    let category = category(lang, ask.category);
    match lang {
        Lang::Fr => format!("Motif\u{a0}: {category} – «\u{a0}{reference}\u{a0}»"),
        Lang::En => format!("Reason: {category} – “{reference}”"),
    }
}

/// The kind of work.
pub const fn category(lang: Lang, category: WorkCategory) -> &'static str {
    match category {
        WorkCategory::Assistance => lang.pick("aide à l’utilisation", "help in use"),
        WorkCategory::Maintenance => lang.pick("maintenance", "maintenance"),
        WorkCategory::AddHardware => lang.pick("ajout de matériel", "adding hardware"),
        WorkCategory::AddSoftware => lang.pick("ajout de logiciel", "adding software"),
        WorkCategory::DataHandling => {
            lang.pick("transfert ou récupération de données", "transfer or recovery of data")
        }
        WorkCategory::Change => lang.pick("changement d’organisation", "another way of working"),
        WorkCategory::PreContractAudit => {
            lang.pick("contrôle du matériel avant contrat", "check of the equipment before the contract")
        }
        WorkCategory::Unknown(_) => lang.pick("autre", "other"),
    }
}

/// For how long.
pub fn duration(lang: Lang, minutes: u16) -> String {
    match lang {
        Lang::Fr => {
            format!("Durée\u{a0}: {minutes}\u{a0}min au plus. Vous pouvez arrêter à tout moment.")
        }
        Lang::En => format!("Duration: {minutes}\u{a0}min at most. You can stop at any time."),
    }
}

/// The first check: who called whom.
pub fn did_you_call(lang: Lang, phone_e164: &str) -> String {
    let phone = phone(phone_e164);
    match lang {
        Lang::Fr => format!("Avez-vous appelé le {phone}\u{202f}?"),
        Lang::En => format!("Did you call {phone}?"),
    }
}

/// The second check, above the code.
pub const fn code_advice(lang: Lang) -> &'static str {
    lang.pick(
        "Au téléphone, le technicien doit vous lire ce code. S’il en lit un autre, refusez.",
        "On the telephone, the technician must read this code to you. If it differs, refuse.",
    )
}

/// What never to do.
pub const fn advice(lang: Lang) -> &'static str {
    lang.pick(
        "Fermez d’abord le site de votre banque. Ne donnez jamais de mot de passe\u{a0}: aucun technicien n’en a besoin.",
        "First close your bank’s site. Never give a password: no technician needs one.",
    )
}

/// Above the boxes.
pub const fn i_allow(lang: Lang) -> &'static str {
    lang.pick("J’autorise le technicien à\u{a0}:", "I allow the technician to:")
}

/// The box for [`Capabilities::VIEW`].
pub const fn view(lang: Lang) -> &'static str {
    lang.pick("Voir l’écran", "See the screen")
}

/// What that means.
pub const fn view_means(lang: Lang) -> &'static str {
    lang.pick("tout ce qui est affiché, sans enregistrement", "everything on it, without any recording")
}

/// The box for [`Capabilities::CONTROL`].
pub const fn control(lang: Lang) -> &'static str {
    lang.pick("Utiliser la souris et le clavier", "Use the mouse and the keyboard")
}

/// What that means.
pub const fn control_means(lang: Lang) -> &'static str {
    lang.pick("il agit à votre place, sous vos yeux", "acts in your place, under your eyes")
}

/// The button that is the default.
pub const fn refuse(lang: Lang) -> &'static str {
    lang.pick("Refuser", "Refuse")
}

/// The other button.
pub const fn accept(lang: Lang) -> &'static str {
    lang.pick("Accepter", "Accept")
}

/// The other button while it waits to be read.
pub fn accept_in(lang: Lang, seconds: u64) -> String {
    format!("{} ({seconds}\u{202f}s)", accept(lang))
}

/// The clock that runs.
pub fn countdown(lang: Lang, seconds: u64) -> String {
    match lang {
        Lang::Fr => format!("Sans réponse dans {seconds}\u{a0}s, l’accès est refusé."),
        Lang::En => format!("Without an answer in {seconds}\u{a0}s, access is refused."),
    }
}

/// Said when input came from a program and not from the person's hand.
pub const fn injected(lang: Lang) -> &'static str {
    lang.pick(
        "Seuls votre souris et votre clavier peuvent répondre ici.",
        "Only your own mouse and keyboard can answer here.",
    )
}

/// The button that changes the language, in the language it leads to.
pub const fn other_language(lang: Lang) -> &'static str {
    lang.pick("English", "Français")
}

/// What the banner says first: who does what. Whoever joined the first only looks. It is one line, whose end may be cut: of several the
/// words are few, so that every name is on it.
pub fn banner(lang: Lang, technicians: &[String], capabilities: Capabilities) -> String {
    let most = if technicians.len() > 1 { MOST_OF_SEVERAL } else { MAX_SHOWN / 2 };
    let names: Vec<String> = technicians.iter().map(|t| isolated_to(t, most)).collect();
    let controls = capabilities.holds(Capabilities::CONTROL);
    match &names[..] {
        [first, others @ ..] if controls && !others.is_empty() => {
            let looks = match others {
                [_] => lang.pick("regarde", "looks on"),
                _ => lang.pick("regardent", "look on"),
            };
            let does = lang.pick("contrôle votre PC", "controls your PC");
            format!("{first} {does}, {} {looks}", others.join(", "))
        }
        [_, _, ..] => format!("{} {}", names.join(", "), lang.pick("voient votre écran", "see your screen")),
        _ if controls => {
            let does =
                lang.pick("voit votre écran et contrôle votre PC", "sees your screen and controls your PC");
            format!("{} {does}", names.join(", "))
        }
        _ => format!("{} {}", names.join(", "), lang.pick("voit votre écran", "sees your screen")),
    }
}

/// What the banner says next: for how long, and for whom.
pub fn banner_details(lang: Lang, since_s: u64, remaining_s: u64, firm: &str, phone_e164: &str) -> String {
    let (minutes, rest, phone) = (since_s / 60, clock(remaining_s), phone(phone_e164));
    let firm = isolated_to(firm, MAX_SHOWN / 2);
    match lang {
        Lang::Fr => format!("Depuis {minutes}\u{a0}min · reste {rest} · {firm}, {phone}"),
        Lang::En => format!("For {minutes}\u{a0}min · {rest} left · {firm}, {phone}"),
    }
}

/// The banner's button.
pub const fn end(lang: Lang) -> &'static str {
    lang.pick("Terminer", "End")
}

/// What the banner adds when something is to be known.
pub fn notice(lang: Lang, notice: BannerNotice) -> String {
    let said = match notice {
        BannerNotice::YouHaveControl => lang.pick(
            "Vous avez la main\u{a0}: le technicien attend.",
            "You have control: the technician waits.",
        ),
        BannerNotice::Paused => lang.pick("En pause\u{a0}: rien n’est montré.", "Paused: nothing is shown."),
        BannerNotice::Reconnecting => lang.pick("Reconnexion en cours…", "Reconnecting…"),
        BannerNotice::EndsSoon => lang.pick("L’intervention prend bientôt fin.", "The session ends soon."),
        BannerNotice::ClosesAt(at) => return closing::banner_closes(lang, at),
        BannerNotice::Extended(until) => return closing::banner_extended(lang, until),
        BannerNotice::ViewOnly(until) => return closing::banner_view_only(lang, until),
        BannerNotice::ReturnsIn(s) => return promise::returns_in(lang, s),
        BannerNotice::LineLost(for_s) => return line::banner_lost(lang, for_s),
        BannerNotice::Held(for_s) => return turn::banner_held(lang, for_s),
        BannerNotice::TakenBack => turn::banner_taken_back(lang),
        BannerNotice::Idle => turn::banner_idle(lang),
    };
    said.to_owned()
}

/// Under the question on a terminal.
pub const fn terminal_help(lang: Lang) -> &'static str {
    lang.pick(
        "Tapez 1 ou 2 puis Entrée pour cocher ou décocher. Tapez oui puis Entrée pour accepter. Entrée seule refuse.",
        "Type 1 or 2 and Enter to tick or untick. Type oui and Enter to accept. Enter alone refuses.",
    )
}

/// A yes came before the question could be read, or without a box.
pub const fn terminal_too_soon(lang: Lang) -> &'static str {
    lang.pick(
        "Pas encore\u{a0}: lisez d’abord la demande, cochez au moins «\u{a0}Voir l’écran\u{a0}», puis tapez oui.",
        "Not yet: read the request first, tick at least “See the screen”, then type oui.",
    )
}

/// What was decided, on a terminal.
pub const fn terminal_outcome(lang: Lang, yes: bool) -> &'static str {
    if yes {
        lang.pick("Accès accordé.", "Access granted.")
    } else {
        lang.pick("Accès refusé.", "Access refused.")
    }
}

/// How to end, on a terminal.
pub const fn terminal_end(lang: Lang) -> &'static str {
    lang.pick("Pour arrêter\u{a0}: q puis Entrée.", "To stop: q and Enter.")
}

/// A French number as it is read out, others as they are. From E.164.
pub fn phone(e164: &str) -> String {
    let digits: Vec<char> = e164.chars().filter(char::is_ascii_digit).collect();
    match (e164.strip_prefix("+33"), digits.len()) {
        (Some(_), 11) => {
            let mut shown = format!("0{}", digits[2]);
            for pair in digits[3..].chunks(2) {
                shown.push('\u{a0}');
                shown.extend(pair);
            }
            shown
        }
        _ => plain(e164, 24),
    }
}

/// The match code as it is shown: `123 456`.
pub fn code(code: u32) -> String {
    format!("{:03}\u{a0}{:03}", code / 1000 % 1000, code % 1000)
}

/// The match code as a screen reader should say it: digit by digit.
pub fn code_spelled(code: u32) -> String {
    let digits = format!("{code:06}");
    digits.chars().flat_map(|c| [c, ' ']).collect::<String>().trim_end().to_owned()
}

/// Minutes and seconds: `04:59`; hours when there are some.
pub fn clock(seconds: u64) -> String {
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m:02}:{s:02}") }
}

/// A text of others on one line of at most `max` characters: without control characters, direction marks and invisible
/// characters, white space collapsed, at most two combining marks per letter.
pub fn plain(text: &str, max: usize) -> String {
    let mut out = String::new();
    let (mut shown, mut marks) = (0, 0);
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if is_hidden(c) || marks > 2 || (c == ' ' && (out.is_empty() || out.ends_with(' '))) {
            continue;
        }
        if shown == max {
            out.truncate(out.trim_end().len());
            out.pop();
            out.push('…');
            break;
        }
        out.push(c);
        shown += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// [`plain`], and its direction kept to itself (UAX #9 isolates), so that a right-to-left name can't reorder the sentence.
fn isolated(text: &str) -> String {
    isolated_to(text, MAX_SHOWN)
}

pub(super) fn isolated_to(text: &str, max: usize) -> String {
    let text = plain(text, max);
    // An isolate is only needed, and only drawn by every font, where there is something to isolate.
    if text.chars().all(|c| u32::from(c) < 0x590) { text } else { format!("\u{2068}{text}\u{2069}") }
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff)
}

fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x483..=0x489 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
}

#[cfg(test)]
mod tests;

//! What people read when the line between the two ends of a session is lost, and when it comes back (clause 4.4).

use super::Lang;

/// On the banner: nothing is seen or moved; for how long it may come back.
pub fn banner_lost(lang: Lang, for_s: u16) -> String {
    let left = left(for_s);
    match lang {
        Lang::Fr => format!("Liaison interrompue\u{a0}: rien n’est vu. Reprise possible\u{a0}: {left}"),
        Lang::En => format!("Line lost: nothing is seen. It may come back for {left}"),
    }
}

/// To the technician.
pub fn to_technician(lang: Lang, for_s: u16) -> String {
    let left = left(for_s);
    match lang {
        Lang::Fr => format!("Liaison interrompue. Reconnexion… (encore {left})"),
        Lang::En => format!("The line is lost. Reconnecting… ({left} left)"),
    }
}

/// To the technician: it goes on.
pub const fn resumed(lang: Lang) -> &'static str {
    lang.pick(
        "La liaison est rétablie\u{a0}: l’intervention continue avec le même accord.",
        "The line is back: the session goes on under the same consent.",
    )
}

/// In a journal: it was lost.
pub const fn lost_noted(lang: Lang) -> &'static str {
    lang.pick(
        "Liaison interrompue\u{a0}: rien n’a été vu ni touché à partir d’ici.",
        "The line was lost: nothing was seen or touched from here on.",
    )
}

/// In a journal: it came back.
pub fn resumed_noted(lang: Lang, away_s: u32) -> String {
    let after = left(u16::try_from(away_s).unwrap_or(u16::MAX));
    match lang {
        Lang::Fr => {
            format!("Liaison rétablie après {after}\u{a0}: la session a continué avec le même accord.")
        }
        Lang::En => format!("The line came back after {after}: the session went on under the same consent."),
    }
}

fn left(seconds: u16) -> String {
    match seconds {
        0..=59 => format!("{seconds}\u{a0}s"),
        _ => format!("{}\u{a0}min\u{a0}{:02}\u{a0}s", seconds / 60, seconds % 60),
    }
}

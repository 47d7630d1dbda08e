//! What an invoice line says: how its amount comes about, and by which clause. Amounts are whole cents without tax.

use super::Lang;
use super::gate::{Day, Sentence};
use super::prompt::plain;

/// Longest label shown, in characters.
const MAX_LABEL: usize = 200;

/// How many days of a period are charged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Days that count.
    pub days: i32,
    /// Days of the period.
    pub of: i32,
}

/// A price that an index changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Revalued {
    /// The price before, in cents.
    pub from: i64,
    /// The price after, in cents.
    pub to: i64,
    /// The index that the price before was agreed on, in tenths.
    pub base: u32,
    /// The last index published on the first of July, in tenths.
    pub last: u32,
    /// The first of July of the change.
    pub on: Day,
    /// The old series was linked to the new one.
    pub linked: bool,
}

fn both(fr: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { fr: fr.into(), en: en.into() }
}

/// « 1 234,56 € », "€1,234.56".
pub fn amount(lang: Lang, cents: i64) -> String {
    let (sign, all) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    let digits = (all / 100).to_string();
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(lang.pick('\u{202f}', ','));
        }
        grouped.push(digit);
    }
    match lang {
        Lang::Fr => format!("{sign}{grouped},{:02}\u{a0}€", all % 100),
        Lang::En => format!("{sign}€{grouped}.{:02}", all % 100),
    }
}

/// A quantity at a price for days `[from, last]`, both included; `part` when only some days of the period are charged.
pub fn price(
    label: &str,
    (quantity, unit): (u32, i64),
    (from, last): (Day, Day),
    part: Option<Part>,
) -> Sentence {
    let label = plain(label, MAX_LABEL);
    let (fr, en) = (amount(Lang::Fr, unit), amount(Lang::En, unit));
    let (days_fr, days_en) = part.map_or_else(Default::default, |Part { days, of }| {
        (format!(" × {days}/{of}\u{a0}jours"), format!(" × {days}/{of} days"))
    });
    both(
        format!("{label}, du {} au {}\u{a0}: {quantity} × {fr}{days_fr}.", from.fr_plain(), last.fr_plain()),
        format!("{label}, from {} to {}: {quantity} × {en}{days_en}.", from.en_plain(), last.en_plain()),
    )
}

/// How an index changed a price (clause 10.5).
pub fn revalued(change: &Revalued) -> Sentence {
    let Revalued { from, to, base, last, on, linked } = *change;
    let (point, comma) = (
        |tenths: u32| format!("{}.{}", tenths / 10, tenths % 10),
        |tenths: u32| format!("{},{}", tenths / 10, tenths % 10),
    );
    let (link_fr, link_en) = if linked { (" × 286,4 / 280,6", " × 286.4 / 280.6") } else { ("", "") };
    both(
        format!(
            "Prix réévalué le {}\u{a0}: {} × {} / {}{link_fr} = {}.",
            on.fr_plain(),
            amount(Lang::Fr, from),
            comma(last),
            comma(base),
            amount(Lang::Fr, to)
        ),
        format!(
            "Price revalued on {}: {} × {} / {}{link_en} = {}.",
            on.en_plain(),
            amount(Lang::En, from),
            point(last),
            point(base),
            amount(Lang::En, to)
        ),
    )
}

/// Backups of a month beyond the included volume (clause 7.1). Volumes in bytes, the rate in cents per gigabyte.
pub fn backup(month: Day, used: u64, included_gb: u32, cents_per_gb: u32) -> Sentence {
    let volume = |lang: Lang| {
        let (whole, rest) = (used / 1_000_000_000, used % 1_000_000_000);
        let rest = format!("{rest:09}");
        let rest = rest.trim_end_matches('0');
        match (rest.is_empty(), lang) {
            (true, _) => whole.to_string(),
            (false, Lang::Fr) => format!("{whole},{rest}"),
            (false, Lang::En) => format!("{whole}.{rest}"),
        }
    };
    let rate = i64::from(cents_per_gb);
    both(
        format!(
            "Sauvegardes de {}\u{a0}: {}\u{a0}Go pour {included_gb}\u{a0}Go inclus, {} par Go au-delà.",
            month.fr_month(),
            volume(Lang::Fr),
            amount(Lang::Fr, rate)
        ),
        format!(
            "Backups of {}: {}\u{a0}GB with {included_gb}\u{a0}GB included, {} for each GB beyond.",
            month.en_month(),
            volume(Lang::En),
            amount(Lang::En, rate)
        ),
    )
}

/// Something charged once, on a day.
pub fn once(label: &str, on: Day) -> Sentence {
    let label = plain(label, MAX_LABEL);
    both(format!("{label}, le {}.", on.fr_plain()), format!("{label}, on {}.", on.en_plain()))
}

/// The line waits: both parties sign the new list first (clauses 2.2, 2.4).
pub fn unsigned() -> Sentence {
    both(
        "Proposition\u{a0}: facturée seulement quand les deux parties auront signé la liste du matériel.",
        "A proposal: invoiced only when both parties have signed the list of equipment.",
    )
}

/// A line of the equipment list, as what it is charged for.
pub fn listed(no: u32, label: &str) -> String {
    format!("{} (liste, ligne {no})", plain(label, MAX_LABEL))
}

/// The equipment has left; nothing is given back within a period.
pub fn due_until_its_end() -> Sentence {
    both(
        "Sortie de la liste pendant la période\u{a0}: celle-ci reste due jusqu’à sa fin (10.2).",
        "Left the list within the period, which stays due until its end (10.2).",
    )
}

/// A price that names its own signatures, where the approved list and its tariff say what the equipment costs.
pub fn list_decides() -> Sentence {
    both(
        "La liste approuvée et ses tarifs disent ce que coûte cet équipement\u{a0}: ce prix n’est pas facturé en plus.",
        "The approved list and its tariff say what this equipment costs: this price is not charged beside them.",
    )
}

/// Both parties have not approved the version that has it.
pub fn unapproved() -> Sentence {
    both(
        "Proposition\u{a0}: facturée seulement quand les deux parties auront approuvé cette version de la liste (2.2).",
        "A proposal: invoiced only when both parties have approved this version of the list (2.2).",
    )
}

/// Why a line is no line of the client's: each rejection has its clause.
pub fn fee_on_the_firm() -> Sentence {
    both(
        "Les frais bancaires d’un prélèvement sont à la charge du prestataire.",
        "The bank’s fees of a direct debit are borne by the provider.",
    )
}

/// Clause 2.5.
pub fn never_included() -> Sentence {
    both(
        "Les pièces et les logiciels ne sont jamais compris dans le contrat\u{a0}: donnez leur prix, ou le type « warranty_part » \
         pour une pièce sous garantie.",
        "Parts and software are never included in the contract: give their price, or the kind “warranty_part” for one under \
         warranty.",
    )
}

/// Clauses 5.2 and 5.3.
pub fn visit_included() -> Sentence {
    both(
        "La visite est comprise dans l’option sur site souscrite.",
        "The visit is included in the on-site option subscribed.",
    )
}

/// Clause 5.5: only an absent client may be charged for the trip.
pub fn trip_not_the_clients() -> Sentence {
    both(
        "Le déplacement n’est facturé que si le client était absent ou l’intervention impossible chez lui.",
        "The trip is charged only if the client was absent or the work impossible at their site.",
    )
}

/// Clause 7.1: without the option there is no such line.
pub fn no_backup_option() -> Sentence {
    both(
        "L’option de sauvegarde n’est pas souscrite\u{a0}: aucun dépassement n’est facturé.",
        "The backup option is not subscribed: no excess is charged.",
    )
}

/// When an invoice is due (clause 10.3). `received`: the day of reception, if known.
pub fn due(received_and_due: Option<(Day, Day)>) -> Sentence {
    match received_and_due {
        None => both(
            "La date de réception n’est pas connue\u{a0}: l’échéance de paiement ne peut pas être calculée, rien n’est en retard.",
            "The day of reception is not known: when payment is due can’t be computed, nothing is late.",
        ),
        Some((received, due)) => both(
            format!("Reçue le {}, payable au plus tard le {}.", received.fr_plain(), due.fr_plain()),
            format!("Received on {}, payable by {}.", received.en_plain(), due.en_plain()),
        ),
    }
}

/// The day of the direct debit (clause 10.4).
pub fn debited(on: Day) -> Sentence {
    both(format!("Prélevée le {}.", on.fr_plain()), format!("Debited on {}.", on.en_plain()))
}

/// Clause 10.4: nothing is debited without the client's authorisation.
pub fn no_mandate() -> Sentence {
    both(
        "Aucune autorisation de prélèvement n’est jointe au contrat\u{a0}: rien n’est prélevé.",
        "No authorisation for direct debit is joined to the contract: nothing is debited.",
    )
}

/// The heading of an invoice for days `[from, last]`.
pub fn invoice(from: Day, last: Day, cents: i64) -> Sentence {
    both(
        format!(
            "Facture du {} au {}\u{a0}: {} hors taxes",
            from.fr_plain(),
            last.fr_plain(),
            amount(Lang::Fr, cents)
        ),
        format!(
            "Invoice from {} to {}: {} without tax",
            from.en_plain(),
            last.en_plain(),
            amount(Lang::En, cents)
        ),
    )
}

/// Heads the lines that wait for signatures.
pub const fn waiting(lang: Lang) -> &'static str {
    lang.pick("En attente de signature\u{a0}:", "Waiting for signatures:")
}

/// Heads the lines that are none.
pub const fn rejected(lang: Lang) -> &'static str {
    lang.pick("Lignes refusées\u{a0}:", "Rejected lines:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        for (cents, fr, en) in [
            (0, "0,00\u{a0}€", "€0.00"),
            (7, "0,07\u{a0}€", "€0.07"),
            (169_400, "1\u{202f}694,00\u{a0}€", "€1,694.00"),
            (123_456_789, "1\u{202f}234\u{202f}567,89\u{a0}€", "€1,234,567.89"),
            (-1694, "-16,94\u{a0}€", "-€16.94"),
        ] {
            assert_eq!((amount(Lang::Fr, cents).as_str(), amount(Lang::En, cents).as_str()), (fr, en));
        }
    }

    #[test]
    fn volumes_keep_every_byte() {
        let month = Day { year: 2026, month: 2, day: 1, weekday: 7 };
        let said = backup(month, 100_500_000_000, 100, 300);
        assert!(said.fr.contains("février 2026") && said.fr.contains("100,5\u{a0}Go"), "{}", said.fr);
        assert!(backup(month, 100_000_000_001, 100, 300).en.contains("100.000000001\u{a0}GB"));
        assert!(backup(month, 99_000_000_000, 100, 300).en.contains(" 99\u{a0}GB"));
    }
}

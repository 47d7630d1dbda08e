//! What becomes of each line of a file that is to change the list, before anything is changed.

use super::super::Lang;
use super::super::gate::Sentence;
use super::super::prompt::plain;
use super::{Column, both};

/// Longest piece of a file shown back, in characters.
const MAX_SHOWN: usize = 60;

/// Why a line of a file is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowFault {
    /// Nothing in a column that must say something.
    Missing(Column),
    /// A cell longer than so many characters.
    TooLong(Column, usize),
    /// Characters that no keyboard types: control characters, or such as turn the text around.
    Hidden(Column),
    /// A cell that a spreadsheet would run.
    Formula(Column, String),
    /// No number of a line.
    NoNumber(String),
    /// No kind known.
    NoKind(String),
    /// No day.
    NoDay(Column, String),
    /// No SIRET.
    NoSiret(String),
    /// A number that a spreadsheet has rounded or shortened.
    Spoilt(Column, String),
    /// No state known, or a state without its day.
    NoState(String),
    /// No way of coming in known, or one without its day.
    NoEntry(String),
    /// No name of an asset or a hash in hexadecimal digits.
    NoHex(Column, String),
    /// There is no such line in the list.
    NoLine(u32),
    /// The line has ended; ended lines stay as they are.
    Ended(u32),
    /// What a line said when it came in stays.
    Fixed(u32, Column),
    /// It would end before it began.
    EndsBefore,
    /// The serial number stands on an earlier line of the file.
    TwiceInFile(String, usize),
    /// The same line of the list is meant by an earlier line of the file.
    SameLine(u32, usize),
    /// The serial number, or the asset, stands on another line of the list.
    TwiceInList(String, u32),
    /// Several lines of the list have this serial number.
    Which(String),
    /// More cells than the header has columns.
    Cells(usize, usize),
    /// Something stands behind the closing quote of a cell.
    Quote,
    /// A line longer than a line may be.
    Longer(usize),
}

/// Why a file is not read at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileFault {
    /// Nothing in it.
    Empty,
    /// More bytes than a list can have.
    Big(usize),
    /// A spreadsheet or another thing that is no text.
    NoText,
    /// Text of two bytes a character.
    Utf16,
    /// A header that names none of the columns needed.
    Header,
    /// A column that stands there twice.
    Twice(Column),
    /// A quote that is opened on this line and never closed.
    OpenQuote(usize),
    /// More lines than a list can have.
    Many(usize),
    /// JSON that is no GLPI inventory of a machine.
    NoInventory,
}

impl RowFault {
    /// What to do about it.
    pub fn sentence(&self) -> Sentence {
        let shown = |text: &str| plain(text, MAX_SHOWN);
        let about = |column: &Column, fr: &str, en: &str| {
            let name = column.named();
            both(format!("«\u{a0}{}\u{a0}» {fr}", name.fr), format!("“{}” {en}", name.en))
        };
        let of = |column: &Column, text: &str, fr: &str, en: &str| {
            let (name, text) = (column.named(), shown(text));
            both(
                format!("«\u{a0}{}\u{a0}»\u{a0}: «\u{a0}{text}\u{a0}» {fr}", name.fr),
                format!("“{}”: “{text}” {en}", name.en),
            )
        };
        match self {
            Self::Missing(column) => {
                about(column, "est vide\u{a0}: il faut une valeur.", "is empty: it needs a value.")
            }
            Self::TooLong(column, most) => about(
                column,
                &format!("dépasse {most} caractères\u{a0}: raccourcissez le texte."),
                &format!("has more than {most} characters: shorten the text."),
            ),
            Self::Hidden(column) => about(
                column,
                "contient des caractères invisibles\u{a0}: retapez le texte.",
                "holds invisible characters: type the text again.",
            ),
            Self::Formula(column, text) => of(
                column,
                text,
                "commence comme une formule de tableur\u{a0}: retirez le premier caractère, ou mettez une apostrophe droite devant.",
                "begins like a spreadsheet’s formula: take the first character away, or put a straight apostrophe in front.",
            ),
            Self::NoNumber(text) => of(
                &Column::No,
                text,
                "n’est pas un numéro de ligne\u{a0}: laissez la case vide pour un nouvel équipement.",
                "is no line’s number: leave the cell empty for new equipment.",
            ),
            Self::NoKind(text) => of(
                &Column::Kind,
                text,
                "n’est pas un type connu\u{a0}: ordinateur, serveur, écran, imprimante, réseau, stockage, onduleur, téléphone ou autre.",
                "is no kind known here: computer, server, screen, printer, network, storage, power supply, phone or other.",
            ),
            Self::NoDay(column, text) => of(
                column,
                text,
                "n’est pas une date\u{a0}: écrivez 12/03/2026 ou 2026-03-12.",
                "is no date: write 12/03/2026 or 2026-03-12.",
            ),
            Self::NoSiret(text) => of(
                &Column::Site,
                text,
                "n’est pas un SIRET de quatorze chiffres dont la clé est juste\u{a0}: vérifiez chaque chiffre.",
                "is no SIRET of fourteen digits whose check digit is right: check each digit.",
            ),
            Self::Spoilt(column, text) => of(
                column,
                text,
                "a été abîmé par un tableur (zéros perdus ou nombre arrondi)\u{a0}: mettez la colonne au format Texte et retapez-le.",
                "was spoilt by a spreadsheet (zeros lost or number rounded): make the column Text and type it again.",
            ),
            Self::NoState(text) => of(
                &Column::Grade,
                text,
                "n’est pas un état avec sa date\u{a0}: bon, à surveiller, défaillant ou non mesurable, et le jour du constat.",
                "is no state with its day: good, to be watched, failing or not measurable, and the day it was seen.",
            ),
            Self::NoEntry(text) => of(
                &Column::Entered,
                text,
                "n’est pas une entrée connue\u{a0}: convenu, notifié ou vu, les deux derniers avec leur date.",
                "is no entry known here: agreed, notified or seen, the latter two with their day.",
            ),
            Self::NoHex(column, text) => of(
                column,
                text,
                "n’est pas fait des chiffres hexadécimaux attendus\u{a0}: reprenez la valeur de l’export.",
                "is not made of the hexadecimal digits needed: take the value of the export.",
            ),
            Self::NoLine(no) => both(
                format!(
                    "la ligne n°\u{a0}{no} n’est pas dans la liste\u{a0}: laissez le numéro vide pour un nouvel équipement."
                ),
                format!("line no. {no} is not in the list: leave the number empty for new equipment."),
            ),
            Self::Ended(no) => both(
                format!(
                    "la ligne n°\u{a0}{no} est sortie de la liste et ne change plus\u{a0}: ajoutez l’équipement sans numéro s’il revient."
                ),
                format!(
                    "line no. {no} has left the list and changes no more: add the equipment without a number if it comes back."
                ),
            ),
            Self::Fixed(no, column) => {
                let name = column.named();
                both(
                    format!(
                        "«\u{a0}{}\u{a0}» de la ligne n°\u{a0}{no} ne se change pas\u{a0}: terminez cette ligne et ajoutez-en une autre.",
                        name.fr
                    ),
                    format!(
                        "“{}” of line no. {no} can’t be changed: end that line and add another.",
                        name.en
                    ),
                )
            }
            Self::EndsBefore => both(
                "la fin de couverture précède son début\u{a0}: vérifiez les deux dates.",
                "cover ends before it begins: check both dates.",
            ),
            Self::TwiceInFile(text, line) => {
                let text = shown(text);
                both(
                    format!(
                        "le numéro de série «\u{a0}{text}\u{a0}» est déjà à la ligne {line} du fichier\u{a0}: gardez-en une seule."
                    ),
                    format!(
                        "the serial number “{text}” stands on line {line} of the file already: keep one of them."
                    ),
                )
            }
            Self::SameLine(no, line) => both(
                format!(
                    "la ligne {line} du fichier parle déjà de la ligne n°\u{a0}{no} de la liste\u{a0}: gardez-en une seule."
                ),
                format!(
                    "line {line} of the file speaks of line no. {no} of the list already: keep one of them."
                ),
            ),
            Self::TwiceInList(text, no) => {
                let text = shown(text);
                both(
                    format!(
                        "«\u{a0}{text}\u{a0}» est déjà à la ligne n°\u{a0}{no} de la liste\u{a0}: changez plutôt cette ligne, ou terminez-la."
                    ),
                    format!(
                        "“{text}” stands on line no. {no} of the list already: change that line instead, or end it."
                    ),
                )
            }
            Self::Which(text) => {
                let text = shown(text);
                both(
                    format!(
                        "plusieurs lignes de la liste portent le numéro de série «\u{a0}{text}\u{a0}»\u{a0}: donnez le n° de ligne."
                    ),
                    format!(
                        "several lines of the list have the serial number “{text}”: give the line’s number."
                    ),
                )
            }
            Self::Cells(found, columns) => both(
                format!(
                    "{found} cases pour {columns} colonnes\u{a0}: un séparateur de trop, ou des guillemets oubliés."
                ),
                format!("{found} cells for {columns} columns: a separator too many, or quotes forgotten."),
            ),
            Self::Quote => both(
                "du texte suit un guillemet fermant\u{a0}: doublez les guillemets qui font partie du texte.",
                "text follows a closing quote: double the quotes that belong to the text.",
            ),
            Self::Longer(most) => both(
                format!("la ligne dépasse {most} octets\u{a0}: ce n’est pas une ligne de liste."),
                format!("the line has more than {most} bytes: that is no line of a list."),
            ),
        }
    }
}

impl FileFault {
    /// What to do about it.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Empty => both("le fichier est vide.", "the file is empty."),
            Self::Big(most) => both(
                format!("le fichier dépasse {most} octets\u{a0}: ce n’est pas une liste d’équipements."),
                format!("the file has more than {most} bytes: that is no list of equipment."),
            ),
            Self::NoText => both(
                "ce fichier n’est pas du texte\u{a0}: dans le tableur, enregistrez sous «\u{a0}CSV UTF-8\u{a0}».",
                "this file is no text: in the spreadsheet, save it as “CSV UTF-8”.",
            ),
            Self::Utf16 => both(
                "ce fichier est en UTF-16\u{a0}: dans le tableur, enregistrez sous «\u{a0}CSV UTF-8\u{a0}».",
                "this file is UTF-16: in the spreadsheet, save it as “CSV UTF-8”.",
            ),
            Self::Header => both(
                "la première ligne ne nomme pas les colonnes\u{a0}: il faut au moins «\u{a0}libellé\u{a0}» et «\u{a0}type\u{a0}», ou un export de GLPI.",
                "the first line does not name the columns: it needs at least “label” and “kind”, or an export of GLPI.",
            ),
            Self::Twice(column) => {
                let name = column.named();
                both(
                    format!(
                        "la colonne «\u{a0}{}\u{a0}» est là deux fois\u{a0}: gardez-en une seule.",
                        name.fr
                    ),
                    format!("the column “{}” stands there twice: keep one of them.", name.en),
                )
            }
            Self::OpenQuote(line) => both(
                format!("des guillemets ouverts à la ligne {line} ne se ferment pas."),
                format!("quotes opened on line {line} are never closed."),
            ),
            Self::Many(most) => both(
                format!(
                    "le fichier a plus de {most} lignes\u{a0}: une liste en a moins, faites un contrat par établissement."
                ),
                format!(
                    "the file has more than {most} lines: a list has fewer, make a contract for each establishment."
                ),
            ),
            Self::NoInventory => both(
                "ce JSON n’est pas l’inventaire GLPI d’une machine\u{a0}: exportez-le de l’agent, ou donnez un CSV.",
                "this JSON is no GLPI inventory of a machine: export it from the agent, or give a CSV.",
            ),
        }
    }
}

/// A new line would be added, under this number.
pub fn new(no: u32, label: &str) -> Sentence {
    let label = plain(label, MAX_SHOWN);
    both(format!("nouvelle ligne n°\u{a0}{no}\u{a0}: {label}."), format!("new line no. {no}: {label}."))
}

/// The list says this already.
pub fn same(no: u32) -> Sentence {
    both(format!("identique à la ligne n°\u{a0}{no}."), format!("the same as line no. {no}."))
}

/// A line would say something else: what, and from what to what.
pub fn changes(no: u32, what: &[(Column, String, String)]) -> Sentence {
    let shown = |text: &str| if text.is_empty() { "–".to_owned() } else { plain(text, MAX_SHOWN) };
    let part = |name: &str, from: &str, to: &str| format!("{name} {} → {}", shown(from), shown(to));
    let all = |named: fn(Sentence) -> String| {
        let parts = what.iter().map(|(column, from, to)| part(&named(column.named()), from, to));
        parts.collect::<Vec<_>>().join(", ")
    };
    both(
        format!("change la ligne n°\u{a0}{no}\u{a0}: {}.", all(|name| name.fr)),
        format!("changes line no. {no}: {}.", all(|name| name.en)),
    )
}

/// What becomes of a line of the file, with its number.
pub fn on_line(line: usize, why: &Sentence) -> Sentence {
    let Sentence { fr, en } = why;
    both(format!("Ligne {line}\u{a0}: {fr}"), format!("Line {line}: {en}"))
}

/// Columns of the file that mean nothing here.
pub fn ignored(lang: Lang, names: &[String]) -> String {
    let names = plain(&names.join(", "), 4 * MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Colonnes laissées de côté\u{a0}: {names}."),
        Lang::En => format!("Columns left aside: {names}."),
    }
}

/// Lines of the list that the file does not name.
pub fn unnamed(lang: Lang, lines: &[u32]) -> String {
    let lines = plain(&lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", "), 4 * MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Le fichier ne parle pas de ces lignes de la liste, qui restent\u{a0}: {lines}."),
        Lang::En => format!("The file does not speak of these lines of the list, which stay: {lines}."),
    }
}

/// Some lines can't be taken, so none is.
pub fn blocked(lang: Lang, bad: usize) -> String {
    match lang {
        Lang::Fr => format!(
            "Rien n’a changé\u{a0}: corrigez les lignes refusées ({bad}), puis importez le fichier à nouveau."
        ),
        Lang::En => format!(
            "Nothing has changed: correct the lines that are refused ({bad}), then import the file again."
        ),
    }
}

/// All lines can be taken.
pub const fn can_be_taken(lang: Lang) -> &'static str {
    lang.pick(
        "Rien n’a changé encore. Tout le fichier peut être pris\u{a0}: ajoutez --apply pour en proposer la version suivante.",
        "Nothing has changed yet. All of the file can be taken: add --apply to propose it as the next version.",
    )
}

/// A file was written.
pub fn written(lang: Lang, path: &str, version: u32, hash: &str) -> String {
    let path = plain(path, 4 * MAX_SHOWN);
    match lang {
        Lang::Fr => format!("{path}\u{a0}: version {version}, empreinte {hash}."),
        Lang::En => format!("{path}: version {version}, hash {hash}."),
    }
}

/// A file could not be written.
pub fn unwritten(lang: Lang, path: &str, why: &str) -> String {
    let (path, why) = (plain(path, 4 * MAX_SHOWN), plain(why, 4 * MAX_SHOWN));
    match lang {
        Lang::Fr => format!("{path} ne peut pas être écrit (détail, en anglais\u{a0}: {why})."),
        Lang::En => format!("{path} can’t be written: {why}."),
    }
}

//! Which column of a file means what: by its name, in French or English, whatever its case, accents and punctuation; and GLPI's own.

use aval_protocol::text::Lang;
use aval_protocol::text::equipment::Column;
use aval_protocol::text::equipment::import::FileFault;
use aval_protocol::text::prompt::plain;

/// Most names shown back of columns that mean nothing here, and the longest of them.
const MAX_IGNORED: usize = 40;

/// What a column means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// One of the list's.
    Ours(Column),
    /// The last day covered, as people often write it: the day before [`Column::Until`].
    LastDay,
    /// Who made it.
    Maker,
    /// The maker's name for it.
    Model,
    /// Only GLPI has it.
    Glpi,
}

/// The columns of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// By place.
    pub fields: Vec<Option<Field>>,
    /// Whether it is GLPI's list of computers: its kinds and names are its administrator's, not ours.
    pub glpi: bool,
    /// Names that mean nothing here.
    pub ignored: Vec<String>,
}

/// Other names that people give our columns, as [`plainly`] leaves them.
const ALSO: [(&str, Field); 47] = [
    ("numero", Field::Ours(Column::No)),
    ("number", Field::Ours(Column::No)),
    ("ligne", Field::Ours(Column::No)),
    ("line", Field::Ours(Column::No)),
    ("typedequipement", Field::Ours(Column::Kind)),
    ("categorie", Field::Ours(Column::Kind)),
    ("category", Field::Ours(Column::Kind)),
    ("designation", Field::Ours(Column::Label)),
    ("description", Field::Ours(Column::Label)),
    ("equipement", Field::Ours(Column::Label)),
    ("equipment", Field::Ours(Column::Label)),
    ("nom", Field::Ours(Column::Label)),
    ("name", Field::Ours(Column::Label)),
    ("numeroserie", Field::Ours(Column::Serial)),
    ("ndeserie", Field::Ours(Column::Serial)),
    ("nserie", Field::Ours(Column::Serial)),
    ("serie", Field::Ours(Column::Serial)),
    ("serial", Field::Ours(Column::Serial)),
    ("serialno", Field::Ours(Column::Serial)),
    ("sn", Field::Ours(Column::Serial)),
    ("siret", Field::Ours(Column::Site)),
    ("etablissement", Field::Ours(Column::Site)),
    ("establishment", Field::Ours(Column::Site)),
    ("classe", Field::Ours(Column::Class)),
    ("class", Field::Ours(Column::Class)),
    ("tarif", Field::Ours(Column::Class)),
    ("rate", Field::Ours(Column::Class)),
    ("couvertdu", Field::Ours(Column::From)),
    ("couvertdepuis", Field::Ours(Column::From)),
    ("debut", Field::Ours(Column::From)),
    ("from", Field::Ours(Column::From)),
    ("pluscouvertle", Field::Ours(Column::Until)),
    ("notcoveredfrom", Field::Ours(Column::Until)),
    ("couvertjusquau", Field::LastDay),
    ("jusquau", Field::LastDay),
    ("dernierjour", Field::LastDay),
    ("lastday", Field::LastDay),
    ("coveredto", Field::LastDay),
    ("fabricant", Field::Maker),
    ("marque", Field::Maker),
    ("manufacturer", Field::Maker),
    ("modele", Field::Model),
    ("model", Field::Model),
    ("entite", Field::Glpi),
    ("entity", Field::Glpi),
    ("dernieremodification", Field::Glpi),
    ("lastupdate", Field::Glpi),
];

/// The meaning of a file's first row.
///
/// # Errors
/// [`FileFault`] when the columns that every line needs are not among them, or one is there twice.
pub fn header(cells: &[String]) -> Result<Header, FileFault> {
    let fields: Vec<Option<Field>> = cells.iter().map(|cell| field(cell)).collect();
    let ours = fields.iter().flatten().filter_map(|field| match field {
        Field::Ours(column) => Some(*column),
        _ => None,
    });
    let mut seen = Vec::new();
    for column in ours {
        if seen.contains(&column) {
            return Err(FileFault::Twice(column));
        }
        seen.push(column);
    }
    let has = |field| fields.contains(&Some(field));
    let glpi = has(Field::Glpi) && (has(Field::Maker) || has(Field::Model)) && !seen.contains(&Column::No);
    let enough = seen.contains(&Column::Label) && (glpi || seen.contains(&Column::Kind));
    // A file of numbers with what changes is enough too.
    if !enough && !seen.contains(&Column::No) {
        return Err(FileFault::Header);
    }
    let unknown =
        cells.iter().zip(&fields).filter(|(cell, field)| field.is_none() && !cell.trim().is_empty());
    let ignored = unknown.map(|(cell, _)| plain(cell, MAX_IGNORED)).take(MAX_IGNORED).collect();
    Ok(Header { fields, glpi, ignored })
}

fn field(cell: &str) -> Option<Field> {
    let name = plainly(cell);
    let is = |column: &Column| [Lang::Fr, Lang::En].iter().any(|&lang| plainly(column.name(lang)) == name);
    let also = || ALSO.iter().find(|(also, _)| *also == name).map(|&(_, field)| field);
    Column::ALL.into_iter().find(is).map(Field::Ours).or_else(also)
}

/// A name without case, accents, spaces and punctuation: `N° de série` is `ndeserie`.
pub(super) fn plainly(text: &str) -> String {
    let bare = |c: char| match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        c => c,
    };
    // A letter and an accent of its own say the same as both in one.
    text.chars()
        .take(200)
        .flat_map(char::to_lowercase)
        .map(bare)
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &str) -> Result<Header, FileFault> {
        header(&names.split(';').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_column_is_known_by_any_of_its_names() {
        let ours = |column| Some(Field::Ours(column));
        let header = of("N°;TYPE;De\u{301}signation;N° de série;Couvert jusqu’au;Couleur").unwrap();
        assert_eq!(
            header.fields,
            [
                ours(Column::No),
                ours(Column::Kind),
                ours(Column::Label),
                ours(Column::Serial),
                Some(Field::LastDay),
                None
            ]
        );
        assert_eq!((header.ignored, header.glpi), (vec!["Couleur".to_owned()], false));
        for lang in [Lang::Fr, Lang::En] {
            let names: Vec<_> = Column::ALL.iter().map(|column| column.name(lang).to_owned()).collect();
            let fields = super::header(&names).unwrap().fields;
            assert!(fields.iter().zip(Column::ALL).all(|(found, column)| *found == ours(column)), "{lang:?}");
        }
    }

    #[test]
    fn a_header_says_enough_or_is_refused() {
        assert_eq!(of("couleur;poids"), Err(FileFault::Header));
        assert_eq!(of("nom;serial"), Err(FileFault::Header));
        assert_eq!(of("nom;type;libellé"), Err(FileFault::Twice(Column::Label)));
        assert!(of("no;classe").is_ok());
        assert!(of("Nom;Entité;Statut;Fabricant;Numéro de série;Type;Modèle;Lieu").unwrap().glpi);
        assert!(of("Name;Entity;Status;Manufacturer;Serial number;Model;Last update").unwrap().glpi);
    }
}

//! What is said of releases: at the firm, at the relay, on the PC and on the desk.

use super::Lang;
use super::keys::{date, fingerprint};
use super::prompt::plain;
use crate::id::KeyId;
use crate::release::{Refused, Release, Unfit, Version};
use crate::wire::program::{ProgramState, ProgramWord};

/// Longest path or name shown, in characters.
const MAX_SHOWN: usize = 200;

/// A release key was made.
pub fn key_made(lang: Lang, secret: &str, public: &str, key: KeyId) -> String {
    let (secret, public) = (plain(secret, MAX_SHOWN), plain(public, MAX_SHOWN));
    let key = fingerprint(key);
    match lang {
        Lang::Fr => format!(
            "Clé de publication\u{a0}: {key}\nGardez {secret} hors ligne, dans un coffre\u{a0}: qui l’a choisit le programme de \
             tous vos postes. {public} va dans l’installateur (--release-key), ou à la main\u{a0}: aval-agent enrol --release-key {public}."
        ),
        Lang::En => format!(
            "Release key: {key}\nKeep {secret} off line, in a safe: whoever has it chooses the program of all your machines. \
             {public} goes into the installer (--release-key), or by hand: aval-agent enrol --release-key {public}."
        ),
    }
}

/// A manifest was signed.
pub fn signed(lang: Lang, release: &Release, file: &str) -> String {
    let (listed, file) = (list(lang, release), plain(file, MAX_SHOWN));
    match lang {
        Lang::Fr => format!(
            "{listed}\nPortez {file} et les fichiers sur chaque relais\u{a0}: aval-relay release put --data DOSSIER {file} FICHIER…"
        ),
        Lang::En => format!(
            "{listed}\nTake {file} and the files to each relay: aval-relay release put --data FOLDER {file} FILE…"
        ),
    }
}

/// On the PC: whose releases it takes.
pub fn followed(lang: Lang, key: KeyId) -> String {
    let key = fingerprint(key);
    match lang {
        Lang::Fr => format!("Nouvelles versions\u{a0}: seulement celles que signe la clé {key}"),
        Lang::En => format!("New versions: only those signed by the key {key}"),
    }
}

/// The key was replaced.
pub fn rotated(lang: Lang, old: &str, public: &str, key: KeyId) -> String {
    let (old, public, key) = (plain(old, MAX_SHOWN), plain(public, MAX_SHOWN), fingerprint(key));
    match lang {
        Lang::Fr => format!(
            "Nouvelle clé de publication\u{a0}: {key}\nL’ancienne, gardée dans {old}, l’a désignée dans le manifeste\u{a0}: portez-le \
             sur les relais, les postes suivent d’eux-mêmes. Prenez {public} pour les prochains installateurs."
        ),
        Lang::En => format!(
            "New release key: {key}\nThe old one, kept in {old}, named it in the manifest: take that to the relays, and the \
             machines follow by themselves. Take {public} for the next installers."
        ),
    }
}

/// Nothing was ever signed here, so no PC can learn of another key.
pub fn nothing_signed(lang: Lang) -> &'static str {
    lang.pick(
        "Rien n’a encore été publié avec cette clé\u{a0}: signez une version d’abord, ou faites une autre clé et donnez-la aux postes.",
        "Nothing was released with this key yet: sign a version first, or make another key and give it to the machines.",
    )
}

/// What a manifest says.
pub fn list(lang: Lang, release: &Release) -> String {
    let Release { edition, version, floor, at, until, spread_s, files } = release;
    let (at, until, minutes) = (date(lang, *at), date(lang, *until), spread_s / 60);
    let mut said = match lang {
        Lang::Fr => format!(
            "Version {version}, édition {edition} du {at}, valable jusqu’au {until}. Plus ancienne version encore admise\u{a0}: {floor}. \
             Les postes la prennent en {minutes}\u{a0}min."
        ),
        Lang::En => format!(
            "Version {version}, edition {edition} of {at}, good until {until}. Oldest version that may serve: {floor}. The machines \
             take it within {minutes} min."
        ),
    };
    for part in files {
        let hash = crate::hex::encode(&part.sha256);
        said.push_str(&format!("\n  {} {} {} {hash}", part.system, part.name, part.length));
    }
    said
}

/// A file says another version than the one to be released.
pub fn other_version(lang: Lang, file: &str, says: Option<Version>, wanted: Version) -> String {
    let file = plain(file, MAX_SHOWN);
    let says = says.map_or_else(|| "?".to_owned(), |version| version.to_string());
    match lang {
        Lang::Fr => format!("{file} est de la version {says}, non {wanted}\u{a0}: rien n’est signé."),
        Lang::En => format!("{file} is of version {says}, not {wanted}: nothing is signed."),
    }
}

/// A file that is part of no release.
pub fn no_part(lang: Lang, file: &str) -> String {
    let file = plain(file, MAX_SHOWN);
    match lang {
        Lang::Fr => format!(
            "{file}\u{a0}: une version se compose de aval-agent.exe, aval-agent-prompt.exe et aval-agent_VERSION_amd64.deb."
        ),
        Lang::En => format!(
            "{file}: a release is made of aval-agent.exe, aval-agent-prompt.exe and aval-agent_VERSION_amd64.deb."
        ),
    }
}

/// A version lower than the one that was signed last.
pub fn goes_back(lang: Lang, last: Version) -> String {
    match lang {
        Lang::Fr => format!(
            "La dernière version signée est {last}\u{a0}: les postes refusent tout retour. Publiez la correction sous un numéro plus haut."
        ),
        Lang::En => format!(
            "The version signed last is {last}: machines refuse to go back. Release what mends it under a higher number."
        ),
    }
}

/// A release that makes no sense.
pub const fn unfit(lang: Lang, why: Unfit) -> &'static str {
    match why {
        Unfit::Floor => lang.pick(
            "La plus ancienne version admise est au-dessus de la version publiée.",
            "The oldest version that may serve is above the version released.",
        ),
        Unfit::Ended => lang.pick("Elle finirait avant de commencer.", "It would end before it begins."),
        Unfit::Spread => lang.pick("Étalez-la sur une semaine au plus.", "Spread it over a week at most."),
        Unfit::Files => lang.pick(
            "Il faut de 1 à 8 fichiers, chacun sous son nom.",
            "1 to 8 files are needed, each of a name of its own.",
        ),
        Unfit::Name => lang.pick("Un nom de fichier n’en est pas un.", "A file’s name is none."),
        Unfit::Length => lang
            .pick("Un fichier est vide ou dépasse 256\u{a0}Mio.", "A file is empty or longer than 256 MiB."),
        Unfit::Windows => lang.pick(
            "aval-agent.exe et aval-agent-prompt.exe vont ensemble.",
            "aval-agent.exe and aval-agent-prompt.exe go together.",
        ),
    }
}

/// A manifest that is refused.
pub fn refused(lang: Lang, why: Refused) -> String {
    match (lang, why) {
        (Lang::Fr, Refused::OtherKey) => "Signé par une autre clé de publication.".to_owned(),
        (Lang::Fr, Refused::BadSignature) => "La signature ne correspond pas.".to_owned(),
        (Lang::Fr, Refused::Unreadable) => "Ce n’est pas un manifeste lisible.".to_owned(),
        (Lang::Fr, Refused::Rollback { shown, known }) => {
            format!("L’édition {shown} est plus ancienne que l’édition {known}, déjà connue.")
        }
        (Lang::Fr, Refused::Differs(edition)) => format!("Deux manifestes de l’édition {edition} diffèrent."),
        (Lang::Fr, Refused::VersionBack) => "La version recule.".to_owned(),
        (Lang::Fr, Refused::FloorBack) => "La plus ancienne version admise recule.".to_owned(),
        (Lang::Fr, Refused::Expired) => "Le manifeste a expiré\u{a0}: signez-en un nouveau.".to_owned(),
        (Lang::En, Refused::Expired) => "The manifest has ended: sign a new one.".to_owned(),
        (Lang::En, why) => format!("Refused: {why}."),
    }
}

/// A file on the relay's shelf is missing or is another one.
pub fn not_listed(lang: Lang, file: &str) -> String {
    let file = plain(file, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("{file} n’est pas dans le manifeste, ou a changé depuis la signature."),
        Lang::En => format!("{file} is not in the manifest, or was changed since it was signed."),
    }
}

/// The manifest speaks of a file that was not given.
pub fn missing(lang: Lang, file: &str) -> String {
    let file = plain(file, MAX_SHOWN);
    match lang {
        Lang::Fr => format!("Il manque {file}, que le manifeste nomme."),
        Lang::En => format!("{file}, which the manifest names, is missing."),
    }
}

/// The relay has it.
pub fn put(lang: Lang, release: &Release) -> String {
    let listed = list(lang, release);
    match lang {
        Lang::Fr => format!("{listed}\nLe relais en service l’annonce aussitôt. Chaque poste juge lui-même."),
        Lang::En => format!(
            "{listed}\nThe relay, if it serves, announces it at once. Each machine judges for itself."
        ),
    }
}

/// The relay has nothing.
pub fn nothing(lang: Lang) -> &'static str {
    lang.pick("Aucune version sur ce relais.", "No release on this relay.")
}

/// How the program of a PC stands, for its person and for the desk.
pub fn state(lang: Lang, word: &ProgramWord) -> String {
    let ProgramWord { version, newest, state, below_floor } = word;
    let newer = newest.filter(|newest| newest > version);
    let mut said = match (lang, newer) {
        (Lang::Fr, None) => format!("Programme\u{a0}: version {version}."),
        (Lang::En, None) => format!("Program: version {version}."),
        (Lang::Fr, Some(newest)) => {
            format!("Programme\u{a0}: version {version}\u{a0}; la {newest} est publiée.")
        }
        (Lang::En, Some(newest)) => format!("Program: version {version}; {newest} is released."),
    };
    let why = why(lang, *state);
    if !why.is_empty() {
        said.push(' ');
        said.push_str(why);
    }
    if *below_floor {
        said.push(' ');
        said.push_str(below(lang));
    }
    said
}

const fn below(lang: Lang) -> &'static str {
    lang.pick(
        "Cette version est trop ancienne pour servir\u{a0}: aucune session avant la mise à jour.",
        "This version is too old to serve: no session before it is updated.",
    )
}

const fn why(lang: Lang, state: ProgramState) -> &'static str {
    match state {
        ProgramState::Current => lang.pick("À jour.", "Up to date."),
        ProgramState::Packaged => lang.pick(
            "Mettez à jour\u{a0}: sudo apt install ./aval-agent_…_amd64.deb (le paquet de la page d’installation).",
            "Update it: sudo apt install ./aval-agent_…_amd64.deb (the install page’s package).",
        ),
        ProgramState::Waiting => lang.pick("Elle sera prise à son tour.", "It is fetched when its turn comes."),
        ProgramState::Fetching => lang.pick("Elle arrive.", "It is being fetched."),
        ProgramState::Staged => lang.pick(
            "Elle est là et attend qu’aucune session ne soit en cours.",
            "It is there and waits until no session runs.",
        ),
        ProgramState::Offline => {
            lang.pick("Elle est là et attend la ligne vers le relais.", "It is there and waits for the line to the relay.")
        }
        ProgramState::Proving => lang.pick("Elle fait ses preuves.", "It proves itself."),
        ProgramState::PutBack => lang.pick(
            "Elle n’a pas fait ses preuves sur ce PC\u{a0}: la version précédente est revenue.",
            "It did not prove itself on this PC: the version before is back.",
        ),
        ProgramState::Off => lang.pick(
            "Les mises à jour sont coupées sur ce PC (agent.toml).",
            "Updates are turned off on this PC (agent.toml).",
        ),
        ProgramState::NoKey => lang.pick(
            "Aucune clé de publication n’a été donnée à ce PC\u{a0}: il ne se met pas à jour seul.",
            "No release key was given to this PC: it does not update itself.",
        ),
        ProgramState::Stale => lang.pick(
            "La dernière annonce a expiré et rien de plus récent n’est venu\u{a0}: prévenez le prestataire.",
            "The newest announcement has ended and nothing newer came: tell the provider.",
        ),
        ProgramState::Refused => lang.pick(
            "Ce que le relais annonce est refusé\u{a0}: prévenez le prestataire.",
            "What the relay announces is refused: tell the provider.",
        ),
        ProgramState::Failed => lang.pick(
            "Elle n’a pas pu être mise en place\u{a0}; le journal du service dit pourquoi.",
            "It could not be put in place; the service’s log says why.",
        ),
        ProgramState::Unheard | ProgramState::Unknown(_) => "",
    }
}

/// Whether somebody should look at it.
pub const fn is_worrying(word: &ProgramWord) -> bool {
    word.below_floor
        || matches!(
            word.state,
            ProgramState::PutBack | ProgramState::Stale | ProgramState::Refused | ProgramState::Failed
        )
}

/// The program changed.
pub fn changed(lang: Lang, from: Version, to: Version) -> String {
    match (lang, from < to) {
        (Lang::Fr, true) => format!("Programme mis à jour de {from} à {to}."),
        (Lang::Fr, false) => format!("Programme ramené de {from} à {to}."),
        (Lang::En, true) => format!("Program updated from {from} to {to}."),
        (Lang::En, false) => format!("Program taken back from {from} to {to}."),
    }
}

/// A new program did not prove itself.
pub fn put_back(lang: Lang, version: Version) -> String {
    match lang {
        Lang::Fr => {
            format!("La version {version} n’a pas fait ses preuves\u{a0}: la précédente a été remise.")
        }
        Lang::En => format!("Version {version} did not prove itself: the one before was put back."),
    }
}

//! Where the contract record is: the file in the relay's folder, or a PostgreSQL database whose password nobody is shown.

use std::fmt;
use std::str::FromStr;

/// Where the record is.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum StorePlace {
    /// In the relay's folder, in one file.
    #[default]
    Sqlite,
    /// In the database with this address; [`Store::connect`](super::Store::connect) says how it is written.
    Postgres(String),
}

/// A text that names no such place. It is not repeated: there may be a password in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("write sqlite, or postgres://USER@/DATABASE?host=/run/postgresql")]
pub struct BadStorePlace;

impl StorePlace {
    /// A text with each password in an address replaced: what a person may be shown.
    pub fn without_password(text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("://") {
            let (before, after) = rest.split_at(at + 3);
            shown.push_str(before);
            let address =
                after.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).unwrap_or(after.len());
            let (address, behind) = after.split_at(address);
            match address.rsplit_once('@') {
                Some((who, place)) => {
                    let user = who.split_once(':').map_or(who.to_owned(), |(user, _)| format!("{user}:…"));
                    shown.extend([user.as_str(), "@", place]);
                }
                None => shown.push_str(address),
            }
            rest = behind;
        }
        shown.push_str(rest);
        match shown.split_once("password=") {
            Some((before, _)) => format!("{before}password=…"),
            None => shown,
        }
    }
}

impl FromStr for StorePlace {
    type Err = BadStorePlace;
    fn from_str(text: &str) -> Result<Self, BadStorePlace> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            _ if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => Err(BadStorePlace),
        }
    }
}

impl fmt::Debug for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite => f.write_str("Sqlite"),
            Self::Postgres(place) => write!(f, "Postgres({})", Self::without_password(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_passwords_is_left_out() {
        for (text, shown) in [
            ("", ""),
            ("no address", "no address"),
            ("postgres://aval@/aval?host=/run", "postgres://aval@/aval?host=/run"),
            ("postgres://a:p@h/d", "postgres://a:…@h/d"),
            ("postgres://a:p:@p@h/d and https://x/", "postgres://a:…@h/d and https://x/"),
            ("postgres://a@h/d?password=p&x=y", "postgres://a@h/d?password=…"),
            ("store = \"postgres://a:p@h/d\" x", "store = \"postgres://a:…@h/d\" x"),
        ] {
            assert_eq!(StorePlace::without_password(text), shown);
        }
    }
}

//! Packages and acceptances in the record: rows that are only added.

use aval_protocol::id::{AgentId, UnixSeconds};
use aval_protocol::text::Lang;
use aval_protocol::text::install::PackageKind;
use aval_protocol::wire::enrol::Accepted;

use super::Store;
use super::codes::{issued, used_by};
use super::read::{col, contract_id, moment, unreadable};
use crate::records::code::Code;
use crate::records::installs::{AcceptError, Acceptance, MAX_FILE, MOST_PER_CODE, Package, Via};
use crate::records::sql::{Row, Tx, values};
use crate::records::{Author, RedeemError, StoreError};

/// Longest version, in bytes.
const MAX_VERSION: usize = 32;

const ACCEPTANCES: &str = "
    SELECT x.*, c.contract, k.client, a.id AS agent
    FROM acceptances x
    JOIN codes c ON c.hash = x.code
    JOIN contracts k ON k.id = c.contract
    LEFT JOIN agents a ON a.code = x.code";

impl Store {
    /// Records a package that is handed out from now on.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a file of that name was recorded: what people agreed to under a name stays what it was;
    /// [`StoreError::Invalid`], [`StoreError::Unavailable`].
    pub fn add_package(&self, package: &Package, by: &Author, at: UnixSeconds) -> Result<(), StoreError> {
        let Package { file, version, arch, size, installed_kib, sha256 } = package;
        let fits = (1..=MAX_FILE).contains(&file.len()) && (1..=MAX_VERSION).contains(&version.len());
        let (Ok(size), Ok(installed_kib), true) = (i64::try_from(*size), i64::try_from(*installed_kib), fits)
        else {
            return Err(StoreError::Invalid("the package’s name, version or size is too long".to_owned()));
        };
        self.write(|tx| {
            let added = tx.execute(
                "INSERT INTO packages (file, version, arch, size, installed_kib, sha256, author, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (file) DO NOTHING",
                values![file, version, arch, size, installed_kib, sha256, by.to_string(), at.0],
            )?;
            match added {
                0 => Err(StoreError::Conflict(format!("a package {file} is recorded already"))),
                _ => Ok(()),
            }
        })
    }

    /// The packages that are handed out now: of each kind the one recorded last, what most people want first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn packages(&self) -> Result<Vec<Package>, StoreError> {
        let all = self.read(|tx| {
            tx.rows("SELECT * FROM packages ORDER BY n DESC", values![])?
                .iter()
                .map(package)
                .collect::<Result<Vec<_>, _>>()
        })?;
        let newest = |kind| all.iter().find(|package| package.kind() == kind);
        Ok(PackageKind::ALL.into_iter().filter_map(newest).cloned().collect())
    }

    /// Records that whoever holds this code agreed to the installation of this package. `id` stands for the download that follows.
    ///
    /// # Errors
    /// [`AcceptError`]; nothing was recorded.
    pub fn accept(
        &self,
        code: &str,
        package: &Package,
        lang: Lang,
        id: [u8; 32],
        at: UnixSeconds,
    ) -> Result<(), AcceptError> {
        let hash = Code::from_typed(code).ok_or(RedeemError::Unknown)?.hash();
        self.write(|tx| {
            let (_, expires_at) = issued(tx, &hash)?.ok_or(RedeemError::Unknown)?;
            if used_by(tx, &hash)?.is_some() {
                return Err(RedeemError::Used.into());
            }
            if at >= expires_at {
                return Err(RedeemError::Expired.into());
            }
            if count(tx, &hash)? >= MOST_PER_CODE {
                return Err(AcceptError::TooOften);
            }
            let agreed = Agreed { via: Via::Page, version: &package.version, sha256: &package.sha256, lang };
            Ok(add(tx, Some(&id), &hash, &agreed, at)?)
        })
    }

    /// What was agreed to under the download's `id`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn acceptance(&self, id: [u8; 32]) -> Result<Option<Acceptance>, StoreError> {
        self.read(|tx| {
            tx.first(&format!("{ACCEPTANCES} WHERE x.id = ?1"), values![id])?
                .as_ref()
                .map(acceptance)
                .transpose()
        })
    }

    /// Every acceptance, the newest last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn acceptances(&self) -> Result<Vec<Acceptance>, StoreError> {
        self.read(|tx| {
            tx.rows(&format!("{ACCEPTANCES} ORDER BY x.n"), values![])?.iter().map(acceptance).collect()
        })
    }
}

/// What is agreed to, as a row has it.
struct Agreed<'a> {
    via: Via,
    version: &'a str,
    sha256: &'a [u8; 32],
    lang: Lang,
}

/// Records what was agreed to in the terminal, unless the install page has the agreement already.
pub(super) fn accepted_in_terminal(
    tx: &Tx<'_>,
    code: &[u8; 32],
    accepted: &Accepted,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    if count(tx, code)? > 0 {
        return Ok(());
    }
    let Accepted { version, sha256, lang } = accepted;
    if version.is_empty() || version.len() > MAX_VERSION || version.chars().any(char::is_control) {
        return Err(StoreError::Invalid("the program’s version is none".to_owned()));
    }
    add(tx, None, code, &Agreed { via: Via::Terminal, version, sha256, lang: *lang }, at)
}

fn add(
    tx: &Tx<'_>,
    id: Option<&[u8; 32]>,
    code: &[u8; 32],
    agreed: &Agreed<'_>,
    at: UnixSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO acceptances (id, code, via, version, sha256, lang, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        values![
            id,
            code,
            agreed.via.label(),
            agreed.version,
            agreed.sha256,
            agreed.lang.pick("fr", "en"),
            at.0
        ],
    )?;
    Ok(())
}

fn count(tx: &Tx<'_>, code: &[u8; 32]) -> Result<usize, StoreError> {
    let count = tx.count("SELECT count(*) FROM acceptances WHERE code = ?1", values![code])?;
    usize::try_from(count).map_err(|_| unreadable("count"))
}

fn package(row: &Row) -> Result<Package, StoreError> {
    let length = |name| u64::try_from(col::<i64>(row, name)?).map_err(|_| unreadable(name));
    Ok(Package {
        file: col(row, "file")?,
        version: col(row, "version")?,
        arch: col(row, "arch")?,
        size: length("size")?,
        installed_kib: length("installed_kib")?,
        sha256: col(row, "sha256")?,
    })
}

fn acceptance(row: &Row) -> Result<Acceptance, StoreError> {
    let lang = match col::<String>(row, "lang")?.as_str() {
        "fr" => Lang::Fr,
        "en" => Lang::En,
        _ => return Err(unreadable("language")),
    };
    Ok(Acceptance {
        at: moment(row, "at")?,
        via: Via::from_label(&col::<String>(row, "via")?).ok_or_else(|| unreadable("way of agreeing"))?,
        version: col(row, "version")?,
        sha256: col(row, "sha256")?,
        lang,
        code: col(row, "code")?,
        contract: contract_id(row, "contract")?,
        client: col(row, "client")?,
        agent: col::<Option<[u8; 16]>>(row, "agent")?.map(AgentId),
    })
}

//! What was installed at clients and who agreed to it (clause 4.5): packages that the firm hands out, acceptances of them.
//!
//! An acceptance holds no person and no address of the network: the moment, the version, the hash of what was agreed to, the
//! language it was read in, and the code that was shown – as its hash, which leads to contract and machine.

use aval_protocol::id::{AgentId, ContractId, UnixSeconds};
use aval_protocol::text::Lang;
use aval_protocol::text::install::PackageKind;

use super::code::Code;
use super::{RedeemError, StoreError};

/// Longest name of a package's file, in bytes.
pub const MAX_FILE: usize = 80;
/// Acceptances that one code may bring: somebody who loses a download tries again, a few times.
pub const MOST_PER_CODE: usize = 20;

/// A package as the firm hands it out: the same bytes for everybody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Package {
    /// Its file's name: `aval-agent_0.1.0_amd64.deb`.
    pub file: String,
    /// The version in it.
    pub version: String,
    /// The kind of machine it is for, as its system names it: `amd64`, `x64`.
    pub arch: String,
    /// Its length in bytes.
    pub size: u64,
    /// Room that it takes once installed, in KiB, as it says of itself.
    pub installed_kib: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// How somebody agreed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Via {
    /// On the install page, to a package.
    Page,
    /// In the terminal, at attaching the machine, to the program itself.
    Terminal,
}

/// Somebody's agreement to an installation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acceptance {
    /// When, by the relay's clock.
    pub at: UnixSeconds,
    /// How.
    pub via: Via,
    /// The version agreed to.
    pub version: String,
    /// SHA-256 of the package ([`Via::Page`]) or of the program ([`Via::Terminal`]).
    pub sha256: [u8; 32],
    /// The language it was read in.
    pub lang: Lang,
    /// The hash of the code that was shown.
    pub code: [u8; 32],
    /// The contract that the code was issued for.
    pub contract: ContractId,
    /// The client of that contract.
    pub client: String,
    /// The machine that the code attached since, if it did.
    pub agent: Option<AgentId>,
}

/// Why an agreement was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The code does not hold.
    #[error(transparent)]
    Code(#[from] RedeemError),
    /// The code was shown [`MOST_PER_CODE`] times.
    #[error("this code was used for too many downloads: ask for a new one")]
    TooOften,
}

// === impl Package, Via, AcceptError

impl Package {
    /// Its kind, which its file's name ends with.
    pub fn kind(&self) -> PackageKind {
        match self.file.rsplit('.').next() {
            Some("exe") => PackageKind::Setup,
            Some("msi") => PackageKind::Msi,
            _ => PackageKind::Deb,
        }
    }

    /// The name that it is saved under. What installs it on Windows reads the code out of its own: the bytes are everybody's.
    pub fn saved_as(&self, code: Option<&Code>) -> String {
        match (self.kind(), self.file.rsplit_once('.'), code) {
            (PackageKind::Setup | PackageKind::Msi, Some((stem, end)), Some(code)) => {
                format!("{stem}_{}.{end}", code.grouped())
            }
            _ => self.file.clone(),
        }
    }
}

impl Via {
    /// As it is stored and shown to programs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Terminal => "terminal",
        }
    }

    pub(crate) fn from_label(text: &str) -> Option<Self> {
        [Self::Page, Self::Terminal].into_iter().find(|via| via.label() == text)
    }
}

impl From<StoreError> for AcceptError {
    fn from(error: StoreError) -> Self {
        Self::Code(error.into())
    }
}

//! The provider's profile: the name and telephone number that a person at a client sees, signed by the firm.

use serde::{Deserialize, Serialize};

use super::{Signed, Statement};
use crate::wire::Wire;

/// What the client sees of the firm. From configuration, signed by the issuing key, never typed by a technician.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// The firm's name.
    pub name: String,
    /// Its telephone number, E.164: `+33140000000`.
    pub phone: String,
}

/// The profile as it travels.
pub type SignedProfile = Signed<Profile>;

impl Wire for Profile {
    const LIMIT: usize = 1024;
}
impl Statement for Profile {
    const LABEL: &'static str = "aval/1 provider profile";
}

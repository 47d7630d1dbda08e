//! A program on trial, as three files of the agent's folder tell of it. Each is written by one process and in one step:
//!
//! `trial.json` – by the service that gives its place away; `trial.proved` – by the one that took it, once it is on line; `trial.back` – what
//! becomes of the first when the place was given back. The helper between them ([`super::settle`]) reads all and removes what is over.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aval_protocol::release::{Part, Version};
use serde::{Deserialize, Serialize};

use super::stage::holds;
use crate::state::{StateError, replace, sync_dir};

const TRIAL: &str = "trial.json";
const PROVED: &str = "trial.proved";
const BACK: &str = "trial.back";

/// A program on trial.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// Its version.
    pub version: Version,
    /// The edition of the manifest that brought it.
    pub edition: u32,
    /// The program that gives its place away.
    pub from: PathBuf,
    /// The program that takes it.
    pub to: PathBuf,
    /// The files beside it, as they were signed.
    pub files: Vec<Part>,
    /// It did not prove itself: the place is being given back.
    pub failed: bool,
}

/// The three files.
#[derive(Clone, Debug)]
pub struct Trials {
    home: PathBuf,
}

impl Trial {
    /// Whether what would take the place is still what was signed.
    pub fn is_whole(&self) -> bool {
        let files: Vec<_> = self.files.iter().collect();
        self.to.parent().is_some_and(|place| holds(place, &files))
    }
}

impl Trials {
    /// In the agent's folder.
    pub fn new(home: &Path) -> Self {
        Self { home: home.to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// A trial begins, or is known to have failed.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn write(&self, trial: &Trial) -> Result<(), StateError> {
        if !trial.failed {
            self.gone(PROVED)?;
        }
        let bytes = serde_json::to_vec_pretty(trial).unwrap_or_default();
        replace(&self.path(TRIAL), &bytes)
    }

    /// The trial that goes on.
    pub fn read(&self) -> Option<Trial> {
        serde_json::from_slice(&fs::read(self.path(TRIAL)).ok()?).ok()
    }

    /// The program that runs proved itself.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn prove(&self, version: Version) -> Result<(), StateError> {
        replace(&self.path(PROVED), version.to_string().as_bytes())
    }

    /// Whether the program of this trial proved itself.
    pub fn is_proved(&self, trial: &Trial) -> bool {
        fs::read_to_string(self.path(PROVED)).is_ok_and(|said| said == trial.version.to_string())
    }

    /// A trial is over, and its program stays, or never had the place.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn over(&self) -> Result<(), StateError> {
        self.gone(TRIAL)?;
        self.gone(PROVED)
    }

    /// A trial is over, and the place was given back.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn back(&self) -> Result<(), StateError> {
        let (from, to) = (self.path(TRIAL), self.path(BACK));
        fs::rename(&from, &to)
            .and_then(|()| sync_dir(&to))
            .map_err(|error| StateError::Io { path: to, error })
    }

    /// The trial that ended so, until it is forgotten.
    pub fn given_back(&self) -> Option<Trial> {
        serde_json::from_slice(&fs::read(self.path(BACK)).ok()?).ok()
    }

    /// It is written down elsewhere.
    ///
    /// # Errors
    /// [`StateError::Io`].
    pub fn forget(&self) -> Result<(), StateError> {
        self.gone(BACK)
    }

    fn gone(&self, name: &str) -> Result<(), StateError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StateError::Io { path, error }),
            _ => Ok(()),
        }
    }
}

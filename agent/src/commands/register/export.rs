//! The journal as a file that leaves the PC: readable by people, and verified by anybody, here or elsewhere, without an account.
//!
//! Beside each entry as it was signed stands what it says; whoever verifies works that out again, so that the words can't differ from
//! what was signed. The machine's key signs the end too: a file that was cut short is noticed.

use std::io::Write;
use std::path::Path;

use aval_protocol::firm::verify_bytes;
use aval_protocol::hex;
use aval_protocol::id::{KeyId, UnixSeconds};
use aval_protocol::journal::{Chain, Entry, Head, first_key};
use aval_protocol::text::{Lang, agent as text};
use aval_transport::keyfile;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{BROKEN, DONE, FAILED, Failure, status};
use super::{for_people, judge, read, told};
use crate::say::Said;
use crate::state::Home;
use crate::when;

/// What a file says that it is.
const VERSION: u32 = 1;
/// Put in front of what is signed at the end.
const LABEL: &str = "aval/1 register";
/// Largest file that is read: a hundred thousand entries.
const MAX_FILE: u64 = 64 << 20;

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    aval_register: u32,
    /// To whom the PC was attached, and their telephone number: for people, not signed.
    firm: String,
    phone: String,
    exported_at: String,
    /// The machine's key, `SubjectPublicKeyInfo` in DER.
    machine_spki: String,
    entries: Vec<Line>,
    /// Number and hash of the newest entry, and the machine's word that it is.
    seq: u64,
    hash: String,
    signature: String,
}

/// An entry: what it says, and as it was signed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    told: Value,
    entry: String,
}

/// Writes the journal to a new file, and beside it as a text.
pub(crate) fn export(
    home: &Home,
    file: &Path,
    now: UnixSeconds,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let (mut lines, mut words) = (Vec::new(), format!("{}\n\n", text::journal_heading(Lang::Fr)));
    let read = read(home, |entry| {
        lines.push(Line {
            told: told(entry),
            // An entry that was read is one that can be written.
            entry: hex::encode(&postcard::to_stdvec(entry).unwrap_or_default()),
        });
        words.push_str(&for_people(Lang::Fr, entry));
        words.push('\n');
    })?;
    judge(home, &read)?;
    let (signer, firm) = (home.signer()?, status::profile(home)?);
    let Head { seq, hash } = read.head;
    let register = Register {
        aval_register: VERSION,
        firm: firm.name.clone(),
        phone: firm.phone.clone(),
        exported_at: when::rfc3339(now),
        machine_spki: hex::encode(signer.spki()),
        entries: lines,
        seq,
        hash: hex::encode(&hash),
        signature: hex::encode(&signer.sign_bytes(LABEL, &end(read.head))),
    };
    let failed =
        |why: String| Failure { said: Said::of(|lang| text::register_not_written(lang, &why)), exit: FAILED };
    let json = serde_json::to_string_pretty(&register).map_err(|e| failed(e.to_string()))?;
    words.push_str(&format!(
        "\n{}\n",
        text::register_ends(Lang::Fr, seq, &hex::encode(&hash), signer.key_id(), &firm.name, &firm.phone)
    ));
    let beside = file.with_extension("txt");
    for (path, content) in [(file, &format!("{json}\n")), (&beside, &words)] {
        keyfile::write_new(path, content, true).map_err(|e| failed(format!("{e:#}")))?;
    }
    writeln!(
        out,
        "{}",
        text::register_written(lang, &file.display().to_string(), &beside.display().to_string(), seq)
    )?;
    Ok(DONE)
}

/// Verifies such a file, wherever it is; with a key, that it is this machine's.
pub(crate) fn verify(
    file: &Path,
    key: Option<KeyId>,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let bad = |why: &str| Failure { said: Said::of(|lang| text::register_bad(lang, why)), exit: BROKEN };
    let bytes = std::fs::metadata(file).and_then(|found| {
        if found.len() > MAX_FILE {
            Err(std::io::ErrorKind::FileTooLarge.into())
        } else {
            std::fs::read(file)
        }
    });
    let bytes = bytes.map_err(|error| bad(&error.to_string()))?;
    let register: Register = serde_json::from_slice(&bytes).map_err(|error| bad(&error.to_string()))?;
    let head = holds(&register).map_err(|why| bad(&why))?;
    let spki = hex::decode(&register.machine_spki).unwrap_or_default();
    let own = KeyId::of_spki(&spki);
    if key.is_some_and(|key| key != own) {
        return Err(bad(&format!("the key is {own}")));
    }
    writeln!(out, "{}", text::register_good(lang, head.seq, own, key.is_some()))?;
    Ok(DONE)
}

/// Where it ends, if all of it holds.
fn holds(register: &Register) -> Result<Head, String> {
    if register.aval_register != VERSION {
        return Err(format!("version {}", register.aval_register));
    }
    let spki = hex::decode(&register.machine_spki).ok_or("machine_spki")?;
    let (mut chain, mut entries) = (Chain::new(), Vec::new());
    for (line, seq) in register.entries.iter().zip(1_u64..) {
        let bytes = hex::decode(&line.entry).ok_or_else(|| format!("entry {seq}"))?;
        let entry = match postcard::take_from_bytes::<Entry>(&bytes) {
            Ok((entry, [])) => entry,
            _ => return Err(format!("entry {seq}")),
        };
        if line.told != told(&entry) {
            return Err(format!("entry {seq} is told in other words than were signed"));
        }
        entries.push(entry);
    }
    let mut key = first_key(&entries, &spki);
    for entry in &entries {
        chain.follow_keeper(entry, &mut key).map_err(|broken| broken.to_string())?;
    }
    if key != spki {
        return Err("machine_spki".to_owned());
    }
    let head = chain.head();
    let said = (register.seq, hex::decode(&register.hash).ok_or("hash")?);
    let signature = hex::decode(&register.signature).ok_or("signature")?;
    if said != (head.seq, head.hash.to_vec()) || verify_bytes(&spki, LABEL, &end(head), &signature).is_err() {
        return Err(format!("entries are missing after {}", head.seq));
    }
    Ok(head)
}

/// What is signed of an end.
fn end(head: Head) -> Vec<u8> {
    [&head.seq.to_le_bytes()[..], &head.hash].concat()
}

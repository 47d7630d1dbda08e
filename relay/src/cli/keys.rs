//! The relay's own key: made here, certified by the firm, put together again here.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use aval_protocol::firm::{Adopted, AuthorityError, Role, Signer, TrustError, authority, files};
use aval_protocol::text::{
    bulletin as bulletin_text, keys as key_text, relay as text, succession as succession_text,
};
use aval_transport::{Clock, keyfile};

use super::folder::{BULLETIN, CHAIN, FIRM, KEY, REQUEST, firm, firm_file, record, unfit};
use super::{Data, bad, say, trouble};

pub(super) fn init(data: &Data, firm: &Path, name: &str, out: &mut dyn Write) -> Result<()> {
    let dir = &data.data;
    let (key, request) = (dir.join(KEY), dir.join(REQUEST));
    keyfile::refuse_existing(&key)?;
    let known = firm_file(firm)?;
    let signer = Signer::generate().map_err(|e| unfit(&key, &e))?;
    let csr = authority::request(&signer, name)
        .map_err(|e| trouble(|lang| key_text::refused(lang, &AuthorityError::Name(e.clone()))))?;
    keyfile::make_dir(dir)?;
    // First what can fail: a key that is there is never made again.
    drop(record(data)?);
    keyfile::write_new(&key, &files::key_to_pem(&signer), true)?;
    keyfile::replace(&request, &csr)?;
    keyfile::replace(&dir.join(FIRM), &known.to_pem()?)?;
    let shown = request.display().to_string();
    say(out, |lang| key_text::key_made(lang, &shown, signer.key_id()))?;
    say(out, |lang| text::certify_next(lang, &shown, &dir.display().to_string()))
}

pub(super) fn install(dir: &Path, certificate: &Path, out: &mut dyn Write, clock: &Clock) -> Result<()> {
    let known = firm(dir)?;
    let chain = keyfile::read(certificate)?;
    let secret = keyfile::read_secret(&dir.join(KEY))?;
    let signer = files::signer_from_pem(&secret, Some(&chain)).map_err(|e| unfit(certificate, &e))?;
    let verdict = known.firm().verify_chain_as(signer.chain(), &[Role::Relay], clock.wall());
    let (member, _) = verdict.map_err(|e| unfit(certificate, &e))?;
    keyfile::replace(&dir.join(CHAIN), &files::chain_to_pem(signer.chain()))?;
    say(out, |lang| key_text::installed(lang, &member.display_name, member.role, member.not_after))
}

/// Takes the firm's newest file in: of the same root, or of one that the old root named as its successor.
pub(super) fn firm_file_in(dir: &Path, file: &Path, out: &mut dyn Write) -> Result<()> {
    let (old, new) = (firm(dir)?, firm_file(file)?);
    let known = old.firm().succeeded();
    if !old.firm().leads_to(new.firm()) {
        if new.firm().leads_to(old.firm()) {
            return Err(trouble(|lang| succession_text::older(lang).to_owned()));
        }
        return Err(unfit(file, &TrustError::Foreign));
    }
    let said = new.firm().succeeded();
    keyfile::replace(&dir.join(FIRM), &new.to_pem()?)?;
    let fresh = said.get(known.len()..).unwrap_or_default();
    say(out, |lang| succession_text::taken_in(lang, new.firm().root_now(), fresh))
}

/// Takes the firm's newest bulletin in. A relay that serves this folder hands it on within a second.
pub(super) fn bulletin(dir: &Path, file: &Path, out: &mut dyn Write) -> Result<()> {
    let (firm, kept) = (firm(dir)?, dir.join(BULLETIN));
    crate::bulletin::read(&kept, firm.firm()).map_err(bad)?;
    let signed = files::bulletin_from_pem(&keyfile::read(file)?).map_err(|e| unfit(file, &e))?;
    let adopted = firm.firm().adopt(&signed).map_err(|e| unfit(file, &e))?;
    let Some(bulletin) = firm.firm().bulletin() else { return Ok(()) };
    match adopted {
        Adopted::Newer => keyfile::replace(&kept, &files::bulletin_to_pem(&signed)?)?,
        Adopted::Same => {}
        Adopted::Older => return Err(trouble(|lang| bulletin_text::older(lang, bulletin.version))),
    }
    say(out, |lang| bulletin_text::taken_in(lang, &bulletin))
}

//! Keys, chains and the firm's file as text: PEM blocks (RFC 7468) that survive mail and a USB stick.

use pem::{EncodeConfig, LineEnding, Pem};
use zeroize::Zeroizing;

use super::chain::{MAX_CERT, MAX_CHAIN};
use super::read::Cert;
use super::{Firm, Profile, SignedBulletin, SignedProfile, SignedSuccession, Signer, TrustError};
use crate::id::{KeyId, UnixSeconds};

/// Longest file that is looked at, in bytes.
const MAX_FILE: usize = 80 * 1024;
const CERTIFICATE: &str = "CERTIFICATE";
const PRIVATE_KEY: &str = "PRIVATE KEY";
const BULLETIN: &str = "AVAL FIRM BULLETIN";
const PROFILE: &str = "AVAL PROVIDER PROFILE";
const SUCCESSION: &str = "AVAL FIRM ROOT SUCCESSION";
pub(super) const REQUEST: &str = "CERTIFICATE REQUEST";

/// `firm.pub`: all that an agent, a relay or a console needs to know a firm by. Public; whoever hands it over decides whom the
/// receiver will believe.
///
/// Its certificates' dates are not judged here: an agent must still know its firm when the issuing key has been replaced twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirmFile {
    firm: Firm,
    profile: Profile,
    signed: SignedProfile,
    issuing: Vec<u8>,
    until: UnixSeconds,
}

// === impl FirmFile

impl FirmFile {
    /// A firm and its profile, signed by an issuing key that the root certified.
    ///
    /// # Errors
    /// [`TrustError`] when the profile does not lead to the root.
    pub fn new(firm: Firm, signed: SignedProfile) -> Result<Self, TrustError> {
        let [issuing] = signed.chain() else {
            return Err(TrustError::Unreadable("profile: no issuing certificate"));
        };
        let (root, cert) = (Cert::read(firm.root_der())?, Cert::read(issuing)?);
        if !cert.is_ca || cert.issuer != root.subject {
            return Err(TrustError::Foreign);
        }
        cert.check_signed_by(&root.spki).map_err(|_| TrustError::Foreign)?;
        let profile = signed.open_by_key(&cert.spki)?;
        super::display_name(&profile.name)?;
        super::authority::e164(&profile.phone)
            .map_err(|_| TrustError::Unreadable("profile: telephone number"))?;
        let issuing = issuing.clone();
        Ok(Self { firm, profile, signed, issuing, until: cert.not_after })
    }

    /// Reads `firm.pub` and checks that profile, issuing certificate and root belong together.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        const BAD: TrustError =
            TrustError::Unreadable("firm file: root, issuing certificate and profile expected");
        let blocks = blocks(text)?;
        let [root, issuing, profile, successions @ ..] = blocks.as_slice() else { return Err(BAD) };
        if [root.tag(), issuing.tag(), profile.tag()] != [CERTIFICATE, CERTIFICATE, PROFILE] {
            return Err(BAD);
        }
        let signed = match postcard::take_from_bytes::<SignedProfile>(profile.contents()) {
            Ok((signed, [])) => signed,
            _ => return Err(BAD),
        };
        let file = Self::new(Firm::from_root_der(root.contents())?, signed)?;
        file.firm.follow(&read_successions(successions)?)?;
        if file.issuing == issuing.contents() { Ok(file) } else { Err(BAD) }
    }

    /// As text.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_pem(&self) -> Result<String, TrustError> {
        let profile = postcard::to_stdvec(&self.signed).map_err(|_| TrustError::Unreadable("profile"))?;
        Ok([
            pem_text(CERTIFICATE, self.firm.root_der()),
            pem_text(CERTIFICATE, &self.issuing),
            pem_text(PROFILE, &profile),
            successions_to_pem(&self.firm.successions())?,
        ]
        .concat())
    }

    /// The firm.
    pub const fn firm(&self) -> &Firm {
        &self.firm
    }

    /// What clients see of it.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The profile as signed.
    pub const fn signed_profile(&self) -> &SignedProfile {
        &self.signed
    }

    /// The issuing certificate (DER).
    pub fn issuing_der(&self) -> &[u8] {
        &self.issuing
    }

    /// Until when the issuing certificate in it is valid.
    pub const fn issuing_until(&self) -> UnixSeconds {
        self.until
    }
}

/// A private key as text, to be stored where only its owner reads.
pub fn key_to_pem(signer: &Signer) -> Zeroizing<String> {
    Zeroizing::new(pem_text(PRIVATE_KEY, signer.pkcs8()))
}

/// A private key from its text, with its certificates' text if it has some. The first certificate must be this key's.
///
/// # Errors
/// [`TrustError::Unreadable`].
pub fn signer_from_pem(key_pem: &str, chain_pem: Option<&str>) -> Result<Signer, TrustError> {
    let key = Zeroizing::new(one_pem(key_pem, PRIVATE_KEY)?);
    let chain = chain_pem.map(chain_from_pem).transpose()?.unwrap_or_default();
    let signer = Signer::from_pkcs8(key.to_vec(), chain)?;
    match signer.chain().first() {
        Some(own) if Cert::read(own)?.spki != signer.spki() => {
            Err(TrustError::Unreadable("certificate: it belongs to another key"))
        }
        _ => Ok(signer),
    }
}

/// The same for a key behind a passphrase.
///
/// # Errors
/// [`TrustError::WrongPassphrase`], [`TrustError::Unreadable`].
pub fn signer_from_locked_pem(
    locked: &str,
    words: &str,
    chain_pem: Option<&str>,
) -> Result<Signer, TrustError> {
    let pkcs8 = super::locked::unlock(locked, words)?;
    signer_from_pem(&Zeroizing::new(pem_text(PRIVATE_KEY, &pkcs8)), chain_pem)
}

/// Certificates as text, in order.
pub fn chain_to_pem(chain: &[Vec<u8>]) -> String {
    chain.iter().map(|der| pem_text(CERTIFICATE, der)).collect()
}

/// Certificates from text, in order.
///
/// # Errors
/// [`TrustError::Unreadable`] when there is none, there are too many, or something else is between them.
pub fn chain_from_pem(text: &str) -> Result<Vec<Vec<u8>>, TrustError> {
    let blocks = blocks(text)?;
    let fit = (1..=MAX_CHAIN).contains(&blocks.len())
        && blocks.iter().all(|block| block.tag() == CERTIFICATE && block.contents().len() <= MAX_CERT);
    if !fit {
        return Err(TrustError::Unreadable("certificates: 1 to 4 PEM blocks expected"));
    }
    Ok(blocks.into_iter().map(Pem::into_contents).collect())
}

/// The key that a certificate (DER) is about. Nothing else of it is judged.
///
/// # Errors
/// [`TrustError::Unreadable`].
pub fn key_of_certificate(der: &[u8]) -> Result<KeyId, TrustError> {
    Ok(KeyId::of_spki(&Cert::read(der)?.spki))
}

/// What a firm ever said of its roots, as text.
///
/// # Errors
/// Never in practice.
pub fn successions_to_pem(all: &[SignedSuccession]) -> Result<String, TrustError> {
    let text = |it| postcard::to_stdvec(it).map(|bytes| pem_text(SUCCESSION, &bytes));
    all.iter().map(text).collect::<Result<_, _>>().map_err(|_| TrustError::Unreadable("succession"))
}

/// The same from its text, unjudged.
///
/// # Errors
/// [`TrustError::Unreadable`].
pub fn successions_from_pem(text: &str) -> Result<Vec<SignedSuccession>, TrustError> {
    let all = read_successions(&blocks(text)?)?;
    if all.is_empty() { Err(TrustError::Unreadable("succession of a root")) } else { Ok(all) }
}

fn read_successions(blocks: &[Pem]) -> Result<Vec<SignedSuccession>, TrustError> {
    let read = |block: &Pem| match postcard::take_from_bytes(block.contents()) {
        Ok((signed, [])) if block.tag() == SUCCESSION => Ok(signed),
        _ => Err(TrustError::Unreadable("succession of a root")),
    };
    blocks.iter().map(read).collect()
}

/// A bulletin as text.
///
/// # Errors
/// Never in practice.
pub fn bulletin_to_pem(bulletin: &SignedBulletin) -> Result<String, TrustError> {
    let bytes = postcard::to_stdvec(bulletin).map_err(|_| TrustError::Unreadable("bulletin"))?;
    Ok(pem_text(BULLETIN, &bytes))
}

/// A bulletin from its text, unjudged.
///
/// # Errors
/// [`TrustError::Unreadable`].
pub fn bulletin_from_pem(text: &str) -> Result<SignedBulletin, TrustError> {
    const BAD: TrustError = TrustError::Unreadable("bulletin: one PEM block expected");
    match blocks(text)?.as_slice() {
        [only] if only.tag() == BULLETIN => match postcard::take_from_bytes(only.contents()) {
            Ok((signed, [])) => Ok(signed),
            _ => Err(BAD),
        },
        _ => Err(BAD),
    }
}

/// The content of the only block of a text.
pub(super) fn one_pem(text: &str, tag: &str) -> Result<Vec<u8>, TrustError> {
    let mut blocks = blocks(text)?;
    match (blocks.pop(), blocks.is_empty()) {
        (Some(block), true) if block.tag() == tag => Ok(block.into_contents()),
        _ if tag == PRIVATE_KEY => Err(TrustError::Unreadable("private key: one PEM block expected")),
        _ => Err(TrustError::Unreadable("certificate request: one PEM block expected")),
    }
}

/// The content of the only block of a text, if it is one of this kind.
pub(crate) fn only_block(text: &str, tag: &str) -> Option<Vec<u8>> {
    let mut blocks = blocks(text).ok()?;
    let block = blocks.pop().filter(|block| block.tag() == tag)?;
    blocks.is_empty().then(|| block.into_contents())
}

pub(crate) fn pem_text(tag: &str, contents: &[u8]) -> String {
    pem::encode_config(&Pem::new(tag, contents), EncodeConfig::new().set_line_ending(LineEnding::LF))
}

fn blocks(text: &str) -> Result<Vec<Pem>, TrustError> {
    if text.len() > MAX_FILE {
        return Err(TrustError::Unreadable("file: too long"));
    }
    pem::parse_many(text).map_err(|_| TrustError::Unreadable("file: not PEM"))
}

//! A private key at rest behind a passphrase: who copies the file must guess the words, too.
//!
//! The key of the cipher is stretched from the words by PBKDF2 (RFC 8018 §5.2, HMAC-SHA-512; rounds after OWASP's advice of 2023, twice),
//! the cipher is AES-256-GCM (NIST SP 800-38D): a wrong word and a changed file are told from a right one, never half-read.

use std::num::NonZeroU32;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA512};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use super::files::{one_pem, pem_text};
use super::{Signer, TrustError};

/// The block's name.
pub(super) const TAG: &str = "AVAL LOCKED PRIVATE KEY";
/// The first byte: this form.
const FORM: u8 = 1;
/// Rounds of a lock made today.
const ROUNDS: u32 = 420_000;
/// Rounds of a lock that is opened at most: a file from elsewhere keeps nobody waiting for an hour.
const MOST_ROUNDS: u32 = 10_000_000;
const SALT: usize = 16;
/// Form, rounds, salt, nonce.
const HEADER: usize = 1 + 4 + SALT + NONCE_LEN;
/// Shortest passphrase, in characters.
pub const SHORTEST: usize = 12;

/// Whether a key's text is behind a passphrase.
pub fn is_locked(text: &str) -> bool {
    text.contains(TAG)
}

/// A private key as text, behind a passphrase.
///
/// # Errors
/// [`TrustError::CannotSign`] when the system gives no randomness.
pub fn lock(signer: &Signer, words: &str) -> Result<Zeroizing<String>, TrustError> {
    let mut header = [0; HEADER];
    header[0] = FORM;
    header[1..5].copy_from_slice(&ROUNDS.to_be_bytes());
    SystemRandom::new().fill(&mut header[5..]).map_err(|_| TrustError::CannotSign)?;
    let mut sealed = signer.pkcs8().to_vec();
    let key = stretched(&header, words)?;
    key.seal_in_place_append_tag(nonce(&header)?, Aad::from(header), &mut sealed)
        .map_err(|_| TrustError::CannotSign)?;
    Ok(Zeroizing::new(pem_text(TAG, &[&header[..], &sealed].concat())))
}

/// The PKCS#8 of a locked key's text.
///
/// # Errors
/// [`TrustError::WrongPassphrase`] when the words or the file are not the right ones; [`TrustError::Unreadable`].
pub(super) fn unlock(text: &str, words: &str) -> Result<Zeroizing<Vec<u8>>, TrustError> {
    const BAD: TrustError = TrustError::Unreadable("locked private key: one PEM block expected");
    let content = one_pem(text, TAG).map_err(|_| BAD)?;
    let (header, sealed) = content.split_first_chunk::<HEADER>().ok_or(BAD)?;
    if header[0] != FORM {
        return Err(BAD);
    }
    let mut sealed = Zeroizing::new(sealed.to_vec());
    let key = stretched(header, words)?;
    let length = key
        .open_in_place(nonce(header)?, Aad::from(*header), &mut sealed)
        .map_err(|_| TrustError::WrongPassphrase)?
        .len();
    sealed.truncate(length);
    Ok(sealed)
}

fn nonce(header: &[u8; HEADER]) -> Result<Nonce, TrustError> {
    Nonce::try_assume_unique_for_key(&header[5 + SALT..]).map_err(|_| TrustError::CannotSign)
}

/// The cipher's key: of these words and this salt, so that no two files have one in common.
fn stretched(header: &[u8; HEADER], words: &str) -> Result<LessSafeKey, TrustError> {
    let [_, a, b, c, d, salt @ ..] = header;
    let rounds = u32::from_be_bytes([*a, *b, *c, *d]);
    let rounds = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= MOST_ROUNDS);
    let rounds = rounds.ok_or(TrustError::Unreadable("locked private key"))?;
    let mut bytes = Zeroizing::new([0; 32]);
    pbkdf2::derive(PBKDF2_HMAC_SHA512, rounds, &salt[..SALT], words.as_bytes(), &mut *bytes);
    let key = UnboundKey::new(&AES_256_GCM, &*bytes).map_err(|_| TrustError::CannotSign)?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::super::files::{key_to_pem, signer_from_locked_pem, signer_from_pem};
    use super::*;

    const WORDS: &str = "quatre mots au hasard";

    #[test]
    fn a_locked_key_opens_with_its_words_and_with_no_others() {
        let signer = Signer::generate().unwrap();
        let text = lock(&signer, WORDS).unwrap();
        assert!(is_locked(&text) && !is_locked(&key_to_pem(&signer)));
        let opened = signer_from_locked_pem(&text, WORDS, None).unwrap();
        assert_eq!(opened.key_id(), signer.key_id());
        for wrong in ["", "Quatre mots au hasard", "quatre mots au hasard "] {
            assert_eq!(signer_from_locked_pem(&text, wrong, None).unwrap_err(), TrustError::WrongPassphrase);
        }
        assert!(signer_from_pem(&text, None).is_err(), "no words, no key");
        assert_ne!(*lock(&signer, WORDS).unwrap(), *text, "the salt is another each time");
    }

    #[test]
    fn a_changed_file_opens_nothing() {
        let signer = Signer::generate().unwrap();
        let text = lock(&signer, WORDS).unwrap();
        let mut content = one_pem(&text, TAG).unwrap();
        for at in [0, 1, 4, 5, HEADER - 1, HEADER, content.len() - 1] {
            content[at] ^= 1;
            assert!(unlock(&pem_text(TAG, &content), WORDS).is_err(), "byte {at}");
            content[at] ^= 1;
        }
        assert!(unlock(&pem_text(TAG, &content[..HEADER]), WORDS).is_err());
        assert!(unlock(&pem_text(TAG, &content), WORDS).is_ok());
    }
}

//! The cryptography of every handshake, each part named. rustls' own list would bring its code for RSA, ECDSA and ML-DSA keys into every
//! program, where nobody uses it.

use std::sync::Arc;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use rustls::crypto::aws_lc_rs::{cipher_suite, kx_group, sign};
use rustls::crypto::{CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom, WebPkiSupportedAlgorithms};
use rustls::sign::SigningKey;
use rustls::{Error, SignatureScheme};
use rustls_pki_types::PrivateKeyDer;

/// The one way in which signatures are made and checked.
pub(super) static ED25519_ONLY: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[webpki::aws_lc_rs::ED25519],
    mapping: &[(SignatureScheme::ED25519, &[webpki::aws_lc_rs::ED25519])],
};

/// The system's randomness, by way of aws-lc.
#[derive(Debug)]
struct OfTheSystem;

/// Private keys of the one kind.
#[derive(Debug)]
struct Ed25519Keys;

/// The cryptography of every handshake: aws-lc-rs, given explicitly, never the process's default. The first key exchange is the
/// hybrid of ML-KEM-768 and X25519, so that what is recorded today stays closed to a quantum computer.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        cipher_suites: vec![
            cipher_suite::TLS13_AES_256_GCM_SHA384,
            // QUIC's first packets are always sealed by this one (RFC 9001 §5.2).
            cipher_suite::TLS13_AES_128_GCM_SHA256,
            // For old PCs, whose processors know no AES.
            cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
        ],
        kx_groups: vec![kx_group::X25519MLKEM768, kx_group::X25519],
        signature_verification_algorithms: ED25519_ONLY,
        secure_random: &OfTheSystem,
        key_provider: &Ed25519Keys,
    })
}

// === impl OfTheSystem, Ed25519Keys

impl SecureRandom for OfTheSystem {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        SystemRandom::new().fill(buffer).map_err(|_| GetRandomFailed)
    }
}

impl KeyProvider for Ed25519Keys {
    fn load_private_key(&self, key: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        match key {
            PrivateKeyDer::Pkcs8(key) => sign::any_eddsa_type(&key),
            _ => Err(Error::General("not an Ed25519 key in PKCS #8".to_owned())),
        }
    }
}

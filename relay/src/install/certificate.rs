//! The page's certificate: read from two files, read again when they change, so that whoever renews it need not restart the relay.
//!
//! TLS 1.3 alone, as everywhere in this product: every browser of the last six years speaks it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::gate::hours;
use aval_protocol::id::UnixSeconds;
use aval_transport::{Clock, keyfile};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::version::TLS13;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(5);
/// How long a certificate for trials holds, in days.
const TRIAL_DAYS: i64 = 90;
/// A day before it ends there is something to be said.
const SOON: i64 = 7 * 86_400;

/// Where certificate and key are.
#[derive(Clone, Debug)]
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What the files hold.
pub(super) struct Loaded {
    /// For the handshakes.
    pub(super) tls: Arc<ServerConfig>,
    /// Signed by itself: good for trials, and browsers say so.
    pub(super) trial: bool,
}

/// Why a certificate is of no use.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// There is none.
    #[error("{0} is missing")]
    Missing(String),
    /// A file can't be read, or others may read the key. Shown, it is its sentence in both languages.
    #[error(transparent)]
    File(#[from] keyfile::FileError),
    /// What is in the files makes no sense.
    #[error("{path}: {why}")]
    Unfit {
        /// Which file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

/// What tells a file from what it was.
type Look = Option<(SystemTime, u64)>;

// === impl Files

impl Files {
    pub(super) fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self { certificate, key }
    }

    /// Reads both and checks that they belong together.
    pub(super) fn load(&self, now: UnixSeconds) -> Result<Loaded, CertificateError> {
        let unfit =
            |path: &Path, why: String| CertificateError::Unfit { path: path.display().to_string(), why };
        for path in [&self.certificate, &self.key] {
            if !path.exists() {
                return Err(CertificateError::Missing(path.display().to_string()));
            }
        }
        let pem = keyfile::read(&self.certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let chain = chain.map_err(|e| unfit(&self.certificate, e.to_string()))?;
        let own = chain.first().ok_or_else(|| unfit(&self.certificate, "no certificate in it".to_owned()))?;
        let (_, read) =
            X509Certificate::from_der(own).map_err(|e| unfit(&self.certificate, e.to_string()))?;
        let (trial, until) = (read.issuer() == read.subject(), read.validity().not_after.timestamp());
        if until < now.0.saturating_add(SOON) {
            tracing::warn!(until, "the install page’s certificate expires soon, or has: renew it");
        }
        let secret = keyfile::read_secret(&self.key)?;
        let key =
            PrivateKeyDer::from_pem_slice(secret.as_bytes()).map_err(|e| unfit(&self.key, e.to_string()))?;
        let mut tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .map_err(|e| unfit(&self.certificate, e.to_string()))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|e| unfit(&self.key, e.to_string()))?;
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Loaded { tls: Arc::new(tls), trial })
    }

    fn look(&self) -> [Look; 2] {
        [&self.certificate, &self.key].map(|path| {
            let meta = std::fs::metadata(path).ok()?;
            Some((meta.modified().ok()?, meta.len()))
        })
    }
}

/// Reads the files again whenever they change. What makes no sense changes nothing: the page goes on with what it has.
pub(super) async fn follow(files: Files, clock: Clock, renewed: impl Fn(Loaded) + Send) {
    let mut known = files.look();
    let mut refused = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let now = files.look();
        // Both are written one after the other: what does not fit together yet is looked at again.
        if now == known || refused.as_ref() == Some(&now) {
            continue;
        }
        match files.load(clock.wall()) {
            Ok(loaded) => {
                (known, refused) = (now, None);
                renewed(loaded);
                tracing::info!("the install page’s certificate was read again");
            }
            Err(error) => {
                tracing::error!(%error, "the install page’s new certificate is of no use; the old one stays");
                refused = Some(now);
            }
        }
    }
}

/// Makes a certificate signed by itself for this host, for trials: certificate and key as PEM.
///
/// # Errors
/// When the host’s name is none, or no key could be made.
pub fn trial(host: &str, now: UnixSeconds) -> Result<(String, String), String> {
    let why = |e: rcgen::Error| e.to_string();
    let key = KeyPair::generate().map_err(why)?;
    let mut params = CertificateParams::new(vec![host.to_owned()]).map_err(why)?;
    params.distinguished_name.push(DnType::CommonName, host);
    let at = |s: i64| {
        let day = hours::day(UnixSeconds(s));
        rcgen::date_time_ymd(i32::from(day.year()), day.month().unsigned_abs(), day.day().unsigned_abs())
    };
    params.not_before = at(now.0.saturating_sub(86_400));
    params.not_after = at(now.0.saturating_add(TRIAL_DAYS * 86_400));
    let made = params.self_signed(&key).map_err(why)?;
    Ok((made.pem(), key.serialize_pem()))
}

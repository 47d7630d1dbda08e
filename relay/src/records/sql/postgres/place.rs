//! Where a PostgreSQL record is: the address, what may not be an address, and where the password comes from. It is never shown.

use std::fmt;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};

use super::tls::Tls;
use crate::records::OpenError;

/// How long a server may take to answer a knock.
const CONNECT: Duration = Duration::from_secs(5);
/// After how much silence a line over TCP is asked whether it still stands.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// A place that may be used.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) config: Config,
    /// What seals the line; none within this host.
    pub(super) tls: Option<Tls>,
    shown: String,
}

// === impl Place

impl Place {
    /// Reads `postgres://USER[:PASSWORD]@HOST/DATABASE?passfile=FILE`, and for a server on another host
    /// `…&sslmode=verify-full&sslrootcert=FILE`.
    ///
    /// # Errors
    /// [`OpenError::BadPlace`]; it repeats no password.
    pub(super) fn parse(text: &str) -> Result<Self, OpenError> {
        let bad = |why: &str| OpenError::BadPlace(why.to_owned());
        let (address, options) = text.split_once('?').unwrap_or((text, ""));
        let mut passfile = std::env::var_os("PGPASSFILE").map(PathBuf::from);
        let (mut kept, mut verify, mut authority) = (Vec::new(), false, None);
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("passfile", path)) => passfile = Some(PathBuf::from(path)),
                Some(("sslrootcert", path)) => authority = Some(PathBuf::from(path)),
                Some(("sslmode", "disable" | "prefer")) => verify = false,
                Some(("sslmode", "verify-full")) => verify = true,
                Some(("sslmode", _)) => return Err(bad(FULL)),
                _ => kept.push(option),
            }
        }
        let url = if kept.is_empty() { address.to_owned() } else { format!("{address}?{}", kept.join("&")) };
        let mut config: Config = url.parse().map_err(|_| {
            bad("write it as postgres://USER@/DATABASE?host=/run/postgresql, or postgres://USER@127.0.0.1/DATABASE")
        })?;
        let tls = match (verify, &authority) {
            (true, Some(file)) => Some(Tls::trusting(file).map_err(OpenError::BadPlace)?),
            (true, None) | (false, Some(_)) => return Err(bad(FULL)),
            (false, None) => None,
        };
        let hosts = config.get_hosts();
        let here = hosts.iter().all(is_here) && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
        let sealed = tls.is_some() && hosts.iter().all(|host| matches!(host, Host::Tcp(_)));
        if hosts.is_empty() || !(sealed || tls.is_none() && here) {
            return Err(bad(FULL));
        }
        config.ssl_mode(if sealed { SslMode::Require } else { SslMode::Disable });
        config.application_name("aval-relay").connect_timeout(CONNECT).keepalives_idle(KEEPALIVE);
        let (user, database) = (config.get_user().unwrap_or_default(), config.get_dbname());
        if user.is_empty() {
            return Err(bad("name the database’s user: postgres://USER@…"));
        }
        let database = database.unwrap_or(user).to_owned();
        let host = config.get_hosts().first().map(name_of).unwrap_or_default();
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let shown = format!("postgres://{user}@{host}:{port}/{database}");
        if let (None, Some(file)) = (config.get_password(), passfile) {
            let wanted = [&host, &port.to_string(), &database, user].map(str::to_owned);
            if let Some(password) = password_in(&file, &wanted)? {
                config.password(password);
            }
        }
        Ok(Self { config, tls, shown })
    }
}

const FULL: &str = "PostgreSQL is spoken to over a Unix socket, this host’s own loopback address, or TLS that checks whom it speaks \
                    to; for another host add sslmode=verify-full&sslrootcert=FILE, the file of the authority that signed its \
                    certificate";

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

fn name_of(host: &Host) -> String {
    match host {
        Host::Unix(path) => path.display().to_string(),
        Host::Tcp(name) => name.clone(),
    }
}

/// The password for `[host, port, database, user]`, in the format of PostgreSQL's own programs
/// (<https://www.postgresql.org/docs/current/libpq-pgpass.html>).
fn password_in(file: &Path, wanted: &[String; 4]) -> Result<Option<String>, OpenError> {
    let bad = |why: String| OpenError::BadPlace(format!("the password file {}: {why}", file.display()));
    let mode = file.metadata().map_err(|e| bad(e.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(bad("others may read it: chmod 600".to_owned()));
    }
    let text = std::fs::read_to_string(file).map_err(|e| bad(e.to_string()))?;
    Ok(text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let (password, place) = fields.split_last()?;
        let fits = place.len() == 4
            && place.iter().zip(wanted).all(|(field, wanted)| {
                field == "*" || field == wanted || (field == "localhost" && wanted.starts_with('/'))
            });
        fits.then(|| password.clone())
    }))
}

/// At colons, unless a backslash stands before them.
fn fields(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => all.last_mut().into_iter().for_each(|field| field.extend(chars.next())),
            ':' if all.len() < 5 => all.push(String::new()),
            other => all.last_mut().into_iter().for_each(|field| field.push(other)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_beyond_this_host_is_refused_and_no_password_is_shown() {
        for far in [
            "postgres://aval:geheim@db.example.fr/aval",
            "postgres://aval:geheim@192.0.2.7/aval",
            "postgres://aval:geheim@127.0.0.1,db.example.fr/aval",
            "postgres://aval:geheim@localhost/aval?hostaddr=192.0.2.7",
            "postgres://aval:geheim@localhost/aval?sslmode=require",
            "postgres://aval:geheim@db.example.fr/aval?sslmode=verify-full",
            "postgres://aval:geheim@db.example.fr/aval?sslmode=verify-full&sslrootcert=/dev/null",
            "postgres://aval:geheim@db.example.fr/aval?sslrootcert=/dev/null",
            "postgres://aval:geheim@localhost/aval?colour=green",
            "postgres://aval:geheim@/aval",
            "postgres://localhost/aval",
        ] {
            let refused = Place::parse(far).unwrap_err();
            assert!(matches!(refused, OpenError::BadPlace(_)), "{far}");
            assert!(!refused.to_string().contains("geheim"), "{refused}");
        }
        let place = Place::parse("postgres://aval:geheim@127.0.0.1/aval?sslmode=disable").unwrap();
        assert_eq!(place.to_string(), "postgres://aval@127.0.0.1:5432/aval");
        assert!(!format!("{place:?}").contains("geheim"));
        Place::parse("postgresql://aval@/aval?host=/run/postgresql").unwrap();
        Place::parse("postgres://aval@[::1]:5433/aval").unwrap();
    }

    #[test]
    fn a_password_file_is_read_as_postgresql_s_programs_read_it_and_only_if_it_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pass");
        std::fs::write(&file, "# ours\nother:*:*:*:no\nlocalhost:5433:*:aval:a\\:b\\\\c\n").unwrap();
        let url = format!("postgres://aval@localhost:5433/aval?passfile={}", file.display());
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(Place::parse(&url).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        assert_eq!(Place::parse(&url).unwrap().config.get_password(), Some(&b"a:b\\c"[..]));
        let other = url.replace("5433", "5434");
        assert_eq!(Place::parse(&other).unwrap().config.get_password(), None);
    }
}

//! A PostgreSQL of the tests' own: made for one run, on a socket in a folder that goes with it, whatever becomes of the run. Where
//! PostgreSQL is not installed, the test that asks for it fails.
#![allow(clippy::unwrap_used, reason = "a server that cannot be had fails the test")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use postgres::{Client, NoTls};

const MISSING: &str = "PostgreSQL is not installed: apt-get install postgresql (initdb and postgres are looked for in \
                       /usr/lib/postgresql/*/bin and in PATH)";
/// How long a server may take to come or go, in steps of [`STEP`]: it may have much to recover on a busy machine.
const STEPS: usize = 3_000;
const STEP: Duration = Duration::from_millis(20);
/// Keeps the server until its standard input closes, as it does when the tests end, panic or are killed; then nothing is left. `$1` is
/// the folder, further words are the server's.
const KEEPER: &str = r#"
    trap '' HUP INT TERM
    bin=$0 dir=$1; shift
    "$bin/postgres" -D "$dir/data" -k "$dir" -c fsync=off -c max_connections=80 "$@" >>"$dir/log" 2>&1 </dev/null & server=$!
    echo $server
    read -r after
    kill -QUIT $server 2>/dev/null; wait $server
    [ "$after" = keep ] || rm -rf "$dir"
"#;

/// A server with its data.
#[derive(Debug)]
pub struct Cluster {
    bin: PathBuf,
    dir: PathBuf,
    user: Option<(u32, u32)>,
    port: u16,
    running: Option<(Child, u32)>,
}

/// The shared server's data: its tables and indexes, and its log.
pub fn data() -> PathBuf {
    shared().dir.join("data")
}

/// A database's address in the server that the tests of one program share, with a schema that nobody else uses.
pub fn place() -> String {
    static SCHEMAS: AtomicU32 = AtomicU32::new(0);
    let cluster = shared();
    let name = format!("t{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
    cluster.batch(&format!("CREATE SCHEMA {name}"));
    format!("{}&options=-csearch_path%3D{name}", cluster.place())
}

fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut cluster = Cluster::make();
        cluster.start();
        cluster
    })
}

// === impl Cluster

impl Cluster {
    /// Makes the data. As root, all of it belongs to the server's own user or to nobody, for `initdb` refuses to work as root.
    ///
    /// # Panics
    /// When PostgreSQL is not installed.
    pub fn make() -> Self {
        let bin = bin().expect(MISSING);
        let dir = tempfile::Builder::new().prefix("aval-pg-").tempdir().unwrap().keep();
        let user = (dir.metadata().unwrap().uid() == 0).then(unprivileged);
        if let Some((uid, gid)) = user {
            chown(&dir, Some(uid), Some(gid)).unwrap();
        }
        let cluster = Self { bin, dir, user, port: 5432, running: None };
        let mut initdb = cluster.command(&cluster.bin.join("initdb"));
        initdb.args(["-A", "trust", "-U", "aval", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        let made = initdb.arg(cluster.dir.join("data")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster
    }

    /// Starts it on its socket alone and waits until it answers.
    ///
    /// # Panics
    /// When it does not answer, with what it wrote into its log.
    pub fn start(&mut self) {
        self.start_with(&["-c", "listen_addresses="]);
    }

    /// Starts it on 127.0.0.1 too, at this port, and with more options (`-c`, `ssl=on`).
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn listen(&mut self, port: u16, options: &[&str]) {
        self.port = port;
        let port = format!("port={port}");
        self.start_with(&[&["-c", "listen_addresses=127.0.0.1", "-c", &port], options].concat());
    }

    fn start_with(&mut self, options: &[&str]) {
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", KEEPER]).arg(&self.bin).arg(&self.dir);
        let mut keeper = command.args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let server = said.trim().parse().unwrap();
        self.running = Some((keeper, server));
        for _ in 0..STEPS {
            if Client::connect(&self.place(), NoTls).is_ok() {
                return;
            }
            if is_gone(server) {
                break;
            }
            sleep(STEP);
        }
        let log = std::fs::read_to_string(self.dir.join("log")).unwrap();
        let lines: Vec<&str> = log.lines().collect();
        panic!("PostgreSQL does not answer:\n{}", lines[lines.len().saturating_sub(20)..].join("\n"));
    }

    /// Kills every process of it (SIGKILL): no checkpoint, recovery at the next start. The data stay.
    pub fn crash(&mut self) {
        let (mut keeper, server) = self.running.take().unwrap();
        // The first one is stopped first, so that it makes no new ones: once it is dead nobody knows which were its own.
        signal("STOP", &[server]);
        until(|| stat(server).is_none_or(|(state, _)| state == 'T'));
        let all = [children(server), vec![server]].concat();
        signal("KILL", &all);
        until(|| all.iter().all(|process| is_gone(*process)));
        keeper.stdin.take().unwrap().write_all(b"keep\n").unwrap();
        keeper.wait().unwrap();
    }

    /// Its database's address.
    pub fn place(&self) -> String {
        let dir = self.dir.display().to_string().replace('/', "%2F");
        format!("postgres://aval@/postgres?host={dir}&port={}", self.port)
    }

    /// Writes a file for the server into its data, where nobody else may read it; its path.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.join("data").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        if let Some((uid, gid)) = self.user {
            chown(&path, Some(uid), Some(gid)).unwrap();
        }
        path
    }

    /// Does this as the one who may do everything.
    pub fn batch(&self, sql: &str) {
        Client::connect(&self.place(), NoTls).unwrap().batch_execute(sql).unwrap();
    }

    /// A program of the server's version: `pg_dump`.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.bin.join(name))
    }

    /// Never as root.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.dir).env("LC_ALL", "C.UTF-8");
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some((mut keeper, _)) = self.running.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// Debian's places, the newest version first; then PATH.
fn bin() -> Option<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    let mut places: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    let number = |place: &PathBuf| place.components().rev().nth(1)?.as_os_str().to_str()?.parse::<u32>().ok();
    places.sort_by_key(|place| std::cmp::Reverse(number(place)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&path));
    places.into_iter().find(|place| place.join("initdb").exists() && place.join("postgres").exists())
}

/// The server's own user, or nobody.
fn unprivileged() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        (*fields.first()? == "postgres")
            .then_some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    });
    ids.unwrap_or((65_534, 65_534))
}

fn signal(name: &str, processes: &[u32]) {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "kill -$0 \"$@\"", name]).args(processes.iter().map(u32::to_string));
    // One that is gone already is no trouble.
    shell.stderr(Stdio::null()).status().unwrap();
}

fn until(so: impl Fn() -> bool) {
    for _ in 0..STEPS {
        if so() {
            return;
        }
        sleep(STEP);
    }
    panic!("waited in vain for PostgreSQL’s processes");
}

/// State and parent, as `/proc` has them behind the name in parentheses (proc_pid_stat(5)).
fn stat(process: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn is_gone(process: u32) -> bool {
    stat(process).is_none_or(|(state, _)| matches!(state, 'Z' | 'X'))
}

fn children(of: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|process| stat(*process).is_some_and(|(_, parent)| parent == of))
        .collect()
}

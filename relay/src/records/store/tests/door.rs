//! What a person reads whom a PostgreSQL server does not let in, and whom the relay does not speak to.

use std::net::TcpListener;

use aval_test_cluster::Cluster;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::{NOW, contract};
use crate::records::{Author, OpenError, Store};

const PASSWORD: &str = "geheim-7";

/// An authority and its certificate for this name, with the key: all PEM.
fn certified(name: &str) -> [String; 3] {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    [authority.pem(), server.pem(), key.serialize_pem()]
}

fn refusal(place: &str) -> String {
    match Store::connect(place) {
        Ok(_) => panic!("{place} opens"),
        Err(error @ OpenError::NoDatabase { .. }) => {
            let said = error.to_string();
            assert!(!said.contains(PASSWORD), "{said}");
            said
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn says(place: &str, hints: &[&str]) {
    let said = refusal(place);
    assert!(hints.iter().all(|hint| said.contains(hint)), "{place}: {said}");
}

#[test]
fn whoever_is_not_let_in_is_told_what_to_do_and_nobody_the_password() {
    let mut server = Cluster::make();
    let [authority, certificate, key] = certified("localhost");
    let [stranger, ..] = certified("localhost");
    let authority = server.write("authority.pem", &authority).display().to_string();
    let stranger = server.write("stranger.pem", &stranger).display().to_string();
    server.write("server.crt", &certificate);
    server.write("server.key", &key);
    server.write("pg_hba.conf", "local all all trust\nhost all leroy,martin 127.0.0.1/32 scram-sha-256\n");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let place = |who: &str, host: &str, more: &str| format!("postgres://{who}@{host}:{port}/{more}");
    let leroy = format!("leroy:{PASSWORD}");

    says(&place(&leroy, "127.0.0.1", "aval"), &["start PostgreSQL"]);
    server.listen(port, &["-c", "ssl=on"]);
    server.batch("CREATE DATABASE aval");
    server
        .batch(&format!("CREATE ROLE leroy LOGIN PASSWORD '{PASSWORD}'; ALTER DATABASE aval OWNER TO leroy"));
    server.batch(&format!(
        "CREATE ROLE martin LOGIN PASSWORD '{PASSWORD}'; REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    ));

    says(&place("leroy", "127.0.0.1", "aval"), &["password", "passfile="]);
    says(&place(&format!("leroy:not-{PASSWORD}"), "127.0.0.1", "aval"), &["password", "passfile="]);
    says(&place(&format!("nobody:{PASSWORD}"), "127.0.0.1", "aval"), &["pg_hba.conf"]);
    says(&place(&leroy, "127.0.0.1", "other"), &["other", "createdb"]);
    says(&place(&format!("martin:{PASSWORD}"), "127.0.0.1", "postgres"), &["OWNER TO"]);

    let sealed = |host: &str, authority: &str| {
        place(&leroy, host, &format!("aval?sslmode=verify-full&sslrootcert={authority}"))
    };
    says(&sealed("localhost", &stranger), &["invalid peer certificate", "sslrootcert"]);
    says(&sealed("127.0.0.1", &authority), &["not valid for name", "sslrootcert"]);
    let store = Store::connect(&sealed("localhost", &authority)).unwrap();
    store.open_contract(&contract("C-1"), &Author::Host, NOW).unwrap();
    let tls = store
        .read(|tx| tx.count("SELECT count(*) FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()", &[]));
    assert_eq!(tls.unwrap(), 1);
    let plain = Store::connect(&place(&leroy, "127.0.0.1", "aval")).unwrap();
    assert_eq!(plain.contracts().unwrap().len(), 1);
}

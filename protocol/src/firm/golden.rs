//! Files written today are read for as long as a certificate lives: committed copies that every later version must still accept.

use super::fixture::{DAY, NOW, days};
use super::tls::agent_certificate;
use super::{FirmFile, Role, Signer, files};
use crate::id::UnixSeconds;

const FIRM: &str = include_str!("../../tests/golden/firm.pub");
const TECHNICIAN: &str = include_str!("../../tests/golden/technician.pem");
const AGENT: &str = include_str!("../../tests/golden/agent-certificate.hex");

#[test]
fn a_firm_file_of_the_first_version_is_read_and_written_the_same() {
    let file = FirmFile::parse(FIRM).unwrap();
    assert_eq!(file.profile().name, "Atelier Beaurepaire Informatique");
    assert_eq!(file.profile().phone, "+33199001234");
    assert_eq!(file.issuing_until(), days(400));
    assert_eq!(file.to_pem().unwrap(), FIRM);
}

#[test]
fn a_certificate_of_the_first_version_still_names_its_member() {
    let firm = FirmFile::parse(FIRM).unwrap();
    let chain = files::chain_from_pem(TECHNICIAN).unwrap();
    let (member, _) = firm.firm().verify_chain(&chain, UnixSeconds(NOW.0 + DAY)).unwrap();
    assert_eq!((member.role, member.person.as_str()), (Role::Technician, "sophie.martin"));
    assert_eq!(member.display_name, "Sophie Martin");
    assert_eq!(files::chain_to_pem(&chain), TECHNICIAN);
}

/// The key of RFC 8032 §7.1, test 1, gives these bytes on every machine.
#[test]
fn an_agents_certificate_is_a_function_of_its_key() {
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let mut pkcs8 = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    pkcs8.extend((0..32).map(|i| u8::from_str_radix(&SEED[2 * i..2 * i + 2], 16).unwrap()));
    let signer = Signer::from_pkcs8(pkcs8, Vec::new()).unwrap();
    let hex: String = agent_certificate(&signer).unwrap().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, AGENT.trim_end());
}

//! A fictional firm with one technician, one manager, one relay, and one client's machine.

use std::path::Path;
use std::sync::Arc;

use aval_protocol::firm::{FoundedFirm, Grant, Role, Signer, authority, files};
use aval_protocol::id::{AgentId, ContractId, KeyId, PersonId, SessionId, UnixSeconds};
use aval_protocol::wire::closing::{Closes, Closing, Overrun};
use aval_protocol::wire::inventory::HardwareFacts;
use aval_protocol::wire::record::{ContractStanding, ContractState, CoverageState, LineFacts, MachineRow};
use aval_protocol::wire::session::{Approval, Permitted, SessionRequest, Ticket};
use aval_transport::Clock;

/// Everybody.
pub(crate) struct Firm {
    pub(crate) founded: FoundedFirm,
    pub(crate) relay: Signer,
    pub(crate) technician: Arc<Signer>,
    pub(crate) manager: Signer,
    pub(crate) machine: Arc<Signer>,
    /// Who signs tickets: the relay, unless a test wants a liar.
    pub(crate) ticketer: Option<Signer>,
}

pub(crate) const SESSION: SessionId = SessionId([0x5e; 16]);

impl Firm {
    pub(crate) fn new() -> Self {
        let now = now();
        let founded = authority::found("Atelier Beaurepaire", "+33199001234", now, 20, 400).unwrap();
        let member = |role, person: &str, name: &str| {
            let key = Signer::generate().unwrap();
            let request = authority::request(&key, name).unwrap();
            let person = PersonId::new(person).unwrap();
            let grant = Grant { role, person, display_name: name.into(), valid_days: 30 };
            let chain = authority::certify(&founded.issuing, &request, &grant, now).unwrap();
            files::signer_from_pem(&files::key_to_pem(&key), Some(&chain)).unwrap()
        };
        Self {
            relay: member(Role::Relay, "relais", "Relais"),
            technician: Arc::new(member(Role::Technician, "sophie.martin", "Sophie Martin")),
            manager: member(Role::Manager, "anne.leroy", "Anne Leroy"),
            machine: Arc::new(Signer::generate().unwrap()),
            ticketer: None,
            founded,
        }
    }

    pub(crate) fn contract() -> ContractId {
        ContractId::new("C-2026-014").unwrap()
    }

    pub(crate) fn agent(&self) -> AgentId {
        AgentId::from(self.machine.key_id())
    }

    pub(crate) fn row(&self) -> MachineRow {
        MachineRow {
            agent: self.agent(),
            facts: HardwareFacts { hostname: "COMPTA-1".into(), ..HardwareFacts::default() },
            client: "Menuiserie Kervella".into(),
            contract: Self::contract(),
            spki: self.machine.spki().to_vec(),
            approved: true,
            online: true,
            last_seen: None,
            standing: ContractStanding { state: ContractState::InForce, on: None },
            coverage: CoverageState::Covered,
        }
    }

    /// What the gate's yes looks like.
    pub(crate) fn permitted(&self, request: SessionRequest) -> (Ticket, Permitted) {
        let ticket = Ticket {
            session: SESSION,
            technician: PersonId::new("sophie.martin").unwrap(),
            technician_key: self.technician.key_id(),
            agent_key: self.machine.key_id(),
            contract: Self::contract(),
            request,
            issued_at: now(),
            expires_at: UnixSeconds(now().0 + 120),
            closing: Closing::after(
                6 * 3600,
                Overrun::default(),
                Closes::SupportHours,
                18 * 60,
                18 * 60 + 30,
            ),
            beside: None,
        };
        let approval = Approval {
            agent_key: KeyId::of_spki(self.machine.spki()),
            contract: Self::contract(),
            hostname: "COMPTA-1".into(),
            at: now(),
        };
        let line = LineFacts {
            measured_at: now(),
            rtt_ms: 20,
            down_kbit: 8_000,
            up_kbit: 2_000,
            loss_permille: 0,
            loss_low_permille: 0,
        };
        let permitted = Permitted {
            ticket: self.ticketer.as_ref().unwrap_or(&self.relay).sign(&ticket).unwrap(),
            agent_spki: self.machine.spki().to_vec(),
            approval: self.manager.sign(&approval).unwrap(),
            warnings: vec![],
            line,
        };
        (ticket, permitted)
    }

    /// The technician's directory, as `key new` and `key install` leave it.
    pub(crate) fn write_home(&self, dir: &Path, relay: &str) {
        let signer = &self.technician;
        std::fs::write(dir.join("key.pem"), files::key_to_pem(signer).as_str()).unwrap();
        std::fs::write(dir.join("chain.pem"), files::chain_to_pem(signer.chain())).unwrap();
        std::fs::write(dir.join("firm.pub"), self.founded.file.to_pem().unwrap()).unwrap();
        std::fs::write(dir.join("console.toml"), format!("relay = [\"{relay}\"]\n")).unwrap();
        private(&dir.join("key.pem"), 0o600);
    }
}

#[cfg(unix)]
pub(crate) fn private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn private(_: &Path, _: u32) {}

pub(crate) fn now() -> UnixSeconds {
    Clock::system().wall()
}

//! What the tests of all windows need: the program under test at its pipes, X servers, and questions to put.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use aval_protocol::id::{ContractId, SessionId};
use aval_protocol::prompt::list::AskList;
use aval_protocol::prompt::secret::AskSecret;
use aval_protocol::prompt::{Ask, Banner};
use aval_protocol::seal::secret::{Context, SecretKey};
use aval_protocol::wire::assent::{ListChange, ListEffect};
use aval_protocol::wire::equipment::{Entered, EquipmentKind, EquipmentLine, ListHash};
use aval_protocol::wire::handover::HandoverKind;
use aval_protocol::wire::inventory::{Day, Serial, Text};
use aval_protocol::wire::session::{Capabilities, WorkCategory};
use aval_protocol::wire::{self, Inbox, Wire};

/// Longer than anything here takes on a busy machine; never asserted, only given up after.
const PATIENCE: Duration = Duration::from_secs(60);
/// Whose password is asked for.
pub const CONTEXT: Context = Context { session: SessionId([7; 16]), kind: HandoverKind::Windows };

/// The program under test.
pub struct Prompt<M> {
    child: Child,
    stdin: Option<ChildStdin>,
    said: Receiver<M>,
}

impl<Out: Wire + Send + 'static> Prompt<Out> {
    pub fn start<In: Wire>(mut command: Command, first: &In) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = piped.spawn().unwrap();
        let (tell, said) = channel();
        let mut stdout = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let (mut inbox, mut bytes) = (Inbox::default(), [0; 256]);
            while let Ok(n @ 1..) = stdout.read(&mut bytes) {
                inbox.push(&bytes[..n]);
                while let Some(message) = inbox.next::<Out>().unwrap() {
                    let _ = tell.send(message);
                }
            }
        });
        let mut prompt = Self { stdin: child.stdin.take(), child, said };
        prompt.send(first);
        prompt
    }

    /// One more message to it.
    pub fn send<In: Wire>(&mut self, message: &In) {
        let frame = wire::encode(message).unwrap();
        self.stdin.as_mut().unwrap().write_all(&frame).unwrap();
    }

    /// Closes its input.
    pub fn close(&mut self) {
        self.stdin = None;
    }

    /// The next thing it says.
    pub fn next(&self) -> Out {
        self.said.recv_timeout(PATIENCE).expect("it says something")
    }

    /// What it has said meanwhile, if anything.
    pub fn heard(&self) -> Option<Out> {
        self.said.try_recv().ok()
    }

    /// Its exit code, once it has ended.
    pub fn exit(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl<M> Drop for Prompt<M> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives the program time to do what it should not.
pub fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// Waits for a condition.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..PATIENCE.as_millis() / 50 {
        if condition() {
            return;
        }
        pause(50);
    }
    panic!("{what} did not come");
}

/// Starts an X server on a display number of its own choice.
pub fn server(program: &str, arguments: &[&str], on: Option<&str>) -> (Child, String) {
    let mut command = Command::new(program);
    command.args(["-displayfd", "1", "-noreset", "-nolisten", "tcp"]).args(arguments);
    if let Some(display) = on {
        command.env("DISPLAY", display);
    }
    let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.unwrap_or_else(|e| panic!("{program}: {e}"));
    let mut number = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut number).unwrap();
    assert!(!number.trim().is_empty(), "{program} found no free display");
    (child, format!(":{}", number.trim()))
}

/// View and control.
pub fn both() -> Capabilities {
    Capabilities::VIEW.with(Capabilities::CONTROL)
}

pub fn ask(technician: &str) -> Ask {
    Ask {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        technician: technician.into(),
        contract: None,
        category: WorkCategory::Assistance,
        reference: "Appel de Mme Leroy, 10 h 12".into(),
        capabilities: both(),
        minutes: 60,
        match_code: 123_456,
        ttl_s: 60,
        lang: None,
        extending: None,
        widening: None,
        returning: false,
        beside: None,
    }
}

pub fn show(technician: &str) -> Banner {
    Banner {
        technicians: vec![technician.into()],
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        capabilities: both(),
        remaining_s: 3600,
        lang: None,
    }
}

/// The technician's side of a password.
pub fn key() -> SecretKey {
    SecretKey::new(&[5; 32].into(), CONTEXT).unwrap()
}

pub fn ask_secret() -> AskSecret {
    AskSecret {
        firm: "Atelier Beaurepaire Informatique".into(),
        technician: "Sophie Martin".into(),
        kind: CONTEXT.kind,
        session: CONTEXT.session,
        key: key().public(),
        ttl_s: 180,
        lang: None,
    }
}

/// A version of the equipment list with that many changes.
pub fn ask_list(changes: u32) -> AskList {
    let day = |text: &str| Day::of_iso(text).unwrap();
    let line = |no: u32| EquipmentLine {
        no,
        kind: EquipmentKind::Computer,
        label: Text::new(&format!("Dell OptiPlex 7090 (ACCUEIL-{no})")).unwrap(),
        serial: Serial::new("7HJ2K33"),
        asset: None,
        site: None,
        class: Text::new("poste").unwrap(),
        entered: Entered::Agreed,
        from: day("2026-03-11"),
        until: None,
        state: None,
    };
    AskList {
        firm: "Atelier Beaurepaire Informatique".into(),
        phone: "+33199001234".into(),
        client: "Cabinet Leroy".into(),
        contract: ContractId::new("C-2026-014").unwrap(),
        version: 3,
        list: ListHash([0x3c; 32]),
        from: day("2026-03-11"),
        covering: 12,
        changes: (1..=changes).map(|no| ListChange::Comes(Box::new(line(no)))).collect(),
        effect: Some(ListEffect { period: (day("2026-03-05"), day("2026-04-05")), now: 1694, later: 2500 }),
        ttl_s: 14_400,
        lang: None,
    }
}

//! Who is connected where. A map and its rules; what a link is made of, the caller knows.
//!
//! A machine has one link: the newer one wins, because a PC that lost its line comes back before the relay knows that it was
//! gone. A member may have a few: someone who is in a session may look at the list of machines in another window.

use std::collections::{HashMap, HashSet};

use aval_protocol::id::{AgentId, PersonId};

/// Links of one member at once.
pub(crate) const MOST_OF_A_MEMBER: usize = 8;

/// Whose link it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Who {
    /// A machine, enrolled or not.
    Agent(AgentId),
    /// A member of the firm.
    Member(PersonId),
}

/// A member with too many links.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooMany;

/// The links that stand.
#[derive(Debug)]
pub(crate) struct Presence<L> {
    links: HashMap<u64, (Who, L)>,
    agents: HashMap<AgentId, u64>,
    starts: HashMap<AgentId, Starts>,
}

/// Starts of the machines that use one key, while it is connected.
#[derive(Debug, Default)]
struct Starts {
    /// Those that were here, the present one last.
    known: Vec<[u8; 16]>,
    /// The present one had been replaced by another, and came back.
    returned: bool,
}

/// Starts of one key that are remembered: a machine that is started that often in a row is looked at anyway.
const MOST_STARTS: usize = 16;

impl<L> Default for Presence<L> {
    fn default() -> Self {
        Self { links: HashMap::new(), agents: HashMap::new(), starts: HashMap::new() }
    }
}

impl<L: Clone> Presence<L> {
    /// A link stands. Returns the one that it replaces; that one has left from now on.
    ///
    /// # Errors
    /// [`TooMany`].
    pub(crate) fn join(&mut self, serial: u64, who: Who, link: L) -> Result<Option<L>, TooMany> {
        let mut replaced = None;
        match &who {
            Who::Agent(agent) => {
                let old = self.agents.insert(*agent, serial);
                replaced = old.and_then(|old| self.links.remove(&old)).map(|(_, link)| link);
            }
            Who::Member(_)
                if self.links.values().filter(|(other, _)| *other == who).count() >= MOST_OF_A_MEMBER =>
            {
                return Err(TooMany);
            }
            Who::Member(_) => {}
        }
        self.links.insert(serial, (who, link));
        Ok(replaced)
    }

    /// Which start of its machine a key is connected under now, to be told after [`join`](Self::join). `true` when two machines are alive
    /// under it: one start came back after another had replaced it, and then that other came back too. A machine that was started anew, or
    /// went back to a saved state of itself, never does that: what it was before is gone.
    pub(crate) fn started(&mut self, agent: AgentId, boot: [u8; 16]) -> bool {
        let starts = self.starts.entry(agent).or_default();
        if starts.known.last() == Some(&boot) {
            return false;
        }
        let before = starts.known.iter().position(|known| *known == boot);
        let twice = before.is_some() && starts.returned;
        starts.returned = before.is_some();
        if let Some(before) = before {
            starts.known.remove(before);
        }
        if starts.known.len() >= MOST_STARTS {
            starts.known.remove(0);
        }
        starts.known.push(boot);
        twice
    }

    /// A link is gone. `false` when it had left already.
    pub(crate) fn leave(&mut self, serial: u64) -> bool {
        let Some((who, _)) = self.links.remove(&serial) else { return false };
        if let Who::Agent(agent) = who
            && self.agents.get(&agent) == Some(&serial)
        {
            self.agents.remove(&agent);
            self.starts.remove(&agent);
        }
        true
    }

    /// The link of a machine.
    pub(crate) fn agent(&self, agent: AgentId) -> Option<L> {
        self.agents.get(&agent).and_then(|serial| self.links.get(serial)).map(|(_, link)| link.clone())
    }

    /// The machines that are connected.
    pub(crate) fn agents(&self) -> HashSet<AgentId> {
        self.agents.keys().copied().collect()
    }

    /// The members who are connected.
    pub(crate) fn members(&self) -> Vec<PersonId> {
        let all = self.links.values().filter_map(|(who, _)| match who {
            Who::Member(person) => Some(person.clone()),
            Who::Agent(_) => None,
        });
        all.collect()
    }

    /// The links of a member.
    pub(crate) fn member(&self, person: &PersonId) -> Vec<L> {
        let own = |who: &Who| matches!(who, Who::Member(member) if member == person);
        self.links.values().filter(|(who, _)| own(who)).map(|(_, link)| link.clone()).collect()
    }

    /// Every link.
    pub(crate) fn all(&self) -> Vec<L> {
        self.links.values().map(|(_, link)| link.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PC: AgentId = AgentId([1; 16]);

    #[test]
    fn the_newer_link_of_a_machine_wins_and_the_old_one_s_end_does_not_take_it_away() {
        let mut presence = Presence::default();
        assert_eq!(presence.join(1, Who::Agent(PC), "old"), Ok(None));
        assert_eq!(presence.join(2, Who::Agent(PC), "new"), Ok(Some("old")));
        assert!(!presence.leave(1), "it has left already");
        assert_eq!(presence.agent(PC), Some("new"));
        assert_eq!(presence.all(), ["new"]);
        assert!(presence.leave(2));
        assert_eq!((presence.agent(PC), presence.all().len()), (None, 0));
    }

    #[test]
    fn two_machines_under_one_key_are_told_from_one_that_starts_anew() {
        let [a, b, c] = [[1; 16], [2; 16], [3; 16]];
        let told = |order: &[[u8; 16]]| {
            let mut presence = Presence::default();
            let mut serial = 0;
            let mut last = false;
            for boot in order {
                serial += 1;
                presence.join(serial, Who::Agent(PC), ()).unwrap();
                last = presence.started(PC, *boot);
            }
            last
        };
        // A lost line, starts anew, and a guest that was put back to a saved state: one machine each time.
        for one in [&[a][..], &[a, a, a], &[a, b, c], &[a, b, a], &[a, b, a, c], &[a, b, a, a]] {
            assert!(!told(one), "{one:?}");
        }
        for two in [&[a, b, a, b][..], &[a, c, b, a, b], &[a, b, a, b, a]] {
            assert!(told(two), "{two:?}");
        }
        // Once nobody is there any more, nothing is remembered.
        let mut presence = Presence::default();
        for (serial, boot) in [(1, a), (2, b), (3, a)] {
            presence.join(serial, Who::Agent(PC), ()).unwrap();
            presence.started(PC, boot);
        }
        presence.leave(3);
        presence.join(4, Who::Agent(PC), ()).unwrap();
        assert!(!presence.started(PC, b) && presence.starts.len() == 1);
    }

    #[test]
    fn a_member_has_several_links_but_not_any_number() {
        let mut presence = Presence::default();
        let sophie = || Who::Member(PersonId::new("sophie.martin").unwrap());
        for serial in 0..MOST_OF_A_MEMBER as u64 {
            assert_eq!(presence.join(serial, sophie(), serial), Ok(None));
        }
        assert_eq!(presence.join(99, sophie(), 99), Err(TooMany));
        let karim = Who::Member(PersonId::new("karim.benali").unwrap());
        assert_eq!(presence.join(100, karim, 100), Ok(None));
        presence.leave(3);
        assert_eq!(presence.join(99, sophie(), 99), Ok(None));
    }
}

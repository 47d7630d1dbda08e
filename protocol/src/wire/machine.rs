//! What the relay answers a machine. Of all calls a machine makes seven, which have six answers; what only people are told is nothing it
//! reads, whoever holds the relay.

use std::fmt;

use serde::de::{EnumAccess, Error as _, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Wire;
use super::assent::ListAsk;
use super::codes::FaultCode;
use super::enrol::Reply;
use crate::id::AgentId;

/// An answer to a machine's [`Call`](super::enrol::Call): the same bytes as the [`Reply`] of that name, and no other.
#[derive(Clone, PartialEq, Debug)]
pub enum MachineReply {
    /// Not done.
    Fault {
        /// Why.
        code: FaultCode,
        /// A sentence for the person, French.
        fr: String,
        /// The same in English.
        en: String,
    },
    /// Done; nothing to say.
    Done,
    /// The machine is attached, or its key renewed.
    Enrolled {
        /// Its name from now on.
        agent: AgentId,
    },
    /// The firm's file, as text.
    Firm(String),
    /// The version of the list that waits for this machine, if one does.
    ListAsk(Option<Box<ListAsk>>),
    /// Bytes of a released file; none behind its end.
    ReleasePart(Vec<u8>),
}

/// Where these stand among the variants of [`Reply`].
mod index {
    pub(super) const FAULT: u32 = 0;
    pub(super) const DONE: u32 = 1;
    pub(super) const ENROLLED: u32 = 2;
    pub(super) const FIRM: u32 = 9;
    pub(super) const LIST_ASK: u32 = 22;
    pub(super) const RELEASE_PART: u32 = 23;
}

struct Answer;

// === impl MachineReply

impl Wire for MachineReply {
    const LIMIT: usize = Reply::LIMIT;
}

impl From<MachineReply> for Reply {
    fn from(reply: MachineReply) -> Self {
        match reply {
            MachineReply::Fault { code, fr, en } => Self::Fault { code, fr, en },
            MachineReply::Done => Self::Done,
            MachineReply::Enrolled { agent } => Self::Enrolled { agent },
            MachineReply::Firm(text) => Self::Firm(text),
            MachineReply::ListAsk(found) => Self::ListAsk(found),
            MachineReply::ReleasePart(bytes) => Self::ReleasePart(bytes),
        }
    }
}

impl Serialize for MachineReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Reply::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MachineReply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("Reply", &[], Answer)
    }
}

impl<'de> Visitor<'de> for Answer {
    type Value = MachineReply;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer to a machine")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<MachineReply, A::Error> {
        let (index, content): (u32, _) = access.variant()?;
        // In postcard the fields of a variant are those of a tuple.
        Ok(match index {
            index::FAULT => {
                let (code, fr, en) = content.newtype_variant()?;
                MachineReply::Fault { code, fr, en }
            }
            index::DONE => {
                content.unit_variant()?;
                MachineReply::Done
            }
            index::ENROLLED => MachineReply::Enrolled { agent: content.newtype_variant()? },
            index::FIRM => MachineReply::Firm(content.newtype_variant()?),
            index::LIST_ASK => MachineReply::ListAsk(content.newtype_variant()?),
            index::RELEASE_PART => MachineReply::ReleasePart(content.newtype_variant()?),
            _ => return Err(A::Error::custom("not an answer to a machine")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{HEADER, decode_content};

    #[test]
    fn a_machine_reads_its_own_answers_and_nothing_that_people_are_told() {
        let mut read = Vec::new();
        for sample in crate::wire::samples::all().iter().filter(|it| it.name.starts_with("reply ")) {
            let whole: Reply = decode_content(&sample.frame[HEADER..]).unwrap();
            match decode_content::<MachineReply>(&sample.frame[HEADER..]) {
                Ok(reply) => {
                    assert_eq!(Reply::from(reply), whole, "{}", sample.name);
                    read.push(std::mem::discriminant(&whole));
                }
                Err(_) => assert!(
                    !matches!(
                        whole,
                        Reply::Fault { .. }
                            | Reply::Done
                            | Reply::Enrolled { .. }
                            | Reply::Firm(_)
                            | Reply::ListAsk(_)
                            | Reply::ReleasePart(_)
                    ),
                    "{} is not read",
                    sample.name
                ),
            }
        }
        read.dedup();
        assert_eq!(read.len(), 6, "an answer without a sample");
    }
}

//! Numbers with a meaning that grows: reasons for refusal, end and close.
//!
//! A reason is one name used everywhere: wire code, log field, metric label, key of the French and English text. A code from
//! a newer peer survives as `Unknown(n)` instead of breaking the message around it.

/// Declares a C-like enum whose unknown numbers survive.
macro_rules! codes_ {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $number:literal $label:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)+
            /// A code of a newer peer.
            Unknown(u16),
        }

        impl $name {
            /// Every code this program knows.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The number on the wire.
            pub const fn number(self) -> u16 {
                match self { $(Self::$variant => $number,)+ Self::Unknown(n) => n }
            }

            /// The name in logs, JSON, metrics and text catalogues.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ Self::Unknown(_) => "UNKNOWN" }
            }
        }

        impl From<u16> for $name {
            fn from(number: u16) -> Self {
                match number { $($number => Self::$variant,)+ n => Self::Unknown(n) }
            }
        }

        impl From<$name> for u16 {
            fn from(code: $name) -> u16 { code.number() }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { Self::Unknown(n) => write!(f, "UNKNOWN_{n}"), known => f.write_str(known.label()) }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                if s.is_human_readable() { s.collect_str(self) } else { s.serialize_u16(self.number()) }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                if d.is_human_readable() {
                    let text = <String as serde::Deserialize>::deserialize(d)?;
                    Self::ALL.iter().copied().find(|c| c.label() == text)
                        .ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no {}", stringify!($name))))
                } else {
                    <u16 as serde::Deserialize>::deserialize(d).map(Self::from)
                }
            }
        }
    };
}

pub(crate) use codes_ as codes;

codes! {
    /// Why the gate refuses a session. In the order of disclosure: security first, then commercial.
    RefusalCode {
        /// The person asking is not a certified technician of the firm.
        TechnicianUnauthorised = 1 "TECH_UNAUTH",
        /// The technician is locked.
        TechnicianLocked = 2 "TECH_LOCKED",
        /// No such machine is enrolled.
        AgentUnknown = 3 "AGENT_UNKNOWN",
        /// The machine was revoked.
        AgentRevoked = 4 "AGENT_REVOKED",
        /// The machine is enrolled, and a manager has not approved it yet.
        AgentPending = 5 "AGENT_PENDING",
        /// The machine's key was seen on other hardware: it may have been copied, and a manager has not looked yet.
        AgentQuarantined = 23 "AGENT_QUARANTINED",
        /// Nobody at the client asked (clause 9.4).
        NoClientRequest = 6 "NO_CLIENT_REQUEST",
        /// No contract covers the client.
        NoContract = 7 "NO_CONTRACT",
        /// The contract starts later (6.1).
        NotYetInForce = 8 "NOT_YET_IN_FORCE",
        /// The contract has ended (6.3).
        Lapsed = 9 "LAPSED",
        /// A manager suspended the contract.
        Suspended = 10 "SUSPENDED",
        /// The machine belongs to an establishment the contract does not cover (2.3).
        DeviceOutOfScope = 11 "DEVICE_OUT_OF_SCOPE",
        /// The machine is not covered (2.1), or no longer by the list both approved (2.2).
        DeviceNotCovered = 12 "DEVICE_NOT_COVERED",
        /// Outside support hours (4.2).
        OutOfHours = 13 "OUT_OF_HOURS",
        /// The work is excluded without an accepted quote (2.6).
        ExcludedOperation = 14 "EXCLUDED_OPERATION",
        /// The machine is not connected.
        AgentOffline = 15 "AGENT_OFFLINE",
        /// The machine is in a session already.
        AgentBusy = 16 "AGENT_BUSY",
        /// The line was measured and is too weak (4.4).
        LinkInsufficient = 17 "LINK_INSUFFICIENT",
        /// The line could not be measured (4.4).
        LinkUnmeasured = 18 "LINK_UNMEASURED",
        /// The contract record cannot be read: fails closed.
        EntitlementUnavailable = 19 "ENTITLEMENT_UNAVAILABLE",
        /// The relay's own clock cannot be trusted: fails closed.
        ClockUntrusted = 20 "CLOCK_UNTRUSTED",
        /// The request asks for something this relay does not know.
        UnknownCapability = 21 "UNKNOWN_CAPABILITY",
        /// Too many requests of this technician for this machine.
        TooManyRequests = 22 "TOO_MANY_REQUESTS",
        /// A warning, never a refusal: the line is weak, the picture will be reduced (4.4).
        LinkDegraded = 101 "LINK_DEGRADED",
        /// A warning, never a refusal: no valid postal code, so whether on-site help can be offered has to be asked (4.8).
        PostalCodeMissing = 102 "POSTAL_CODE_MISSING",
        /// A warning, never a refusal: the on-site option was sold where no technician travels (4.8).
        OnsiteOutsideArea = 103 "ONSITE_OUTSIDE_AREA",
        /// A warning, never a refusal: a manager's exception lets the session start outside support hours (4.2).
        ByException = 104 "BY_EXCEPTION",
        /// A warning, never a refusal: when a notice ends the contract needs a person's look (6.3).
        EndNeedsReview = 105 "END_NEEDS_REVIEW",
        /// A warning, never a refusal: the machine was seen and never notified, so what is due for it may be claimed (2.4).
        BillableUnlisted = 106 "BILLABLE_UNLISTED",
        /// A warning, never a refusal: the line is too weak, and the firm lets the person at the PC try (4.4).
        LinkTried = 107 "LINK_TRIED",
        /// A warning, never a refusal: opening the machine may cost the maker's warranty (9.3).
        WarrantyAtRisk = 108 "WARRANTY_AT_RISK",
        /// A warning, never a refusal: the client wrote that they leave, and not by the letter that counts (6.3).
        NotANotice = 109 "NOT_A_NOTICE",
        /// A warning, never a refusal: the client was not told in time that they may refuse the renewal (15.2).
        RenewalNoticeMissing = 110 "RENEWAL_NOTICE_MISSING",
        /// A warning, never a refusal: today is a public holiday, and support is open (4.2).
        PublicHoliday = 111 "PUBLIC_HOLIDAY",
    }
}

codes! {
    /// Why a session ended, or never began, after the gate had said yes.
    EndReason {
        /// The person at the PC pressed the end button or the hotkey.
        EndedByPerson = 1 "ENDED_BY_PERSON",
        /// The technician ended it.
        EndedByTechnician = 2 "ENDED_BY_TECHNICIAN",
        /// The person at the PC said no.
        RefusedByPerson = 3 "REFUSED_BY_PERSON",
        /// Nobody answered within the prompt's time: that is a no.
        PromptTimedOut = 4 "PROMPT_TIMED_OUT",
        /// The prompt's program died or was closed: that is a no.
        PromptLost = 5 "PROMPT_LOST",
        /// The banner is gone, so nothing may be seen or moved.
        BannerLost = 6 "BANNER_LOST",
        /// The granted time is over.
        GrantExpired = 7 "GRANT_EXPIRED",
        /// The line between the parties was lost.
        LinkLost = 8 "LINK_LOST",
        /// The relay's ticket is not valid for this session.
        TicketInvalid = 9 "TICKET_INVALID",
        /// The technician's certificate does not hold.
        TechnicianUntrusted = 10 "TECHNICIAN_UNTRUSTED",
        /// The machine's key is not the approved one.
        AgentUntrusted = 11 "AGENT_UNTRUSTED",
        /// The end-to-end handshake failed or somebody changed bytes.
        SealBroken = 12 "SEAL_BROKEN",
        /// The other side broke the protocol.
        ProtocolViolation = 13 "PROTOCOL_VIOLATION",
        /// There is no screen to show on the machine.
        NoDisplay = 14 "NO_DISPLAY",
        /// The screen is one this agent may not capture (Wayland).
        DisplayUnsupported = 15 "DISPLAY_UNSUPPORTED",
        /// The screen was lost in the session.
        DisplayLost = 16 "DISPLAY_LOST",
        /// Nobody is logged on at the machine.
        NobodyThere = 17 "NOBODY_THERE",
        /// The machine went to sleep, its person logged off or switched.
        PersonLeft = 18 "PERSON_LEFT",
        /// Security cut by the relay: technician locked or machine revoked.
        SecurityCut = 19 "SECURITY_CUT",
        /// The relay stops or restarts.
        RelayStopping = 20 "RELAY_STOPPING",
        /// The agent stops or restarts.
        AgentStopping = 21 "AGENT_STOPPING",
        /// The other side stopped answering.
        PeerSilent = 22 "PEER_SILENT",
        /// Too many prompts: this agent stays quiet for a while.
        PromptLimit = 23 "PROMPT_LIMIT",
        /// The agent is busy with another session.
        Busy = 24 "BUSY",
        /// The match codes differ: somebody sits in between.
        MatchCodeDiffers = 25 "MATCH_CODE_DIFFERS",
        /// Support has closed: nobody said yes to going on, or the longest overrun is over (4.2).
        SupportClosed = 26 "SUPPORT_CLOSED",
        /// The policy of whoever owns the machine allows no session.
        DevicePolicy = 27 "DEVICE_POLICY",
        /// The machine stayed locked or asleep for longer than a session waits.
        LeftLocked = 28 "LEFT_LOCKED",
        /// More was asked for than the ticket or the machine's policy allows: a new session must be asked for.
        BeyondTicket = 29 "BEYOND_TICKET",
        /// The technician handed it over to a colleague, who asks the person anew.
        HandedOver = 30 "HANDED_OVER",
        /// The session it stood beside is over, or stands still for long.
        FirstLeft = 31 "FIRST_LEFT",
        /// The agent is older than a release lets serve.
        ProgramTooOld = 32 "PROGRAM_TOO_OLD",
    }
}

codes! {
    /// Why a connection was closed.
    CloseCode {
        /// All is done.
        Done = 0 "DONE",
        /// The program stops.
        Stopping = 1 "STOPPING",
        /// The peer's version is too old.
        TooOld = 2 "TOO_OLD",
        /// The peer broke the protocol.
        Violation = 3 "VIOLATION",
        /// The peer's certificate or key is not accepted here.
        Unauthorised = 4 "UNAUTHORISED",
        /// The same key connected again; the newer connection wins.
        Superseded = 5 "SUPERSEDED",
        /// Nothing was said in time.
        Silent = 6 "SILENT",
        /// The key was revoked or the person locked.
        Revoked = 7 "REVOKED",
        /// Too many connections or calls.
        Limit = 8 "LIMIT",
        /// Something failed on this side.
        Internal = 9 "INTERNAL",
    }
}

codes! {
    /// Why a call was not carried out.
    FaultCode {
        /// The caller's role may not do this.
        Forbidden = 1 "FORBIDDEN",
        /// Nothing of that name.
        NotFound = 2 "NOT_FOUND",
        /// The code was never issued, or was mistyped.
        CodeUnknown = 3 "CODE_UNKNOWN",
        /// The code's time is over.
        CodeExpired = 4 "CODE_EXPIRED",
        /// The code was used.
        CodeUsed = 5 "CODE_USED",
        /// Something in the call is out of bounds.
        Invalid = 6 "INVALID",
        /// The contract record can't be read or written now.
        StoreUnavailable = 7 "STORE_UNAVAILABLE",
        /// The call is not known here.
        Unsupported = 8 "UNSUPPORTED",
        /// Too many attempts: wait.
        TooManyAttempts = 9 "TOO_MANY_ATTEMPTS",
        /// It is so already.
        Conflict = 10 "CONFLICT",
        /// The machine is not connected.
        Offline = 11 "OFFLINE",
    }
}

#[cfg(test)]
mod tests;

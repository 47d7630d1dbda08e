//! The rules of the banner, without a window: what it says, and when its sign of life may be given.

use std::time::{Duration, Instant};

use anyhow::bail;
use aval_protocol::prompt::{BEAT, Banner, BannerNotice, BannerUpdate, FromBanner};
use aval_protocol::text::{Lang, handover, promise, prompt as text};
use aval_protocol::wire::handover::Mask;
use aval_protocol::wire::session::Capabilities;

use crate::look::Look;

/// A banner that stays covered that long is no banner.
const COVERED: Duration = Duration::from_secs(1);
/// A look this much before its time is in time: windows look when their timer lets them.
const EARLY: Duration = Duration::from_millis(25);

/// One banner, from its arrival to its end.
#[derive(Debug)]
pub(crate) struct Showing {
    banner: Banner,
    notice: Option<BannerNotice>,
    mask: Mask,
    begun: Instant,
    /// When `banner.remaining_s` was true.
    told: Instant,
    up: bool,
    beat: Option<Instant>,
    /// When a person could last see it.
    seen: Option<Instant>,
}

/// What there is to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Words {
    pub(crate) headline: String,
    pub(crate) details: String,
    pub(crate) notice: String,
    /// On the mask's button.
    pub(crate) mask: &'static str,
    /// On the button that ends it, or keeps it from beginning.
    pub(crate) end: &'static str,
    /// Whether the technician can move anything now: the banner has another colour and a button more then.
    pub(crate) controls: bool,
}

impl Showing {
    /// A banner that arrived now.
    ///
    /// # Errors
    /// It names nobody, or tells nothing a person could understand.
    pub(crate) fn new(banner: Banner, now: Instant) -> anyhow::Result<Self> {
        check(&banner)?;
        let (notice, mask) = (None, Mask::Off);
        Ok(Self { banner, notice, mask, begun: now, told: now, up: false, beat: None, seen: None })
    }

    /// Something changed.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub(crate) fn update(&mut self, update: BannerUpdate, now: Instant) -> anyhow::Result<()> {
        self.banner.remaining_s = update.remaining_s;
        self.banner.capabilities = update.capabilities;
        (self.notice, self.mask, self.told) = (update.notice, update.mask, now);
        check(&self.banner)
    }

    /// Somebody came or went.
    ///
    /// # Errors
    /// As for [`Self::new`].
    pub(crate) fn name(&mut self, technicians: Vec<String>) -> anyhow::Result<()> {
        self.banner.technicians = technicians;
        check(&self.banner)
    }

    /// The language it begins with.
    pub(crate) fn lang(&self) -> Lang {
        self.banner.lang.unwrap_or_default()
    }

    /// Whether the mask's button closes the mask; otherwise it opens it.
    pub(crate) fn masks(&self) -> bool {
        self.mask != Mask::ByHand
    }

    /// Over a locked screen nothing is to be seen, and a locker is not fought with.
    pub(crate) fn held(&self) -> bool {
        matches!(self.notice, Some(BannerNotice::Held(_)))
    }

    /// Whether it was on the screen once.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_up(&self) -> bool {
        self.up
    }

    /// Whether a sign of life is due.
    pub(crate) fn due(&self, now: Instant) -> bool {
        self.beat.is_none_or(|at| now - at + EARLY >= BEAT)
    }

    /// The window was looked at: what to say to the session process, none, one or two words.
    pub(crate) fn looked(&mut self, now: Instant, look: &Look) -> Vec<FromBanner> {
        if look.visible() {
            self.seen = Some(now);
        }
        let mut said = Vec::new();
        if !self.due(now) {
            return said;
        }
        self.beat = Some(now);
        if look.visible() && !self.up {
            self.up = true;
            said.push(FromBanner::Up);
        }
        let lately = self.seen.is_some_and(|at| now - at < COVERED);
        if self.up && look.mapped && lately {
            said.push(FromBanner::Alive);
        }
        said
    }

    /// What there is to show now.
    pub(crate) fn words(&self, now: Instant, lang: Lang) -> Words {
        let b = &self.banner;
        let (since, passed) = ((now - self.begun).as_secs(), (now - self.told).as_secs());
        let remaining = u64::from(b.remaining_s).saturating_sub(passed);
        let elapsed = u16::try_from(passed).unwrap_or(u16::MAX);
        // Without a line, or locked, nobody sees or controls anything: that is what it says then, and for how long still.
        let lost = match self.notice {
            Some(BannerNotice::LineLost(for_s)) => {
                Some(BannerNotice::LineLost(for_s.saturating_sub(elapsed)))
            }
            Some(BannerNotice::Held(for_s)) => Some(BannerNotice::Held(for_s.saturating_sub(elapsed))),
            Some(BannerNotice::ReturnsIn(s)) => Some(BannerNotice::ReturnsIn(s.saturating_sub(elapsed))),
            Some(BannerNotice::Idle) => Some(BannerNotice::Idle),
            _ => None,
        };
        let counting = matches!(lost, Some(BannerNotice::ReturnsIn(_)));
        let masked = self.mask != Mask::Off;
        let headline = match lost {
            Some(notice) => text::notice(lang, notice),
            None if masked => handover::banner_masked(lang).to_owned(),
            None => text::banner(lang, &b.technicians, b.capabilities),
        };
        let notice = self.notice.filter(|_| lost.is_none());
        Words {
            headline,
            details: text::banner_details(lang, since, remaining, &b.firm, &b.phone),
            notice: notice.map(|n| text::notice(lang, n)).unwrap_or_default(),
            mask: if self.masks() { handover::mask(lang) } else { handover::unmask(lang) },
            end: if counting { promise::cancel(lang) } else { text::end(lang) },
            controls: lost.is_none() && !masked && b.capabilities.holds(Capabilities::CONTROL),
        }
    }
}

/// A banner that names nobody tells nothing.
pub(crate) fn check(banner: &Banner) -> anyhow::Result<()> {
    let names = &banner.technicians;
    let bad = names.is_empty()
        || names.len() > aval_protocol::prompt::MAX_TECHNICIANS
        || names.iter().any(|n| text::plain(n, 1).is_empty())
        || !banner.capabilities.holds(Capabilities::VIEW)
        || banner.capabilities.has_unknown();
    if bad {
        bail!("the banner's content makes no sense");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Rect;

    fn banner() -> Banner {
        Banner {
            technicians: vec!["Sophie Martin".into()],
            firm: "Atelier Beaurepaire Informatique".into(),
            phone: "+33199001234".into(),
            capabilities: Capabilities::VIEW.with(Capabilities::CONTROL),
            remaining_s: 3600,
            lang: None,
        }
    }

    fn look(mapped: bool, seen: u32) -> Look {
        Look { mapped, seen, at: Rect::default() }
    }

    #[test]
    fn it_lives_only_while_a_person_can_see_it() {
        let start = crate::clock::now();
        let after = |ms| start + Duration::from_millis(ms);
        let mut showing = Showing::new(banner(), start).unwrap();
        assert_eq!(showing.looked(start, &look(true, 40)), [], "never seen yet");
        assert_eq!(showing.looked(after(250), &look(true, 100)), [FromBanner::Up, FromBanner::Alive]);
        assert_eq!(showing.looked(after(300), &look(true, 100)), [], "not due");
        assert_eq!(showing.looked(after(500), &look(true, 0)), [FromBanner::Alive], "covered for a moment");
        assert_eq!(showing.looked(after(750), &look(false, 0)), [], "gone");
        assert_eq!(showing.looked(after(1300), &look(true, 0)), [], "covered for a second");
        assert_eq!(showing.looked(after(1550), &look(true, 90)), [FromBanner::Alive]);
    }

    #[test]
    fn what_is_said_follows_the_state() {
        let now = crate::clock::now();
        let mut showing = Showing::new(banner(), now).unwrap();
        let words = showing.words(now, Lang::Fr);
        assert!(words.controls && words.headline.contains("contrôle votre PC"), "{words:?}");
        let update = BannerUpdate {
            remaining_s: 60,
            capabilities: Capabilities::VIEW.with(Capabilities::CONTROL),
            notice: Some(BannerNotice::LineLost(90)),
            mask: Mask::ByHand,
        };
        showing.update(update, now).unwrap();
        let later = showing.words(now + Duration::from_secs(30), Lang::En);
        assert!(!later.controls && later.notice.is_empty() && later.mask == "Show my screen", "{later:?}");
        assert!(later.headline.contains("1\u{a0}min") && later.details.contains("00:30"), "{later:?}");
        showing.update(BannerUpdate { notice: Some(BannerNotice::ReturnsIn(10)), ..update }, now).unwrap();
        assert_eq!(showing.words(now, Lang::Fr).end, "Annuler");
        assert!(showing.update(BannerUpdate { capabilities: Capabilities::none(), ..update }, now).is_err());
    }
}

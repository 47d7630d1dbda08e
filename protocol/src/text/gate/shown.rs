//! Days, moments and lines as people read them.

use crate::text::Lang;
use crate::wire::record::LineFacts;

/// A civil day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Day {
    /// Year.
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 1 is Monday, 7 Sunday.
    pub weekday: u8,
}

/// A civil day with its time, on a Paris clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

const MONTHS: [(&str, &str); 12] = [
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
];
const WEEKDAYS: [(&str, &str); 7] = [
    ("lundi", "Monday"),
    ("mardi", "Tuesday"),
    ("mercredi", "Wednesday"),
    ("jeudi", "Thursday"),
    ("vendredi", "Friday"),
    ("samedi", "Saturday"),
    ("dimanche", "Sunday"),
];

fn nth<'a>(names: &[(&'a str, &'a str)], n: u8) -> (&'a str, &'a str) {
    names.get(usize::from(n).wrapping_sub(1)).copied().unwrap_or(("?", "?"))
}

impl Day {
    /// « mercredi 11 novembre 2026 ».
    pub fn fr(self) -> String {
        format!("{} {}", nth(&WEEKDAYS, self.weekday).0, self.fr_plain())
    }

    /// "Wednesday 11 November 2026".
    pub fn en(self) -> String {
        format!("{} {}", nth(&WEEKDAYS, self.weekday).1, self.en_plain())
    }
}

impl Day {
    /// « 1er mars 2026 ».
    pub fn fr_plain(self) -> String {
        let day = if self.day == 1 { "1er".to_owned() } else { self.day.to_string() };
        format!("{day}\u{a0}{} {}", nth(&MONTHS, self.month).0, self.year)
    }

    /// "1 March 2026".
    pub fn en_plain(self) -> String {
        format!("{}\u{a0}{} {}", self.day, nth(&MONTHS, self.month).1, self.year)
    }

    /// « mars 2026 ».
    pub fn fr_month(self) -> String {
        format!("{} {}", nth(&MONTHS, self.month).0, self.year)
    }

    /// "March 2026".
    pub fn en_month(self) -> String {
        format!("{} {}", nth(&MONTHS, self.month).1, self.year)
    }
}

impl Moment {
    /// « mercredi 11 novembre 2026 à 9 h 05 ».
    pub fn fr(self) -> String {
        format!("{} à {}", self.day.fr(), self.time_fr())
    }

    /// « à partir du mercredi 11 novembre 2026 à 9 h ».
    pub fn fr_from(self) -> String {
        format!("à partir du {}", self.fr())
    }

    /// « au mercredi 11 novembre 2026 à 9 h », after « jusqu’ ».
    pub fn fr_until(self) -> String {
        format!("au {}", self.fr())
    }

    /// "Wednesday 11 November 2026 at 9:05 (Paris time)".
    pub fn en(self) -> String {
        format!("{} at {}:{:02} (Paris time)", self.day.en(), self.hour, self.minute)
    }

    fn time_fr(self) -> String {
        match self.minute {
            0 => format!("{}\u{a0}h", self.hour),
            minute => format!("{}\u{a0}h\u{a0}{minute:02}", self.hour),
        }
    }
}

/// A line in a few words; rates from 1 Mbit/s on in Mbit/s.
pub fn line(lang: Lang, line: &LineFacts) -> String {
    let rate = |kbit: u32| match lang {
        _ if kbit < 1000 => format!("{kbit}\u{a0}kbit/s"),
        Lang::Fr => format!("{},{}\u{a0}Mbit/s", kbit / 1000, kbit % 1000 / 100),
        Lang::En => format!("{}.{}\u{a0}Mbit/s", kbit / 1000, kbit % 1000 / 100),
    };
    let loss = (line.loss_permille / 10, line.loss_permille % 10);
    let (down, up, rtt) = (rate(line.down_kbit), rate(line.up_kbit), line.rtt_ms);
    match lang {
        Lang::Fr => format!(
            "réception {down}, émission {up}, aller-retour {rtt}\u{a0}ms, pertes {},{}\u{a0}%",
            loss.0, loss.1
        ),
        Lang::En => {
            format!("down {down}, up {up}, round trip {rtt}\u{a0}ms, loss {}.{}\u{a0}%", loss.0, loss.1)
        }
    }
}

#[cfg(test)]
mod tests;

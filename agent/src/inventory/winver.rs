//! Which Windows it is and until when its maker mends it, by what its registry says.
//!
//! Days are those of Microsoft's lifecycle pages, as the pages of endoflife.date and Microsoft's release notes had them in 2026. A build
//! that is not listed has no day: newer agents know newer ones.

use aval_protocol::wire::inventory::items::Os;
use aval_protocol::wire::inventory::{Day, Text};

/// Values of `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion`, as far as they are there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// `ProductName`: `Windows 10 Pro`, on Windows 11 as well.
    pub product: String,
    /// `EditionID`: `Professional`, `EnterpriseS`.
    pub edition: String,
    /// `InstallationType`: `Client`, `Server`, `Server Core`.
    pub installation: String,
    /// `DisplayVersion`, else `ReleaseId`: `24H2`, `1809`.
    pub release: Option<String>,
    /// `CurrentVersion`: `6.1`, and `6.3` for everything later.
    pub version: String,
    /// `CurrentBuildNumber`.
    pub build: u32,
}

/// The first build of Windows 11.
const ELEVEN: u32 = 22_000;
/// The first build of Windows 10, which counts releases instead of versions.
const TEN: u32 = 10_240;

type Ymd = (u16, u8, u8);

/// Builds of clients: the last day for Home and Pro, and for Enterprise and Education.
const CLIENTS: &[(u32, Ymd, Ymd)] = &[
    (7_601, (2020, 1, 14), (2020, 1, 14)),
    (9_200, (2016, 1, 12), (2016, 1, 12)),
    (9_600, (2023, 1, 10), (2023, 1, 10)),
    (10_240, (2017, 5, 9), (2017, 5, 9)),
    (10_586, (2017, 10, 10), (2017, 10, 10)),
    (14_393, (2018, 4, 10), (2019, 4, 9)),
    (15_063, (2018, 10, 9), (2019, 10, 8)),
    (16_299, (2019, 4, 9), (2020, 10, 13)),
    (17_134, (2019, 11, 12), (2021, 5, 11)),
    (17_763, (2020, 11, 10), (2021, 5, 11)),
    (18_362, (2020, 12, 8), (2020, 12, 8)),
    (18_363, (2021, 5, 11), (2022, 5, 10)),
    (19_041, (2021, 12, 14), (2021, 12, 14)),
    (19_042, (2022, 5, 10), (2023, 5, 9)),
    (19_043, (2022, 12, 13), (2022, 12, 13)),
    (19_044, (2023, 6, 13), (2024, 6, 11)),
    (19_045, (2025, 10, 14), (2025, 10, 14)),
    (22_000, (2023, 10, 10), (2024, 10, 8)),
    (22_621, (2024, 10, 8), (2025, 10, 14)),
    (22_631, (2025, 11, 11), (2026, 11, 10)),
    (26_100, (2026, 10, 13), (2027, 10, 12)),
    (26_200, (2027, 10, 12), (2028, 10, 10)),
];

/// Builds of clients that are sold for years without change (LTSB, LTSC).
const LONG_TERM: &[(u32, Ymd)] = &[
    (10_240, (2025, 10, 14)),
    (14_393, (2026, 10, 13)),
    (17_763, (2029, 1, 9)),
    (19_044, (2027, 1, 12)),
    (26_100, (2029, 10, 9)),
];

/// Builds of servers: the last day of the maker's regular support, and of its security updates.
const SERVERS: &[(u32, Ymd, Ymd)] = &[
    (7_601, (2015, 1, 13), (2020, 1, 14)),
    (9_200, (2018, 10, 9), (2023, 10, 10)),
    (9_600, (2018, 10, 9), (2023, 10, 10)),
    (14_393, (2022, 1, 11), (2027, 1, 12)),
    (17_763, (2024, 1, 9), (2029, 1, 9)),
    (20_348, (2026, 10, 13), (2031, 10, 14)),
    (26_100, (2029, 10, 9), (2034, 10, 10)),
];

/// Updates that are paid for after the end: Windows 7, Windows 10 22H2, and servers.
const PAID_CLIENTS: &[(u32, Ymd)] = &[(7_601, (2023, 1, 10)), (19_045, (2028, 10, 10))];
const PAID_SERVERS: &[(u32, Ymd)] =
    &[(7_601, (2023, 1, 10)), (9_200, (2026, 10, 13)), (9_600, (2026, 10, 13)), (14_393, (2030, 1, 12))];

/// The system. The number of its monthly update is left out: it is no change of the equipment.
pub fn os(known: &Known, arch: &str) -> Os {
    let server = known.installation.starts_with("Server");
    let name = match known.product.strip_prefix("Windows 10") {
        Some(rest) if known.build >= ELEVEN && !server => format!("Windows 11{rest}"),
        _ => known.product.clone(),
    };
    let version = match &known.release {
        Some(release) if known.build >= TEN => release.clone(),
        _ => format!("{}.{}", known.version, known.build),
    };
    let (support_end, extended_end) = support(known, server);
    Os {
        name: Text::name(&name),
        id: Text::new("windows"),
        version: Text::name(&version),
        arch: Text::name(arch),
        support_end,
        extended_end,
    }
}

fn support(known: &Known, server: bool) -> (Option<Day>, Option<Day>) {
    let (build, edition) = (known.build, known.edition.as_str());
    let day = |(year, month, day): Ymd| Day::new(year, month, day);
    let paid =
        |table: &[(u32, Ymd)]| table.iter().find(|(of, _)| *of == build).and_then(|(_, end)| day(*end));
    if server {
        let found = SERVERS.iter().find(|(of, ..)| *of == build);
        let (regular, security) =
            found.map_or((None, None), |(_, regular, security)| (day(*regular), day(*security)));
        return (regular, paid(PAID_SERVERS).or(security));
    }
    // Enterprise and education are mended longer; an edition with an S after its name never changes.
    if edition.starts_with("EnterpriseS") || edition.starts_with("IoTEnterpriseS") {
        return (paid(LONG_TERM), None);
    }
    let large = ["Enterprise", "Education", "IoTEnterprise", "ServerRdsh"]
        .iter()
        .any(|name| edition.starts_with(name));
    let found = CLIENTS.iter().find(|(of, ..)| *of == build);
    let regular = found.and_then(|(_, small, enterprise)| day(if large { *enterprise } else { *small }));
    (regular, paid(PAID_CLIENTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the registries of such systems have it (values published in Microsoft's support answers).
    fn known(product: &str, edition: &str, release: Option<&str>, build: u32) -> Known {
        let installation = if product.contains("Server") { "Server" } else { "Client" };
        Known {
            product: product.to_owned(),
            edition: edition.to_owned(),
            installation: installation.to_owned(),
            release: release.map(str::to_owned),
            version: if build < 9_200 { "6.1" } else { "6.3" }.to_owned(),
            build,
        }
    }

    fn told(known: &Known) -> [Option<String>; 4] {
        let os = os(known, "x86_64");
        let day = |day: Option<Day>| {
            day.map(|day| {
                let (year, month, day) = day.parts();
                format!("{year}-{month:02}-{day:02}")
            })
        };
        let text = |text: Option<Text>| text.map(|text| text.to_string());
        [text(os.name), text(os.version), day(os.support_end), day(os.extended_end)]
    }

    fn expect(known: &Known, name: &str, version: &str, support: Option<&str>, extended: Option<&str>) {
        let owned = |text: &str| Some(text.to_owned());
        assert_eq!(
            told(known),
            [owned(name), owned(version), support.and_then(owned), extended.and_then(owned)]
        );
    }

    #[test]
    fn eleven_calls_itself_ten_and_larger_editions_are_mended_longer() {
        let pro = known("Windows 10 Pro", "Professional", Some("24H2"), 26_100);
        expect(&pro, "Windows 11 Pro", "24H2", Some("2026-10-13"), None);
        let large = known("Windows 10 Enterprise", "Enterprise", Some("24H2"), 26_100);
        expect(&large, "Windows 11 Enterprise", "24H2", Some("2027-10-12"), None);
        let fixed = known("Windows 10 Enterprise LTSC 2024", "EnterpriseS", Some("24H2"), 26_100);
        expect(&fixed, "Windows 11 Enterprise LTSC 2024", "24H2", Some("2029-10-09"), None);
    }

    #[test]
    fn older_ones_and_servers_have_days_that_are_paid_for() {
        let seven = known("Windows 7 Professional", "Professional", None, 7_601);
        expect(&seven, "Windows 7 Professional", "6.1.7601", Some("2020-01-14"), Some("2023-01-10"));
        let ten = known("Windows 10 Pro", "Professional", Some("22H2"), 19_045);
        expect(&ten, "Windows 10 Pro", "22H2", Some("2025-10-14"), Some("2028-10-10"));
        let server = known("Windows Server 2019 Standard", "ServerStandard", Some("1809"), 17_763);
        expect(&server, "Windows Server 2019 Standard", "1809", Some("2024-01-09"), Some("2029-01-09"));
    }

    #[test]
    fn a_build_that_nobody_listed_has_no_day() {
        let newer = known("Windows 10 Pro", "Professional", Some("27H2"), 30_000);
        expect(&newer, "Windows 11 Pro", "27H2", None, None);
    }
}

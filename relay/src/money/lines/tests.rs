//! Lines by clause, at exact amounts and days; and what holds for all accounts.

use proptest::prelude::*;

use super::*;
use crate::gate::term::{Day, Months};
use crate::money::Index;
use crate::money::index::Series;
use crate::money::payment::{Debit, banks_rest};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn account(period: Period) -> Account {
    Account {
        term: Term::new(Day::new(day("2026-01-01")).unwrap(), Months::default()),
        ends_on: None,
        period,
        prices: vec![price(2500, Basis::Contract)],
        listed: Vec::new(),
        rates: Vec::new(),
        indices: Vec::new(),
        backup: None,
        volumes: Vec::new(),
        onsite: false,
        extras: Vec::new(),
        received: Vec::new(),
        terms: Terms::ByClient,
    }
}

fn price(unit: i64, basis: Basis) -> Price {
    let agreed_on = day("2026-01-01");
    Price { label: "Poste".into(), quantity: 1, unit: Cents(unit), agreed_on, basis }
}

fn bill(account: &Account, from: &str, to: &str) -> Bill {
    account.bill(day(from), day(to)).unwrap()
}

fn amounts(bill: &Bill) -> Vec<(String, &'static str, i64)> {
    let lines = bill.invoices.iter().flat_map(|invoice| {
        invoice.lines.iter().map(|line| (invoice.from.to_string(), line.clause, line.amount.0))
    });
    lines.collect()
}

#[test]
fn clause_10_1_periods_are_anchored_on_the_first_day() {
    let mut yearly = account(Period::Quarterly);
    yearly.term = Term::new(Day::new(day("2025-11-30")).unwrap(), Months::default());
    yearly.prices[0].agreed_on = day("2026-08-01");
    let found = bill(&yearly, "2025-11-01", "2026-12-01");
    let days: Vec<_> =
        found.invoices.iter().map(|one| (one.from.to_string(), one.until.to_string())).collect();
    let expected = [
        ("2025-11-30", "2026-02-28"),
        ("2026-02-28", "2026-05-30"),
        ("2026-05-30", "2026-08-30"),
        ("2026-08-30", "2026-11-30"),
        ("2026-11-30", "2027-02-28"),
    ];
    assert_eq!(days, expected.map(|(from, until)| (from.to_owned(), until.to_owned())));
    assert!(found.invoices.iter().all(|one| one.total == Cents(2500)));
}

#[test]
fn clause_10_2_equipment_notified_in_a_period_costs_its_share_of_it() {
    let notified = |signed| {
        let mut account = account(Period::Monthly);
        account.prices = vec![price(2500, Basis::Notified { on: day("2026-03-11"), signed })];
        bill(&account, "2026-02-01", "2026-05-01")
    };
    let share = [("2026-03-01".to_owned(), "10.2", 1694), ("2026-04-01".to_owned(), "10.1", 2500)];
    assert_eq!(amounts(&notified(true)), share);
    let waiting = notified(false);
    assert!(waiting.invoices.is_empty(), "invoiced only after both signatures");
    let left: Vec<_> = waiting.waiting.iter().map(|line| line.amount.0).collect();
    assert_eq!(left, [1694, 2500]);
}

#[test]
fn clause_2_4_equipment_never_notified_is_a_claim_from_its_first_sight() {
    let mut account = account(Period::Monthly);
    account.prices = vec![price(2500, Basis::SeenUnlisted { on: day("2026-03-11"), signed: false })];
    let found = bill(&account, "2026-03-01", "2026-04-01");
    assert_eq!(
        (found.waiting[0].kind, found.waiting[0].clause, found.waiting[0].amount),
        ("claim", "2.4", Cents(1694))
    );
    assert!(found.waiting[0].explained[0].fr.contains("21/31"), "{}", found.waiting[0].explained[0].fr);
}

#[test]
fn clause_2_2_one_signature_is_none() {
    // What the document says of one signature only is told in its own tests; here a draft never reaches an invoice.
    let mut account = account(Period::Yearly);
    account.prices.push(price(900, Basis::Notified { on: day("2026-01-01"), signed: false }));
    let found = bill(&account, "2026-01-01", "2027-01-01");
    assert_eq!((found.invoices[0].total, found.waiting.len()), (Cents(2500), 1));
}

#[test]
fn clause_6_3_a_period_in_which_the_contract_ends_costs_its_days() {
    let mut ended = account(Period::Monthly);
    ended.ends_on = Some(day("2026-03-11"));
    let found = bill(&ended, "2026-03-01", "2027-01-01");
    assert_eq!(amounts(&found), [("2026-03-01".to_owned(), "10.1", 806)]);
}

fn published(month: &str, tenths: u32, on: &str, series: Series) -> Published {
    Published { series, month: day(month), index: Index(tenths), on: day(on) }
}

#[test]
fn clause_10_5_prices_move_in_july_by_the_last_index_published_and_no_paid_period_is_billed_again() {
    let mut monthly = account(Period::Monthly);
    monthly.prices = vec![price(10_000, Basis::Contract)];
    monthly.indices = vec![
        published("2025-11-01", 2806, "2025-12-29", Series::Revised),
        published("2026-05-01", 3150, "2026-06-28", Series::Revised),
        // Published a day too late for this July, and so for the next one.
        published("2026-06-01", 3300, "2026-07-02", Series::Revised),
        published("2027-05-01", 3100, "2027-06-28", Series::Revised),
    ];
    let found = amounts(&bill(&monthly, "2026-06-01", "2027-08-01"));
    assert_eq!(found[0].2, 10_000);
    assert!(found[1..=12].iter().all(|line| line.2 == 11_226), "{found:?}");
    // 112.26 × 3100 / 3150: an index may go down, and prices with it.
    assert_eq!(found[13], ("2027-07-01".to_owned(), "10.1", 11_048));

    let mut yearly = Account { period: Period::Yearly, ..monthly };
    yearly.prices[0].quantity = 2;
    let found = bill(&yearly, "2026-01-01", "2028-01-01");
    let totals: Vec<_> = found.invoices.iter().map(|invoice| invoice.total.0).collect();
    assert_eq!(totals, [20_000, 22_452], "the year that began in January is not billed again in July");
    let said = &found.invoices[1].lines[0].explained[1];
    assert!(said.fr.contains("315,0 / 280,6") && said.fr.contains("112,26"), "{}", said.fr);
}

#[test]
fn clause_10_5_an_index_of_the_old_series_is_linked_and_a_missing_one_is_asked_for() {
    let mut linked = account(Period::Yearly);
    linked.prices = vec![Price { agreed_on: day("2022-03-01"), ..price(10_000, Basis::Contract) }];
    linked.term = Term::new(Day::new(day("2022-01-01")).unwrap(), Months::default());
    assert_eq!(linked.bill(day("2023-01-01"), day("2024-01-01")), Err(BadMoney::NoIndex(day("2022-03-01"))));
    linked.indices = vec![published("2022-01-01", 2760, "2022-02-25", Series::Old)];
    assert_eq!(
        amounts(&bill(&linked, "2023-01-01", "2024-01-01"))[0].2,
        10_000,
        "nothing newer was known in July 2022"
    );
    linked.indices.push(published("2023-05-01", 3150, "2023-06-28", Series::Revised));
    let vector = 3150_i64 * 2864 * 10_000;
    let expected = (2 * vector + 2760 * 2806) / (2 * 2760 * 2806);
    let found = bill(&linked, "2024-01-01", "2025-01-01");
    assert_eq!(found.invoices[0].total.0, expected);
    assert!(found.invoices[0].lines[0].explained[1].en.contains("286.4 / 280.6"));
    let backwards = vec![
        published("2022-01-01", 2760, "2022-02-25", Series::Revised),
        published("2023-05-01", 3150, "2023-06-28", Series::Old),
    ];
    linked.indices = backwards;
    assert_eq!(linked.bill(day("2024-01-01"), day("2025-01-01")), Err(BadMoney::Series(day("2023-05-01"))));
}

#[test]
fn clause_7_1_backups_are_a_monthly_line_only_beyond_the_volume_and_with_the_option() {
    let mut saved = account(Period::Yearly);
    saved.volumes = vec![
        (day("2026-05-01"), 99_000_000_000),
        (day("2026-06-01"), 112_345_678_901),
        (day("2025-06-01"), 900_000_000_000),
    ];
    let without = bill(&saved, "2025-01-01", "2027-01-01");
    assert_eq!((without.invoices.len(), without.rejected.len()), (1, 2));
    saved.backup = Some(Backup { included_gb: 100, cents_per_gb: 300 });
    let with = bill(&saved, "2025-01-01", "2027-01-01");
    assert_eq!(amounts(&with)[1], ("2026-06-01".to_owned(), "7.1", 3704));
    assert_eq!(with.invoices.len(), 2, "and none for months before the contract");
}

#[test]
fn clause_2_5_parts_and_software_are_never_included() {
    for kind in [ExtraKind::Part, ExtraKind::Software] {
        assert_eq!(judged(kind, 0, false), Err("2.5"));
        assert_eq!(judged(kind, 8900, true), Err("2.5"));
        assert_eq!(judged(kind, 8900, false), Ok("2.5"));
    }
    assert_eq!(judged(ExtraKind::WarrantyPart, 0, false), Ok("2.5"));
    assert_eq!(judged(ExtraKind::WarrantyPart, 1, false), Err("2.5"));
}

#[test]
fn clause_5_2_a_visit_is_included_with_the_option_and_clause_5_3_not_for_what_is_new() {
    let visit = |category, onsite| {
        let mut account = account(Period::Yearly);
        account.onsite = onsite;
        account.extras = vec![extra(ExtraKind::Visit(category), 9000, false)];
        let found = bill(&account, "2026-05-01", "2026-06-01");
        match (found.invoices.first(), found.rejected.first()) {
            (Some(invoice), None) => Ok(invoice.lines[0].clause),
            (None, Some(line)) => Err(line.clause),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(visit(WorkCategory::Assistance, true), Err("5.2"));
    assert_eq!(visit(WorkCategory::Maintenance, false), Ok("5.2"));
    assert_eq!(visit(WorkCategory::AddHardware, true), Ok("5.3"));
}

#[test]
fn clause_5_5_a_missed_appointment_is_the_clients_and_a_late_firm_is_nobodys() {
    assert_eq!(judged(ExtraKind::Trip(TripCause::ClientAbsent), 6000, false), Ok("5.5"));
    assert_eq!(judged(ExtraKind::Trip(TripCause::Provider), 6000, false), Err("5.5"));
}

#[test]
fn clause_11_6_a_trip_to_a_site_where_nobody_can_work_is_due() {
    assert_eq!(judged(ExtraKind::Trip(TripCause::SiteUnsafe), 6000, false), Ok("11.6"));
}

#[test]
fn clause_10_4_the_banks_fees_are_the_firms() {
    assert_eq!(judged(ExtraKind::BankFee, 150, false), Err("10.4"));
}

fn extra(kind: ExtraKind, cents: i64, included: bool) -> Extra {
    Extra { kind, label: "Ligne".into(), on: day("2026-05-06"), amount: Cents(cents), included }
}

fn judged(kind: ExtraKind, cents: i64, included: bool) -> Result<&'static str, &'static str> {
    extra(kind, cents, included).judge(false).map(|line| line.clause).map_err(|line| line.clause)
}

#[test]
fn clause_10_3_an_invoice_is_due_from_its_reception_and_never_late_before_it_is_known() {
    assert_eq!(Terms::ByClient.payment(None).due, None);
    // Due on a Sunday: the day stands, the reminder is for the next working day – not Monday 13 April, but not Easter Monday either.
    let due = Terms::ByClient.payment(Some(day("2026-03-21"))).due.unwrap();
    assert_eq!(
        (due.due, due.late_from, due.reminder),
        (day("2026-04-05"), day("2026-04-06"), day("2026-04-07"))
    );
}

#[test]
fn clause_10_4_a_debit_needs_its_mandate_and_a_day_on_which_banks_settle() {
    let debit = |received: &str, mandate| Terms::Debit { mandate }.payment(Some(day(received))).debit;
    assert_eq!(debit("2026-02-14", true), Debit::On(day("2026-03-02")), "1 March 2026 is a Sunday");
    assert_eq!(debit("2026-03-10", true), Debit::On(day("2026-04-01")));
    assert_eq!(debit("2026-12-10", true), Debit::On(day("2027-01-04")), "New Year, then a weekend");
    assert_eq!(debit("2026-03-10", false), Debit::NoMandate);
    assert_eq!(Terms::Debit { mandate: true }.payment(None).debit, Debit::None);
    let rest =
        ["2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25", "2026-12-26", "2027-01-01", "2026-11-28"];
    assert!(rest.iter().all(|text| banks_rest(day(text))));
    // National holidays are no days of rest for the euro's banks.
    assert!(!banks_rest(day("2026-07-14")) && !banks_rest(day("2026-11-11")));
}

proptest! {
    #[test]
    fn periods_leave_no_day_out_and_count_none_twice(first in 0i32..4000, months in proptest::sample::select(vec![1u32, 3, 6, 12])) {
        let mut account = account(Period::from_months(months).unwrap());
        let begins = day("2020-01-01").checked_add(first.days()).unwrap();
        account.term = Term::new(Day::new(begins).unwrap(), Months::default());
        account.prices[0].agreed_on = day("2090-01-01");
        let found = account.bill(begins, begins.checked_add(4000.days()).unwrap()).unwrap();
        prop_assert_eq!(found.invoices[0].from, begins);
        for pair in found.invoices.windows(2) {
            prop_assert_eq!(pair[0].until, pair[1].from);
            prop_assert_eq!(pair[0].total, Cents(2500));
        }
    }

    /// A slow second opinion: each day's share counted on its own, in fractions of a cent over the period's days.
    #[test]
    fn shares_agree_with_days_counted_one_by_one(
        unit in 0i64..1_000_000, quantity in 1u32..50, since in 0i32..800, signed: bool, end in proptest::option::of(1i32..900),
    ) {
        let first = day("2026-01-31");
        let at = |days: i32| first.checked_add(days.days()).unwrap();
        let mut account = account(Period::Quarterly);
        account.term = Term::new(Day::new(first).unwrap(), Months::default());
        account.ends_on = end.map(at);
        let basis = Basis::Notified { on: at(since), signed };
        account.prices = vec![Price { quantity, agreed_on: day("2090-01-01"), ..price(unit, basis) }];
        let found = account.bill(first, at(1000)).unwrap();
        let lines: Vec<_> = found.invoices.iter().flat_map(|one| &one.lines).chain(&found.waiting).collect();
        let mut expected = Vec::new();
        let mut begins = first;
        for k in 1u32.. {
            let until = super::super::add_months(first, 3 * k);
            let all = begins.series(1.day()).take_while(|day| *day < until);
            let of = i64::try_from(all.clone().count()).unwrap();
            let counted = all.filter(|day| *day >= at(since) && account.ends_on.is_none_or(|end| *day < end)).count();
            if counted > 0 {
                let exact = unit * i64::from(quantity) * i64::try_from(counted).unwrap();
                expected.push((2 * exact + of) / (2 * of));
            }
            begins = until;
            if begins >= at(1000) { break; }
        }
        prop_assert_eq!(lines.iter().map(|line| line.amount.0).collect::<Vec<_>>(), expected);
        prop_assert_eq!(found.waiting.is_empty(), signed || lines.is_empty());
    }
}

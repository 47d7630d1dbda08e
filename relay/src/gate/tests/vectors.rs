//! Expectations worked out by another program: échéances, notices, windows, holidays and hours.

use jiff::civil::Date;
use serde_json::Value;

/// One section of the file, which may not be empty.
pub(in crate::gate) fn section(name: &str) -> Vec<Value> {
    let all: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/contract_vectors.json")).unwrap();
    let cases = match &all[name] {
        Value::Array(cases) => cases.clone(),
        Value::Object(by_year) => {
            by_year.values().flat_map(|year| year.as_array().unwrap().clone()).collect()
        }
        other => panic!("{name}: {other}"),
    };
    assert!(!cases.is_empty(), "{name}");
    cases
}

pub(in crate::gate) fn date(value: &Value) -> Date {
    value.as_str().unwrap().parse().unwrap()
}

pub(in crate::gate) fn count(value: &Value) -> u32 {
    value.as_u64().unwrap().try_into().unwrap()
}

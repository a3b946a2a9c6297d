//! What is printed can be written back.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;
use testudo_settings::{Loader, NoApp, Period, Size};

fn shown(variables: &[(String, String)]) -> Value {
    let environment = ("TESTUDO__ENVIRONMENT".to_owned(), "test".to_owned());
    let variables = variables.iter().cloned().chain([environment]);
    let loaded = Loader::new().working_dir("/nowhere").variables(variables).load::<NoApp>();
    loaded.unwrap_or_else(|errors| panic!("{errors}")).show_json()["settings"].take()
}

static DEFAULTS: LazyLock<Value> = LazyLock::new(|| shown(&[]));

/// Every default as a variable says it.
fn texts() -> Vec<(String, String)> {
    let mut all = Vec::new();
    collect("TESTUDO", &DEFAULTS, &mut all);
    all
}

fn collect(name: &str, value: &Value, all: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members.iter().filter(|(key, _)| *key != "environment") {
                collect(&format!("{name}__{}", key.to_uppercase()), value, all);
            }
        }
        Value::Null => {}
        Value::String(text) => all.push((name.to_owned(), text.clone())),
        other => all.push((name.to_owned(), other.to_string())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_printed_default_gives_the_default_back(some in proptest::sample::subsequence(texts(), 0..texts().len())) {
        prop_assert_eq!(&shown(&some), &*DEFAULTS);
    }

    #[test]
    fn a_list_between_commas_is_the_list(items in proptest::collection::vec("[a-z]{1,8}", 0..6)) {
        let variable = ("TESTUDO__CORS__EXPOSE".to_owned(), items.join(","));
        prop_assert_eq!(&shown(&[variable])["cors"]["expose"], &Value::from(items));
    }
}

proptest! {
    #[test]
    fn a_printed_duration_gives_the_duration_back(seconds in 0u64..=u64::from(u32::MAX), nanos in 0u32..1_000_000_000) {
        let period = Period::from(std::time::Duration::new(seconds, nanos));
        prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
    }

    #[test]
    fn a_printed_size_gives_the_size_back(kib in 0u64..1 << 40) {
        let size = Size::kib(kib);
        prop_assert_eq!(size.to_string().parse::<Size>().unwrap(), size);
    }
}

#[test]
fn every_default_is_covered() {
    assert!(texts().len() > 45, "{}", texts().len());
}

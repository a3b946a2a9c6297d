//! Sections under a name.

use crate::fixture::{Hmac, RateLimit, Setup};

#[test]
fn a_section_is_found_under_its_name_and_its_parts() {
    let loaded = Setup::shop()
        .environment("test")
        .file("[rate_limit.login]\nlimit = 5\nperiod = \"1m\"\n[hmac.hooks.github]\nkey = \"a\"\n")
        .variable("TESTUDO__RATE_LIMIT__LOGIN__LIMIT", "6")
        .variable("TESTUDO__RATE_LIMIT__SEARCH__LIMIT", "7")
        .variable("TESTUDO__HMAC__HOOKS__STRIPE__KEY_FILE", "key")
        .write("key", "b")
        .loaded();
    let login: RateLimit = loaded.named("login").unwrap();
    assert_eq!((login.limit, login.period.unwrap().as_secs()), (6, 60));
    assert_eq!(loaded.named::<RateLimit>("search").unwrap().limit, 7);
    assert_eq!(loaded.named::<Hmac>("hooks.github").unwrap().key.expose(), "a");
    assert_eq!(loaded.named::<Hmac>("hooks.stripe").unwrap().key.expose(), "b");
}

#[test]
fn a_section_may_come_from_flags_and_from_the_env_file_alone() {
    let loaded = Setup::shop()
        .environment("development")
        .write(".env", "TESTUDO__HMAC__HOOKS__GITHUB__KEY=a\n")
        .flag("rate_limit.login.limit", "5")
        .loaded();
    assert_eq!(loaded.named::<RateLimit>("login").unwrap().limit, 5);
    assert_eq!(loaded.named::<Hmac>("hooks.github").unwrap().key.expose(), "a");
}

#[test]
fn a_section_may_be_for_one_environment() {
    let setup = |environment: &str| {
        let content = "[environments.test.rate_limit.login]\nlimit = 5\n";
        Setup::shop().environment(environment).file(content).loaded()
    };
    assert_eq!(setup("test").named::<RateLimit>("login").unwrap().limit, 5);
    assert!(setup("development").named::<RateLimit>("login").is_err());
}

#[test]
fn a_missing_section_shows_how_to_write_it() {
    let loaded = Setup::shop().environment("test").loaded();
    assert_eq!(
        loaded.named::<RateLimit>("login").unwrap_err().to_string(),
        "rate_limit.login: missing; write `[rate_limit.login]` and, below it, `limit` (an integer from 1 to \
         4294967295) in testudo.toml"
    );
    assert_eq!(
        loaded.named::<Hmac>("hooks.github").unwrap_err().to_string(),
        "hmac.hooks.github: missing; write `[hmac.hooks.github]` and, below it, `key` (a text) in testudo.toml"
    );
}

#[test]
fn a_kind_cannot_hide_a_section() {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Hidden {}
    impl testudo_settings::NamedSection for Hidden {
        const KIND: &'static str = "server";
    }
    let setup = Setup::shop().environment("test");
    let errors = setup.loader().named::<Hidden>().load::<crate::fixture::Shop>().unwrap_err();
    let expected = "server: a kind of named sections cannot have this name: it is a section already";
    assert_eq!(errors.to_string(), expected);
}

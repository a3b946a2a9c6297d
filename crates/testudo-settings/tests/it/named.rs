//! Sections under a name.

use testudo_settings::{Loader, NoApp, Section, WantedSection};

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

fn wanting(setup: &Setup, names: &[&'static str]) -> Loader {
    // `Setup::loader` asks for named sections later.
    let loader = Loader::new().working_dir(setup.folder.path()).flag("environment", "test");
    let sections = names.iter().map(|name| WantedSection::of(&Section::<RateLimit>::from(*name)));
    loader.wants(sections)
}

#[test]
fn a_section_that_no_shield_wants_is_a_warning() {
    let setup = Setup::empty().file(
        "[rate_limit.login]\nlimit = 5\n[rate_limit.logn]\nlimit = 6\n[environments.production.rate_limit.x]\nlimit = 7\n",
    );
    let warnings = |loader: Loader| {
        let loaded = loader.load::<NoApp>().unwrap();
        loaded.warnings().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let expected = "testudo.toml:4: rate_limit.logn: no shield wants this section; wanted are `login`";
    assert_eq!(warnings(wanting(&setup, &["login"])), [expected]);
    assert_eq!(warnings(wanting(&setup, &["login"]).named::<RateLimit>()), [""; 0], "asked for later");
}

#[test]
fn a_section_that_is_missing_names_the_one_that_may_be_meant() {
    let setup = Setup::empty().file("[rate_limit.serch]\nlimit = 6\n[rate_limit.other]\nlimit = 6\n");
    let errors = wanting(&setup, &["search", "login"]).load::<NoApp>().unwrap_err().to_string();
    let (login, search) = errors.split_once('\n').unwrap();
    assert!(login.ends_with("`limit` (an integer from 1 to 4294967295) in testudo.toml"), "{login}");
    assert!(
        search.ends_with("in testudo.toml; or is it `[rate_limit.serch]`, which no shield wants?"),
        "{search}"
    );
}

#[test]
fn the_sample_has_the_sections_that_shields_want_under_their_names() {
    let setup = Setup::empty();
    let sample = wanting(&setup, &["login", "api.search"]).sample::<NoApp>();
    for header in ["\n# How many requests pass.\n[rate_limit.login]\n", "\n[rate_limit.api.search]\n"] {
        assert!(sample.contains(header), "{header}\n---\n{sample}");
    }
    assert!(!sample.contains("NAME]"), "{sample}");
    let on = sample.replace("#limit = <an integer from 1 to 4294967295>", "limit = 5");
    let setup = setup.file(&on);
    assert!(wanting(&setup, &["login", "api.search"]).load::<NoApp>().unwrap().warnings().is_empty());
}

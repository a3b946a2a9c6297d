//! Which layer wins, and where a value is said to come from.

use testudo_settings::Source;

use crate::fixture::{Category, Setup};

#[test]
fn each_layer_wins_over_the_one_before() {
    let mut setup = Setup::shop().environment("development");
    let port = |setup: &Setup| {
        let loaded = setup.loaded();
        (loaded.settings().server.port, loaded.source("server.port").unwrap().to_string())
    };
    assert_eq!(port(&setup), (8_000, "default".to_owned()));
    setup = setup.file("[server]\nport = 1\n");
    assert_eq!(port(&setup), (1, "testudo.toml:2".to_owned()));
    setup = setup.file("[server]\nport = 1\n[environments.development.server]\nport = 2\n");
    assert_eq!(port(&setup), (2, "testudo.toml:4".to_owned()));
    setup = setup.write(".env", "\nTESTUDO__SERVER__PORT='3'\n");
    assert_eq!(port(&setup), (3, ".env:2".to_owned()));
    setup = setup.variable("TESTUDO__SERVER__PORT", "4");
    assert_eq!(port(&setup), (4, "TESTUDO__SERVER__PORT".to_owned()));
    setup = setup.flag("server.port", "5").flag("server.port", "6");
    assert_eq!(port(&setup), (6, "--set server.port".to_owned()));
}

#[test]
fn what_loses_is_still_known() {
    let setup = Setup::shop().environment("development").file("server.port = 1\n");
    let setup = setup.write(".env", "TESTUDO__SERVER__PORT=2\n").variable("TESTUDO__SERVER__PORT", "3");
    let explained = setup.flag("server.port", "4").loaded().explain("server.port").unwrap();
    let over: Vec<&str> = explained.lines().filter_map(|line| line.strip_prefix("  over      ")).collect();
    assert_eq!(over, ["TESTUDO__SERVER__PORT = 3", ".env:1 = 2", "testudo.toml:1 = 1"]);
}

#[test]
fn a_secret_file_loses_one_newline_and_wins_over_the_env_file() {
    let loaded = Setup::shop()
        .environment("development")
        .write(".env", "TESTUDO__DATABASE__PASSWORD=weak\n")
        .write("password", "hunter2\n\n")
        .variable("TESTUDO__DATABASE__PASSWORD_FILE", "password")
        .loaded();
    assert_eq!(loaded.settings().database.password.as_ref().unwrap().expose(), "hunter2\n");
    let variable = "TESTUDO__DATABASE__PASSWORD_FILE".to_owned();
    let source = Source::SecretFile { variable, path: "password".into() };
    assert_eq!(loaded.source("database.password"), Some(&source));
}

#[test]
fn a_variable_wins_over_a_secret_file_of_the_env_file() {
    let loaded = Setup::shop()
        .environment("development")
        .write(".env", "TESTUDO__DATABASE__PASSWORD_FILE=gone\n")
        .variable("TESTUDO__DATABASE__PASSWORD", "hunter2")
        .loaded();
    assert_eq!(loaded.settings().database.password.as_ref().unwrap().expose(), "hunter2");
}

#[test]
fn below_a_free_name_a_variable_of_a_file_means_the_file() {
    let loaded = Setup::shop()
        .environment("test")
        .write("ann", "a1\n")
        .file("[app.tokens]\nbob_file = \"b2\"\n")
        .variable("TESTUDO__APP__TOKENS__ANN_FILE", "ann")
        .loaded();
    let tokens: Vec<_> = loaded.app().tokens.iter().map(|(name, token)| (&**name, token.expose())).collect();
    assert_eq!(tokens, [("ann", "a1"), ("bob_file", "b2")]);
    let variable = "TESTUDO__APP__TOKENS__ANN_FILE".to_owned();
    let source = Source::SecretFile { variable, path: "ann".into() };
    assert_eq!(loaded.source("app.tokens.ann"), Some(&source));
    let explained = loaded.explain("app.tokens.ann").unwrap();
    assert!(
        explained.contains("  variable  TESTUDO__APP__TOKENS__ANN_FILE (or TESTUDO__APP__TOKENS__ANN)\n")
    );
    // `.._BOB_FILE` would mean the file of `bob`.
    let explained = loaded.explain("app.tokens.bob_file").unwrap();
    assert!(explained.contains("  variable  TESTUDO__APP__TOKENS__BOB_FILE_FILE\n"), "{explained}");
}

#[test]
fn a_secret_file_of_the_largest_size_is_read() {
    let password = "a".repeat(64 << 10);
    let loaded = Setup::shop()
        .environment("test")
        .write("password", &password)
        .variable("TESTUDO__DATABASE__PASSWORD_FILE", "password")
        .loaded();
    assert_eq!(loaded.settings().database.password.as_ref().unwrap().expose(), password);
}

#[test]
fn the_env_file_counts_in_development_only_and_its_mistakes_do_too() {
    let setup = |environment: &str| {
        Setup::shop().environment(environment).write(".env", "nonsense\nTESTUDO__SERVER__PORT=3\nOTHER=1\n")
    };
    assert_eq!(setup("test").loaded().settings().server.port, 8_000);
    assert_eq!(setup("development").errors().len(), 1);
}

#[test]
fn the_environment_comes_from_a_flag_a_variable_or_the_file() {
    let environment = |setup: Setup| setup.loaded().settings().environment.to_string();
    let file = || Setup::shop().file("environment = \"development\"\n");
    assert_eq!(environment(file()), "development");
    assert_eq!(environment(file().environment("test")), "test");
    assert_eq!(environment(file().environment("test").flag("environment", "development")), "development");
}

#[test]
fn names_of_variables_know_no_case_and_their_prefix_does() {
    let loaded = Setup::shop()
        .environment("test")
        .variable("TESTUDO__Server__pORT", "7")
        .variable("testudo__server__workers", "0")
        .variable("TESTUDO_SERVER__PORT", "nonsense")
        .variable("TESTUDO_SERVER_PORT", "tcp://10.0.0.1:80")
        .loaded();
    assert_eq!(loaded.settings().server.port, 7);
    assert_eq!(loaded.settings().server.workers, None);
}

#[test]
fn texts_become_what_their_place_wants() {
    let loaded = Setup::shop()
        .environment("test")
        .variable("TESTUDO__HOSTS__ALLOWED", "a.example.com, b.example.com")
        .variable("TESTUDO__PROXIES__TRUSTED", "['10.0.0.0/8', '::1/128']")
        .variable("TESTUDO__CORS__METHODS", "")
        .variable("TESTUDO__TRACE__SAMPLE_RATIO", "1")
        .variable("TESTUDO__SERVER__HTTP2", "false")
        .variable("TESTUDO__HEADERS__CONTENT_SECURITY_POLICY", "12")
        .variable("TESTUDO__APP__CATEGORIES", "music,books")
        .variable("TESTUDO__APP__PARTNERS", "one,two")
        .variable("TESTUDO__APP__ACCOUNT", "{ kind = 'name', name = 'x' }")
        .variable("TESTUDO__APP__SHIPPING__AT__CENTS", "500")
        .variable("TESTUDO__APP__MAIL__HOST", "localhost")
        .variable("TESTUDO__APP__LOGO_FILE", "logo.svg")
        .loaded();
    let settings = loaded.settings();
    assert_eq!(settings.hosts.allowed, ["a.example.com", "b.example.com"]);
    assert_eq!(settings.proxies.trusted.len(), 2);
    assert!(settings.cors.methods.is_empty());
    assert!((settings.trace.sample_ratio - 1.0).abs() < f64::EPSILON);
    assert!(!settings.server.http2);
    assert_eq!(settings.headers.content_security_policy.as_deref(), Some("12"));
    let app = loaded.app();
    assert_eq!(app.categories, [Category::Music, Category::Books]);
    assert_eq!(app.partners.iter().map(|token| token.expose().len()).sum::<usize>(), 6);
    assert!(matches!(&app.account, Some(crate::fixture::Account::Name { name }) if name == "x"));
    assert_eq!(app.shipping["at"].cents, 500);
    assert_eq!(app.mail.as_ref().unwrap().host, "localhost");
    assert_eq!(app.logo_file.as_deref(), Some("logo.svg"));
}

#[test]
fn what_the_file_says_of_the_service_reaches_it() {
    let loaded = Setup::empty()
        .file(
            "environment = 'test'\n[app]\npayment_key = 'k'\naccount = { kind = 'key', key = 'x' }\nwindow.last = \
             3\narchive = 'sqlite://a.db'\n[app.mail]\nhost = 'h'\npassword = 'p'\ntimeout = \
             '3s'\n[app.shipping.at]\ncents = 1\nlargest = '1KiB'\n",
        )
        .loaded();
    let app = loaded.app();
    assert_eq!(app.payment_key.expose(), "k");
    assert!(matches!(&app.account, Some(crate::fixture::Account::Key { key }) if key.expose() == "x"));
    assert_eq!((app.window.first, app.window.last, app.window.owner.is_none()), (0, 3, true));
    assert_eq!(app.archive.as_ref().unwrap().scheme(), "sqlite");
    let mail = app.mail.as_ref().unwrap();
    assert_eq!(mail.password.as_ref().unwrap().expose(), "p");
    assert_eq!(mail.timeout.unwrap().as_secs(), 3);
    assert_eq!(app.shipping["at"].largest.unwrap().bytes(), 1_024);
    assert_eq!((app.return_days, app.danger_skip_prices, app.limits.pieces), (14, false, None));
}

#[test]
fn the_package_of_cargo_run_has_a_file_for_the_service() {
    let package = tempfile::tempdir().unwrap();
    let file = package.path().join("testudo.toml");
    std::fs::write(&file, "server.port = 9\n").unwrap();
    let loaded = Setup::shop()
        .environment("test")
        .variable("CARGO_MANIFEST_DIR", package.path().to_str().unwrap())
        .loaded();
    assert_eq!(loaded.source("server.port"), Some(&Source::File { path: file, line: 1 }));
}

#[test]
fn a_service_without_settings_may_say_so_with_nothing_at_all() {
    let setup = Setup::empty().environment("test");
    assert!(setup.loader().load::<()>().is_ok());
    let errors = setup.file("[app]\nx = 1\n").loader().load::<()>().unwrap_err();
    assert_eq!(errors.to_string(), "testudo.toml:2: app.x: there is no such setting");
}

#[test]
fn defaults_are_those_of_the_types_in_every_environment() {
    use testudo_settings::{Environment, Settings};
    for environment in [Environment::Development, Environment::Test] {
        let loaded = Setup::shop().environment(environment.as_str()).loaded();
        let expected = serde_json::to_value(Settings::new(environment)).unwrap();
        assert_eq!(serde_json::to_value(loaded.settings()).unwrap(), expected);
        assert!(loaded.settings().shutdown.drain_delay.is_zero());
    }
    for environment in [Environment::Staging, Environment::Production] {
        let loaded =
            Setup::shop().environment(environment.as_str()).flag("hosts.allowed", "a.example").loaded();
        assert_eq!(loaded.settings().shutdown.drain_delay.as_secs(), 5);
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_refused_without_its_value() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    let value = OsString::from_vec(vec![b'a', 0xff]);
    let variables = [
        (OsString::from("TESTUDO__ENVIRONMENT"), OsString::from("test")),
        (OsString::from("TESTUDO__SERVER__HOST"), value),
    ];
    let setup = Setup::empty();
    let errors = setup.loader().variables(variables).load::<()>().unwrap_err();
    assert_eq!(errors.to_string(), "TESTUDO__SERVER__HOST: the value is not UTF-8");
}

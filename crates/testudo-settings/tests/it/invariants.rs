//! What must hold between settings, and what is worth a word.

use crate::fixture::Setup;

/// What a service in production has to say at least.
const FINE: &[(&str, &str)] = &[("environment", "production"), ("hosts.allowed", "api.example.com")];

const TOKEN: &str = "9f2c81d04be7a3566e10fb7d2c94a8b5";

fn with(base: &[(&str, &str)], flags: &[(&str, &str)]) -> Setup {
    base.iter().chain(flags).fold(Setup::shop(), |setup, (key, value)| setup.flag(key, value))
}

/// Flags over a base, and the beginning of the one error; nothing where all is fine.
type Case = (&'static [(&'static str, &'static str)], &'static str);

#[track_caller]
fn all_say(base: &[(&str, &str)], cases: &[Case]) {
    for (flags, expected) in cases {
        let errors = with(base, flags).errors();
        match errors.as_slice() {
            [] => assert!(expected.is_empty(), "{flags:?}: nothing is wrong, expected {expected}"),
            [error] if !expected.is_empty() => {
                assert!(error.starts_with(expected), "{flags:?}:\n{error}\n{expected}");
            }
            more => panic!("{flags:?}: {more:#?}"),
        }
    }
}

#[test]
fn production_and_staging_ask_for_more() {
    for environment in ["production", "staging"] {
        let base = &[("environment", environment), ("hosts.allowed", "api.example.com")];
        all_say(
            base,
            &[
                (&[], ""),
                (&[("hosts.allowed", "")], "--set hosts.allowed = []: "),
                (&[("hosts.allowed", "*")], "--set hosts.allowed = [\"*\"]: `*` answers to any name, which "),
                (&[("admin.host", "0.0.0.0")], "admin.token: missing: "),
                (&[("admin.host", "0.0.0.0"), ("admin.token", TOKEN)], ""),
                (&[("admin.host", "0.0.0.0"), ("admin.enabled", "false")], ""),
                (&[("server.host", "0.0.0.0")], "--set server.host = \"0.0.0.0\": "),
                (&[("server.host", "0.0.0.0"), ("proxies.trusted", "10.0.0.0/8")], ""),
                (
                    &[
                        ("server.host", "::"),
                        ("server.tls.certificate", "c.pem"),
                        ("server.tls.key", "k.pem"),
                    ],
                    "",
                ),
            ],
        );
    }
    for environment in ["development", "test"] {
        let flags = &[("hosts.allowed", "*"), ("admin.host", "0.0.0.0"), ("server.host", "0.0.0.0")];
        assert_eq!(with(&[("environment", environment)], flags).errors(), [""; 0]);
    }
}

#[test]
fn every_environment_keeps_the_other_rules() {
    all_say(
        FINE,
        &[
            (
                &[("cors.origins", "*"), ("cors.credentials", "true")],
                "--set cors.origins = [\"*\"]: `*` with cred",
            ),
            (&[("cors.origins", "*,https://a.example")], "--set cors.origins = "),
            (&[("cors.origins", "https://a.example/")], "--set cors.origins = "),
            (
                &[("cors.origins", "null")],
                "--set cors.origins = [\"null\"]: `null` is what any sandboxed page",
            ),
            (
                &[("cors.methods", "PUTT")],
                "--set cors.methods = [\"PUTT\"]: `PUTT` is no method; did you mean `PUT`?",
            ),
            (
                &[("cors.methods", "trace")],
                "--set cors.methods = [\"trace\"]: browsers never let a page use `trace`",
            ),
            (&[("cors.methods", "PROPFIND")], ""),
            (
                &[("cors.headers", "x y")],
                "--set cors.headers = [\"x y\"]: `x y` is no name of a header field",
            ),
            (&[("cors.expose", "*")], "--set cors.expose = [\"*\"]: `*` is no name of a header field"),
            (&[("cors.max_age", "24h")], ""),
            (
                &[("cors.max_age", "24h 1s")],
                "--set cors.max_age = \"24h 1s\": browsers remember for 24 hours",
            ),
            (&[("hosts.allowed", "https://a.example")], "--set hosts.allowed = "),
            (
                &[("admin.token", "short")],
                "--set admin.token: the token can be guessed: it has fewer than 32",
            ),
            (&[("admin.token", TOKEN)], ""),
            (
                &[("server.tls.certificate", "c.pem")],
                "--set server.tls.certificate = \"c.pem\": a certificate needs",
            ),
            (&[("server.tls.key", "k.pem")], "--set server.tls.key = \"k.pem\": a key needs its certificate"),
            (&[("server.port", "9000")], "admin.port = 9000: two listeners cannot share a port"),
            (&[("server.port", "0"), ("admin.port", "0")], ""),
            (&[("server.port", "9000"), ("admin.enabled", "false")], ""),
            (&[("server.port", "9000"), ("admin.host", "127.0.0.2")], ""),
            (&[("shutdown.budget", "23s")], ""),
            (
                &[("shutdown.budget", "23s 1ms")],
                "shutdown.grace_period = \"30s\": the process would be killed",
            ),
            (&[("shutdown.grace_period", "27s")], ""),
            (
                &[("shutdown.grace_period", "26s")],
                "--set shutdown.grace_period = \"26s\": the process would be",
            ),
            (
                &[("server.request_timeout", "0s")],
                "--set server.request_timeout = \"0s\": zero leaves no time",
            ),
            (&[("server.request_timeout", "36500d")], ""),
            (
                &[("server.request_timeout", "36500d 1s")],
                "--set server.request_timeout = \"36500d 1s\": longer than a century",
            ),
            (
                &[("overload.retry_after", "99999999999999s")],
                "--set overload.retry_after = \"99999999999999s\": longer than a century",
            ),
            (&[("database.statement_timeout", "1ms")], ""),
            (&[("database.acquire_timeout", "24d")], ""),
            (
                &[("database.statement_timeout", "999us")],
                "--set database.statement_timeout = \"999us\": databases count from `1ms` to `24d`",
            ),
            (
                &[("database.acquire_timeout", "25d")],
                "--set database.acquire_timeout = \"25d\": databases count from",
            ),
            (
                &[("database.idle_in_transaction_timeout", "0s")],
                "--set database.idle_in_transaction_timeout = \"0s\": zero leaves no time",
            ),
            (&[("database.min_connections", "10")], ""),
            (
                &[("database.min_connections", "11")],
                "--set database.min_connections = 11: more connections are kept",
            ),
            (&[("log.level", "trace")], "--set log.level = \"trace\": `trace` writes down what clients send"),
            (&[("log.level", "debug")], ""),
        ],
    );
}

#[test]
fn consent_to_preload_is_for_long() {
    all_say(
        FINE,
        &[
            (&[("headers.hsts.preload", "true"), ("headers.hsts.max_age", "365d")], ""),
            (
                &[("headers.hsts.preload", "true"), ("headers.hsts.max_age", "364d")],
                "--set headers.hsts.preload = true: browsers build in only who",
            ),
            (
                &[("headers.hsts.preload", "true"), ("headers.hsts.include_subdomains", "false")],
                "--set headers.hsts.preload = true: browsers build in only who",
            ),
        ],
    );
}

#[test]
fn stores_are_named_by_urls_that_fit() {
    all_say(
        FINE,
        &[
            (&[("redis.url", "http://localhost")], "--set redis.url: the URL starts neither with `redis://`"),
            (
                &[("database.url", "mysql://localhost")],
                "--set database.url: the URL starts neither with `sqlite://`",
            ),
            (&[("deploy.replicas", "2"), ("database.url", "postgres://db/a")], ""),
            (&[("deploy.replicas", "2")], ""),
            (&[("database.password", "p"), ("database.url", "postgres://user@db/a")], ""),
            (&[("database.url", "postgres://user:p@db/a")], ""),
            (
                &[("database.password", "p"), ("database.url", "postgres://user:p@db/a")],
                "--set database.password: `database.url` has a password, too; keep this one, and take that out of the URL \
                 (database.url, --set database.url)",
            ),
            (
                &[("database.password", "p"), ("database.url", "postgres://user@db/a?password=p")],
                "--set database.password: `database.url` has a password, too",
            ),
            (
                &[("deploy.replicas", "2"), ("database.url", "sqlite://a.db")],
                "--set database.url: several replicas need a database that they share",
            ),
        ],
    );
}

#[test]
fn a_rule_over_several_keys_names_the_place_of_each() {
    let setup = Setup::shop()
        .environment("production")
        .file("hosts.allowed = ['a.example']\n[shutdown]\nbudget = '40s'\n")
        .variable("TESTUDO__SHUTDOWN__GRACE_PERIOD", "35s");
    assert_eq!(
        setup.errors(),
        [
            "TESTUDO__SHUTDOWN__GRACE_PERIOD = \"35s\": the process would be killed before it has stopped: drain delay, \
          budget and 2s need 47s; lengthen the grace period, or shorten the others (shutdown.drain_delay = \"5s\", \
          default; shutdown.budget = \"40s\", testudo.toml:3)"
        ]
    );
}

#[test]
fn a_rule_about_a_broken_key_is_not_asked() {
    // With the default in its place, `port` would collide.
    let setup = with(FINE, &[("admin.port", "8000"), ("server.port", "eighty")]);
    assert_eq!(setup.errors(), ["--set server.port = \"eighty\": expected an integer from 0 to 65535"]);
}

#[test]
fn what_is_allowed_but_worth_a_word_is_a_warning() {
    let cases: &[Case] = &[
        (&[], ""),
        (&[("log.level", "debug")], "--set log.level = \"debug\": `debug` is for finding a fault"),
        (
            &[("proxies.trusted", "0.0.0.0/0")],
            "--set proxies.trusted = [\"0.0.0.0/0\"]: everybody is believed",
        ),
        (&[("cors.origins", "*")], "--set cors.origins = [\"*\"]: pages of every origin"),
        (
            &[("cors.origins", "http://a.example")],
            "--set cors.origins = [\"http://a.example\"]: whoever is in between",
        ),
        (
            &[("headers.hsts.preload", "true")],
            "--set headers.hsts.preload = true: browsers build the name in",
        ),
        (&[("trace.otlp_endpoint", "http://localhost:4318")], ""),
        (
            &[("trace.otlp_endpoint", "http://otel:4318")],
            "--set trace.otlp_endpoint = \"http://otel:4318\": traces",
        ),
        (&[("app.danger_skip_prices", "true")], "--set app.danger_skip_prices: somebody has to be sure"),
    ];
    for (flags, expected) in cases {
        let base = [FINE, &[("proxies.trusted", "127.0.0.1/32")]].concat();
        let loaded = with(&base, flags).loaded();
        match loaded.warnings() {
            [] => assert!(expected.is_empty(), "{flags:?}: no warning, expected {expected}"),
            [warning] if !expected.is_empty() => {
                assert!(warning.to_string().starts_with(expected), "{flags:?}: {warning}");
            }
            more => panic!("{flags:?}: {more:?}"),
        }
    }
    assert_eq!(
        with(FINE, &[("app.danger_skip_prices", "true")]).loaded().dangers(),
        ["app.danger_skip_prices"]
    );
}

#[test]
fn a_proxy_on_this_machine_that_nobody_believes_is_a_warning() {
    let of_proxy = |environment: &str, flags: &[(&str, &str)]| {
        let base = [("environment", environment), ("hosts.allowed", "a.example")];
        let loaded = with(&base, flags).loaded();
        let warnings = loaded.warnings().iter().filter(|warning| warning.key() == "proxies.trusted");
        warnings.map(ToString::to_string).collect::<Vec<_>>()
    };
    let warnings = of_proxy("production", &[]);
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert!(
        warning.starts_with("proxies.trusted = []: only this machine can connect, so that in production a")
    );
    assert!(
        warning.contains("name the proxy, such as [\"127.0.0.1/32\"] (server.host = \"127.0.0.1\", default;")
    );
    assert!(of_proxy("staging", &[("server.host", "::1")])[0].contains("[\"::1/128\"]"));
    for (name, environment, flags) in [
        ("development", "development", &[][..]),
        ("a proxy that is believed", "production", &[("proxies.trusted", "127.0.0.0/8")]),
        ("TLS", "production", &[("server.tls.certificate", "c.pem"), ("server.tls.key", "k.pem")]),
        ("everybody", "production", &[("server.host", "0.0.0.0"), ("proxies.trusted", "10.0.0.0/8")]),
    ] {
        assert_eq!(of_proxy(environment, flags), [""; 0], "{name}");
    }
}

#[test]
fn a_secret_in_the_file_or_on_the_command_line_is_a_warning_where_strangers_depend_on_the_service() {
    let content = "hosts.allowed = ['a.example']\nproxies.trusted = ['127.0.0.1/32']\ndatabase.url = 'postgres://a:b@h/d'\nredis.url = \
                   'redis://h'\nadmin.token = '9f2c81d04be7a3566e10fb7d2c94a8b5'\n";
    let warnings = |environment: &str| {
        let loaded = Setup::shop().environment(environment).file(content).loaded();
        loaded.warnings().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(warnings("test"), [""; 0]);
    assert_eq!(
        warnings("staging"),
        [
            "testudo.toml:5: admin.token: a secret is written in the file; name its own file with \
             TESTUDO__ADMIN__TOKEN_FILE",
            "testudo.toml:3: database.url: a secret is written in the file; name its own file with \
             TESTUDO__DATABASE__URL_FILE",
        ]
    );
    let setup = Setup::shop()
        .environment("staging")
        .file("hosts.allowed = ['a.example']\nproxies.trusted = ['127.0.0.1/32']\n");
    let loaded = setup.flag("admin.token", TOKEN).loaded();
    let [warning] = loaded.warnings() else { panic!("{:?}", loaded.warnings()) };
    assert_eq!(
        warning.to_string(),
        "--set admin.token: a secret is on the command line, which every process can read; name its own file with \
         TESTUDO__ADMIN__TOKEN_FILE"
    );
}

//! One mistake at a time: its place, its words and its fix.

mod environments;
mod keys;
mod named;
mod values;
mod variables;

use crate::fixture::Setup;

type Case = (&'static str, Setup, &'static [&'static str]);

/// A shop in an environment for tests, whose file says this.
fn file(content: &str) -> Setup {
    Setup::shop().environment("test").file(content)
}

fn variable(name: &str, value: &str) -> Setup {
    Setup::shop().environment("test").variable(name, value)
}

fn dotenv(content: &str) -> Setup {
    Setup::shop().environment("development").write(".env", content)
}

#[track_caller]
fn all_say(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for (name, setup, expected) in cases {
        let errors = setup.errors();
        if errors != expected {
            wrong.push(format!("{name}\n  expected {expected:#?}\n  got {errors:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_mistake_is_found_in_one_run_sorted_by_place() {
    let setup = Setup::empty()
        .environment("production")
        .file(
            "[server]\nport = \"eighty\"\nrequest_timeout = \"long\"\nhost = \"nowhere\"\nprot = 1\n\n[log]\nqueue = \
             0\n\n[app]\nreturn_days = 400\n\n[app.mail]\ntimeout = \"soon\"\n\n[environments.staging.log]\nlevel = \
             \"loud\"\n",
        )
        .variable("TESTUDO__HEALTH__PERIOD", "often")
        .variable("TESTUDO__TOKEN", "hunter2")
        .variable("TESTUDO__ADMIN__TOKEN_FILE", "gone")
        .flag("deploy.replicas", "0")
        .flag("cors.max_age", "25h");
    let duration = "expected a duration with its unit, such as `500ms`, `30s` or `5m`";
    assert_eq!(
        setup.errors(),
        [
            "testudo.toml:2: server.port = \"eighty\": expected an integer from 0 to 65535",
            &format!("testudo.toml:3: server.request_timeout = \"long\": {duration}"),
            "testudo.toml:4: server.host = \"nowhere\": expected an address, such as `127.0.0.1` or `::`",
            "testudo.toml:5: server.prot: there is no such setting; did you mean server.port?",
            "testudo.toml:8: log.queue = 0: expected an integer of at least 1",
            "testudo.toml:11: app.return_days = 400: expected an integer from 0 to 365",
            &format!("testudo.toml:14: app.mail.timeout = \"soon\": {duration}"),
            "testudo.toml:17: log.level = \"loud\": expected `error`, `warn`, `info`, `debug` or `trace`",
            &format!("TESTUDO__HEALTH__PERIOD = \"often\": {duration}"),
            "TESTUDO__TOKEN: there is no such setting; did you mean TESTUDO__ADMIN__TOKEN?",
            "TESTUDO__ADMIN__TOKEN_FILE (gone): there is no such file",
            "--set cors.max_age = \"25h\": browsers remember for 24 hours at most; write `24h`",
            "--set deploy.replicas = 0: expected an integer from 1 to 10000",
            "app.mail.host: missing; set it in testudo.toml or with TESTUDO__APP__MAIL__HOST: a text",
            "app.payment_key: missing; set TESTUDO__APP__PAYMENT_KEY, or TESTUDO__APP__PAYMENT_KEY_FILE to a file \
             that holds it",
            "hosts.allowed = []: production needs the names that clients call the service by, such as \
             [\"api.example.com\"]",
        ]
    );
}

/// Those that hold in some environments only cannot be asked.
#[test]
fn rules_that_hold_in_every_environment_are_asked_though_none_is_known() {
    let wrong = |setup: Setup| {
        setup
            .flag("admin.token", "short")
            .flag("server.port", "eighty")
            .flag("shutdown.budget", "29s")
            .errors()
    };
    let expected = |first: &str| {
        [
            first,
            "--set admin.token: the token can be guessed: it has fewer than 32 characters; take one from `openssl rand \
             -hex 32`",
            "--set server.port = \"eighty\": expected an integer from 0 to 65535",
            "shutdown.grace_period = \"30s\": the process would be killed before it has stopped: drain delay, budget and \
             2s need 31s; lengthen the grace period, or shorten the others (shutdown.drain_delay = \"5s\", default; \
             shutdown.budget = \"29s\", --set shutdown.budget)",
        ]
        .map(str::to_owned)
    };
    let prod = "TESTUDO__ENVIRONMENT = \"prod\": expected `development`, `test`, `staging` or `production`; did you mean \
                `production`?";
    assert_eq!(wrong(Setup::shop().environment("prod")), expected(prod));
    let in_development = Setup::shop().environment("prod").flag("shutdown.budget", "26s").errors();
    assert_eq!(in_development, [prod], "development drains at once");
}

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
        .flag("deploy.replicas", "0");
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
            "--set deploy.replicas = 0: expected an integer from 1 to 10000",
            "app.mail.host: missing; set it in testudo.toml or with TESTUDO__APP__MAIL__HOST: a text",
            "app.payment_key: missing; set TESTUDO__APP__PAYMENT_KEY, or TESTUDO__APP__PAYMENT_KEY_FILE to a file \
             that holds it",
            "hosts.allowed = []: production needs the names that clients call the service by, such as \
             [\"api.example.com\"]",
        ]
    );
}

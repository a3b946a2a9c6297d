//! A secret in every secret setting occurs in no output.

use std::process::Output;

use serde_json::Value;

use crate::fixture::{Client, Setup};

const CANARY: &str = "cAnArY9f2c81d04be7a3566e10fb7d2c";

/// Every secret setting, with a value that is accepted. There is one password of a database, in either place.
fn secrets() -> [Vec<(&'static str, String)>; 2] {
    let others = [
        ("admin.token", CANARY.to_owned()),
        ("redis.url", format!("redis://:{CANARY}@127.0.0.1:1/0")),
        ("app.key", CANARY.to_owned()),
        ("partner.acme.key", CANARY.to_owned()),
    ];
    let in_the_url = vec![("database.url", format!("postgres://app:{CANARY}@127.0.0.1:1/app"))];
    let beside_it = vec![
        ("database.url", "postgres://app@127.0.0.1:1/app".to_owned()),
        ("database.password", CANARY.to_owned()),
    ];
    [in_the_url, beside_it].map(|database| [database, others.to_vec()].concat())
}

/// Every way to tell secrets.
fn ways() -> impl Iterator<Item = (&'static str, Vec<(&'static str, String)>)> {
    LAYERS.into_iter().flat_map(|layer| secrets().map(|secrets| (layer, secrets)))
}

const LAYERS: [&str; 3] = ["file", "variable", "secret file"];

fn variable(key: &str) -> String {
    format!("TESTUDO__{}", key.to_uppercase().replace('.', "__"))
}

/// A service that is told these secrets in one of the ways.
fn told(layer: &str, config: &str, secrets: &[(&str, String)]) -> Setup {
    let in_file = |(key, value): &(&str, String)| format!("{key} = \"{value}\"\n");
    let file = if layer == "file" { secrets.iter().map(in_file).collect() } else { String::new() };
    let mut setup = Setup::new(&(config.to_owned() + &file));
    for (key, value) in secrets {
        setup = match layer {
            "variable" => setup.variable(&variable(key), value),
            "secret file" => setup.write(key, value).variable(&format!("{}_FILE", variable(key)), key),
            _ => setup,
        };
    }
    setup
}

#[track_caller]
fn is_hidden(name: &str, text: &str) {
    assert!(!text.contains(CANARY), "{name} holds the canary:\n{text}");
}

#[track_caller]
fn is_hidden_in(name: &str, output: &Output) {
    is_hidden(name, &String::from_utf8_lossy(&output.stdout));
    is_hidden(name, &String::from_utf8_lossy(&output.stderr));
}

const COMMANDS: [&[&str]; 14] = [
    &["--help"],
    &["--version"],
    &["config", "--help"],
    &["config", "check"],
    &["config", "show"],
    &["config", "show", "--json"],
    &["config", "schema"],
    &["config", "sample"],
    &["config", "diff", "test", "production"],
    &["config", "diff", "test", "development", "--json"],
    &["routes"],
    &["routes", "--json"],
    &["healthcheck"],
    &["migrate"],
];

#[test]
fn no_command_prints_a_secret_however_it_was_given() {
    for (layer, secrets) in ways() {
        let setup = told(layer, "log.level = \"trace\"\n", &secrets);
        for command in COMMANDS {
            is_hidden_in(&format!("{command:?} by {layer}"), &setup.run(command));
        }
        let shown = setup.run(&["config", "show", "--json"]);
        assert!(shown.status.success(), "{layer}: {}", String::from_utf8_lossy(&shown.stderr));
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        let keys: Vec<_> = shown["sources"].as_object().unwrap().keys().collect();
        assert!(keys.len() > 70, "{keys:?}");
        for key in
            keys.into_iter().map(String::as_str).chain(["admin", "database", "redis", "app", "partner"])
        {
            let output = setup.run(&["config", "explain", key]);
            assert!(output.status.success(), "explain {key}: {}", String::from_utf8_lossy(&output.stderr));
            is_hidden_in(&format!("explain {key} by {layer}"), &output);
        }
    }
}

#[test]
fn a_service_that_does_not_start_does_not_say_its_secrets() {
    let wrong: [(&str, &str, String); 9] = [
        ("a URL that is none", "database.url", CANARY.to_owned()),
        ("a URL of another scheme", "database.url", format!("mysql://app:{CANARY}@127.0.0.1:1/app")),
        ("a URL with a bad port", "database.url", format!("postgres://app:{CANARY}@127.0.0.1:port/app")),
        ("a URL with an open bracket", "database.url", format!("postgres://app:{CANARY}@[::1/app")),
        ("a server that is not there", "database.url", format!("postgres://app:{CANARY}@127.0.0.1:1/app")),
        ("a parameter", "database.url", format!("postgres://app@127.0.0.1:1/app?password={CANARY}&x=y")),
        ("a file that cannot be made", "database.url", format!("sqlite:///{CANARY}/no/such/app.db")),
        ("a short token", "admin.token", CANARY[..20].to_owned()),
        ("a URL of Redis that is none", "redis.url", format!("{CANARY}:{CANARY}")),
    ];
    for (name, key, value) in &wrong {
        for layer in LAYERS {
            let config = "app.database = true\nlog.level = \"trace\"\ndatabase.acquire_timeout = \"500ms\"\n";
            let setup = told(layer, config, &[(key, value.clone())]);
            let output = setup.run(&["serve"]);
            assert!(!output.status.success(), "{name} by {layer}");
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            // The name of a file is no secret where it is no part of a URL's credentials.
            if name != &"a file that cannot be made" {
                assert!(!text.contains(&CANARY[..20]), "{name} by {layer}:\n{text}");
            }
            assert!(!text.is_empty(), "{name} by {layer}: it has to say why");
        }
    }
}

#[test]
fn a_running_service_tells_nobody_its_secrets() {
    for (layer, secrets) in ways() {
        let service = told(layer, "log.level = \"trace\"\n", &secrets).start();
        for path in ["/", "/guarded", "/panic", "/error", "/unavailable", "/broken", "/nowhere", "/readiness"]
        {
            is_hidden(path, &service.get(path).whole());
        }
        for path in ["/config", "/shields", "/metrics", "/readiness", "/log-level", "/nowhere"] {
            is_hidden(path, &service.ask(path).whole());
        }
        let open = Client::connect(service.admin).call(
            "GET",
            "/metrics",
            &[("Accept", "application/openmetrics-text")],
            b"",
        );
        is_hidden("/metrics as OpenMetrics", &open.whole());
        assert!(service.ask("/config").text().contains("[redacted]"));
        service.reload();
        is_hidden("/config after a reload", &service.ask("/config").whole());
        service.configure("admin.token = 7\n");
        service.reload();
        is_hidden(&format!("the log by {layer}"), &service.log.text().join("\n"));
        assert!(service.log.text().len() > 10, "there is a log to look at");
    }
}

//! A secret stands in every secret setting, by every layer, and in no output.

use std::collections::BTreeSet;

use serde_json::Value;
use testudo_settings::{Environment, Loaded, Loader};

use crate::fixture::{Setup, Shop};

const CANARY: &str = "cAnArY-7f1e93";

/// A secret setting, and how TOML writes values for it: some fit, some do not.
struct Secret {
    key: &'static str,
    forms: Vec<String>,
}

fn secrets() -> Vec<Secret> {
    let text = |key| Secret { key, forms: vec![format!("\"{CANARY}\"")] };
    let token = format!("\"{CANARY}-d04be7a3566e10fb7d2c94a8b5\"");
    let url = |key, scheme: &str| Secret {
        key,
        forms: vec![
            format!("\"{scheme}://app:{CANARY}@db/app\""),
            format!("\"{scheme}://app@db/app?password={CANARY}\""),
            format!("\"{CANARY}:{CANARY}@db/app\""),
            format!("\"{CANARY}\""),
        ],
    };
    let mut all = vec![
        Secret { key: "admin.token", forms: vec![format!("\"{CANARY}\""), token] },
        url("database.url", "postgres"),
        url("redis.url", "redis"),
        url("app.archive", "postgres"),
        text("database.password"),
        text("app.payment_key"),
        text("app.mail.password"),
        text("app.window.owner"),
        text("hmac.hooks.github.key"),
        text("app.tokens.ann"),
        Secret {
            key: "app.partners",
            forms: vec![format!("[\"{CANARY}\", \"{CANARY}\"]"), format!("\"{CANARY}\"")],
        },
        Secret {
            key: "app.account",
            forms: vec![
                format!("{{ kind = \"key\", key = \"{CANARY}\" }}"),
                format!("{{ kind = \"key\", kex = \"{CANARY}\" }}"),
                format!("{{ kind = \"{CANARY}\" }}"),
            ],
        },
    ];
    for secret in &mut all {
        // Nothing of these fits a secret, wherever it stands.
        secret.forms.extend([
            format!("[\"{CANARY}\"]"),
            format!("[[\"{CANARY}\"]]"),
            format!("{{ a = \"{CANARY}\" }}"),
            format!("{{ a = {{ b = [\"{CANARY}\"] }} }}"),
        ]);
    }
    all
}

/// The ways to say a value.
const LAYERS: [&str; 6] = ["file", "environment", "other environment", "variable", "secret file", "flag"];

fn setup(secret: &Secret, form: &str, layer: &str, environment: &str) -> Setup {
    let key = secret.key;
    let text = form.trim_matches('"');
    let variable = format!("TESTUDO__{}", key.to_uppercase().replace('.', "__"));
    let mut setup = Setup::empty().environment(environment);
    if key != "app.payment_key" {
        setup = setup.variable("TESTUDO__APP__PAYMENT_KEY", "k");
    }
    if key == "app.mail.password" {
        setup = setup.variable("TESTUDO__APP__MAIL__HOST", "h");
    }
    let hosts = "hosts.allowed = [\"a.example\"]\n";
    let setup = setup.file(hosts);
    match layer {
        "file" => setup.file(&format!("{hosts}{key} = {form}\n")),
        "environment" => setup.file(&format!("{hosts}environments.{environment}.{key} = {form}\n")),
        "other environment" => setup.file(&format!("{hosts}environments.staging.{key} = {form}\n")),
        "variable" => setup.variable(&variable, text),
        "secret file" => setup.variable(&format!("{variable}_FILE"), "secret").write("secret", text),
        "dotenv" => setup.write(".env", format!("{variable}='{text}'\n")),
        _ => setup.flag(key, text),
    }
}

/// Everything that can be read out of a loader, and of what it has loaded.
fn outputs(setup: &Setup) -> Vec<(String, String)> {
    let from: Loader = setup.loader();
    let mut all = vec![("loader".to_owned(), format!("{from:?}"))];
    match from.diff::<Shop>(Environment::Staging, Environment::Production) {
        Ok(diff) => all.push(("diff".to_owned(), format!("{diff} {diff:?} {}", diff.to_json()))),
        Err(errors) => all.push(("errors of diff".to_owned(), format!("{errors} {errors:?}"))),
    }
    match from.load::<Shop>() {
        Ok(loaded) => all.extend(answers(&loaded)),
        Err(errors) => all.push(("errors".to_owned(), format!("{errors} {errors:?}"))),
    }
    all
}

fn answers(loaded: &Loaded<Shop>) -> Vec<(String, String)> {
    let shown = loaded.show_json();
    let mut all = vec![
        ("show".to_owned(), loaded.show()),
        ("show_json".to_owned(), shown.to_string()),
        ("debug".to_owned(), format!("{loaded:?} {:?}", loaded.settings())),
        ("settings".to_owned(), serde_json::to_string(loaded.settings()).unwrap()),
        ("warnings".to_owned(), format!("{:?}", loaded.warnings())),
        ("reload".to_owned(), format!("{:?}", loaded.reload().unwrap())),
    ];
    let keys = shown["sources"].as_object().unwrap().keys().cloned();
    let sections = ["admin", "app", "app.mail", "database", "hmac", "hmac.hooks.github", "redis"];
    for key in keys.chain(sections.map(str::to_owned)) {
        match loaded.explain(&key) {
            Ok(text) => all.push((format!("explain {key}"), text)),
            Err(error) => all.push((format!("explain {key}"), error.to_string())),
        }
    }
    all
}

#[track_caller]
fn assert_hidden(name: &str, setup: &Setup) {
    for (output, text) in outputs(setup) {
        assert!(!text.contains(CANARY), "{name}: {output} holds the canary:\n{text}");
    }
}

#[test]
fn a_secret_is_in_no_output_and_in_no_error() {
    let mut loads = 0;
    for secret in secrets() {
        for form in &secret.forms {
            for layer in LAYERS {
                let setup = setup(&secret, form, layer, "production");
                loads += usize::from(setup.load().is_ok());
                assert_hidden(&format!("{} = {form} by {layer}", secret.key), &setup);
            }
            assert_hidden(
                &format!("{} = {form} by .env", secret.key),
                &setup(&secret, form, "dotenv", "development"),
            );
        }
    }
    assert!(loads > 80, "most that fits is loaded, and so it is shown: {loads}");
}

#[test]
fn a_secret_under_a_name_that_does_not_exist_is_not_shown() {
    let file = |content: &str| Setup::shop().environment("test").file(&content.replace("CANARY", CANARY));
    for (name, setup) in [
        ("a misspelt key", file("[admin]\ntokn = \"CANARY\"\n")),
        ("a misspelt section", file("[admim]\ntoken = \"CANARY\"\n")),
        ("a value for a section", file("database = \"CANARY\"\n")),
        ("a value for a section of the service", file("app.mail = \"CANARY\"\n")),
        ("a value for a kind", file("hmac = \"CANARY\"\n")),
        ("a value for a named section", file("hmac.hooks = \"CANARY\"\n")),
        ("a misspelt key in a named section", file("hmac.hooks.kex = \"CANARY\"\n")),
        ("a misspelt environment", file("environments.prod.admin.token = \"CANARY\"\n")),
        ("a value without quotes", file("[admin]\ntoken = CANARY\n")),
        ("an open quote", file("[admin]\ntoken = \"CANARY\n")),
        ("a bad escape", file("[admin]\ntoken = \"CANARY\\q\"\n")),
        ("two values", file("[admin]\ntoken = \"CANARY\" \"CANARY\"\n")),
        ("a duplicate", file("[admin]\ntoken = \"CANARY\"\ntoken = \"CANARY\"\n")),
        ("a number with letters", file("[admin]\ntoken = 1CANARY\n")),
        ("an unknown variable", file("").variable("TESTUDO__ADMIN__TOKN", CANARY)),
        ("a section's variable", file("").variable("TESTUDO__ADMIN", CANARY)),
        ("a key below a secret", file("").variable("TESTUDO__ADMIN__TOKEN__X", CANARY)),
        (
            "a variable said twice",
            file("").variable("TESTUDO__ADMIN__TOKEN", CANARY).variable("TESTUDO__admin__TOKEN", CANARY),
        ),
        ("an unknown flag", file("").flag("admin.tokn", CANARY)),
        ("a section's flag", file("").flag("admin", CANARY)),
        (
            "a secret file for a number",
            file("").variable("TESTUDO__SERVER__PORT_FILE", "s").write("s", CANARY),
        ),
        (
            "a secret file for an address",
            file("").variable("TESTUDO__SERVER__HOST_FILE", "s").write("s", CANARY),
        ),
        ("a secret file for a choice", file("").variable("TESTUDO__LOG__LEVEL_FILE", "s").write("s", CANARY)),
        (
            "a secret file for origins",
            file("").variable("TESTUDO__CORS__ORIGINS_FILE", "s").write("s", CANARY),
        ),
        ("a rule beside a secret", file("app.window = { first = 9, last = 8, owner = \"CANARY\" }\n")),
        (
            "a line of .env that sets nothing",
            Setup::shop()
                .environment("development")
                .write(".env", format!("{CANARY}\n{CANARY} = {CANARY}\n")),
        ),
        (
            "an open quote in .env",
            Setup::shop()
                .environment("development")
                .write(".env", format!("TESTUDO__ADMIN__TOKEN='{CANARY}\n")),
        ),
        (
            "an unknown variable in .env",
            Setup::shop()
                .environment("development")
                .write(".env", format!("TESTUDO__ADMIN__TOKN={CANARY}\n")),
        ),
    ] {
        assert_hidden(name, &setup);
    }
}

#[test]
fn a_secret_file_is_secret_though_it_sets_a_text_that_is_not() {
    let setup = Setup::shop().environment("test").write("s", CANARY);
    let loaded = setup.variable("TESTUDO__TRACE__OTLP_ENDPOINT_FILE", "s").loaded();
    assert_eq!(loaded.settings().trace.otlp_endpoint.as_deref(), Some(CANARY));
    let shown = loaded.show() + &loaded.explain("trace.otlp_endpoint").unwrap() + &format!("{loaded:?}");
    assert!(!shown.contains(CANARY), "{shown}");
}

/// The list above is complete.
#[test]
fn every_secret_of_the_schema_has_a_canary() {
    fn collect(key: &str, schema: &Value, found: &mut BTreeSet<String>) {
        if let Some(properties) = schema["properties"].as_object() {
            properties.iter().for_each(|(name, schema)| collect(&format!("{key}.{name}"), schema, found));
        } else if schema.to_string().contains("\"writeOnly\":true") {
            found.insert(key.to_owned());
        }
    }
    let mut found = BTreeSet::new();
    let schema = Setup::shop().loader().schema::<Shop>();
    for (name, section) in schema["$defs"].as_object().unwrap() {
        collect(name, section, &mut found);
    }
    let of_schema = |key: &str| key.replace("hmac.hooks.github.key", "hmac").replace("tokens.ann", "tokens");
    let listed: BTreeSet<String> = secrets().iter().map(|secret| of_schema(secret.key)).collect();
    assert_eq!(found, listed);
}

//! What the configuration says about itself.

use serde_json::Value;
use testudo_settings::{Environment, Loader, NoApp};

use crate::fixture::{Setup, Shop};

#[test]
fn a_key_is_explained_with_the_layers_it_overrode() {
    let loaded = Setup::shop()
        .environment("test")
        .file("[server]\nport = 1\n[environments.test.server]\nport = 2\n")
        .variable("TESTUDO__SERVER__PORT", "3")
        .loaded();
    assert_eq!(
        loaded.explain("server.port").unwrap(),
        "server.port = 3\n\
         \x20 from      TESTUDO__SERVER__PORT\n\
         \x20 over      testudo.toml:4 = 2\n\
         \x20 over      testudo.toml:2 = 1\n\
         \x20 expected  an integer from 0 to 65535\n\
         \x20 default   8000\n\
         \x20 variable  TESTUDO__SERVER__PORT\n\
         \x20 change    needs a restart\n\
         \n\
         Port to listen on; `0` takes a free one.\n"
    );
}

#[test]
fn a_secret_is_explained_without_its_value() {
    let loaded = Setup::shop()
        .environment("test")
        .file("[database]\nurl = 'postgres://app:hunter2@db/app'\n[log]\nlevel = 'warn'\n")
        .loaded();
    let explained = loaded.explain("database.url").unwrap();
    assert!(
        explained
            .starts_with("database.url = \"postgres://[redacted]@db/app\"\n  from      testudo.toml:2\n")
    );
    assert!(explained.contains("  variable  TESTUDO__DATABASE__URL_FILE (or TESTUDO__DATABASE__URL)\n"));
    let explained = loaded.explain("admin.token").unwrap();
    assert!(explained.starts_with("admin.token is not set\n  from      default\n"), "{explained}");
    assert!(loaded.explain("log.level").unwrap().contains("  change    taken over on reload\n"));
}

#[test]
fn a_section_is_explained_key_by_key_and_an_unknown_key_is_not() {
    let loaded = Setup::shop().environment("test").flag("redis.url", "redis://r").loaded();
    assert_eq!(
        loaded.explain("redis").unwrap(),
        "[redis]\nWhere state is kept that several processes share.\n\nredis.url = \"redis://r\"  # --set redis.url\n  \
         `redis://HOST`, or `rediss://HOST` with TLS.\n"
    );
    assert!(
        loaded.explain("app.window").unwrap().contains("app.window.first = 0  # default\n  First day.\n")
    );
    for variable in ["TESTUDO__REDIS__URL", "TESTUDO__REDIS__URL_FILE", "TESTUDO__redis__url"] {
        assert_eq!(loaded.explain(variable), loaded.explain("redis.url"), "{variable}");
    }
    assert_eq!(loaded.explain("TESTUDO__REDIS"), loaded.explain("redis"));
    assert_eq!(
        loaded.explain("TESTUDO__REDIS__ULR").unwrap_err().to_string(),
        "TESTUDO__REDIS__ULR: there is no such setting; did you mean TESTUDO__REDIS__URL?"
    );
    assert!(loaded.explain("rediss").unwrap_err().to_string().ends_with("did you mean redis?"));
}

#[test]
fn what_is_shown_is_a_file_that_says_the_same() {
    let setup = Setup::shop().environment("test").file("[server]\nport = 1\n[app.shipping.at]\ncents = 5\n");
    let shown = setup.loaded().show();
    assert!(shown.starts_with("environment = \"test\"  # TESTUDO__ENVIRONMENT\n"), "{shown}");
    assert!(shown.contains("\nport = 1  # testudo.toml:2\n"), "{shown}");
    assert!(shown.contains("\n[app.shipping.at]\ncents = 5  # testudo.toml:4\n"), "{shown}");
    assert!(shown.contains("\npayment_key = \"[redacted]\"  # TESTUDO__APP__PAYMENT_KEY\n"), "{shown}");
    let again = Setup::empty().file(&shown).loaded();
    assert_eq!(again.show_json()["settings"], setup.loaded().show_json()["settings"]);
}

#[test]
fn the_sample_parses_and_says_what_the_defaults_say() {
    let sample = Loader::new().sample::<NoApp>();
    let setup = |content: &str| Setup::empty().file(content).flag("environment", "production");
    let settings = |content: &str| {
        let loaded = setup(content).flag("hosts.allowed", "a.example").loader().load::<NoApp>();
        serde_json::to_value(loaded.unwrap_or_else(|errors| panic!("{errors}")).settings()).unwrap()
    };
    assert_eq!(settings(&sample), settings(""));
    // With every key switched on that has a default.
    let uncomment = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with([' ', '[']) && !rest.contains("= <") => rest.to_owned(),
        _ => line.to_owned(),
    };
    let all: Vec<String> = sample.lines().map(uncomment).collect();
    let on = all.iter().filter(|line| line.contains(" = ") && !line.starts_with('#')).count();
    assert!(on > 45, "{on}");
    assert_eq!(settings(&all.join("\n")), settings(""));
}

#[test]
fn the_sample_has_every_setting_of_the_service_too() {
    let sample = Setup::shop().loader().sample::<Shop>();
    for part in [
        "\n# Settings of a shop.\n[app]\n",
        "\n# Needed: without it the service does not start.\n# A secret: rather name its file with \
         TESTUDO__APP__PAYMENT_KEY_FILE.\n#payment_key = <a text>\n",
        "\n# Days an order may be returned.\n#return_days = 14\n",
        "\n# Who is told of orders.\n#[app.mail]\n",
        "\n# The price of shipping.\n#[app.shipping.NAME]\n",
        "\n# How many requests pass.\n#[rate_limit.NAME]\n",
    ] {
        assert!(sample.contains(part), "{part}\n---\n{sample}");
    }
    let loaded = Setup::shop().environment("test").file(&sample).loaded();
    assert_eq!(
        loaded.show_json()["settings"],
        Setup::shop().environment("test").loaded().show_json()["settings"]
    );
}

#[test]
fn schema_and_sample_are_sorted_and_stable() {
    fn assert_sorted(value: &Value) {
        if let Some(members) = value.as_object() {
            assert!(members.keys().is_sorted());
            members.values().for_each(assert_sorted);
        }
        value.as_array().into_iter().flatten().for_each(assert_sorted);
    }
    let loader = Setup::shop().loader();
    let schema = loader.schema::<Shop>();
    assert_sorted(&schema);
    assert_eq!(schema, loader.schema::<Shop>());
    assert_eq!(loader.sample::<Shop>(), loader.sample::<Shop>());
}

#[test]
fn the_schema_knows_the_file_its_environments_and_what_is_reloadable() {
    let schema = Setup::shop().loader().schema::<Shop>();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["properties"]["server"]["$ref"], "#/$defs/server");
    assert_eq!(schema["properties"]["environments"]["properties"]["production"]["$ref"], "#/$defs/overlay");
    let overlay = schema["$defs"]["overlay"]["properties"].as_object().unwrap();
    assert!(overlay.contains_key("app") && overlay.contains_key("rate_limit"));
    assert!(!overlay.contains_key("environment") && !overlay.contains_key("environments"));
    let definitions = schema["$defs"].as_object().unwrap();
    let reloadable = definitions.iter().filter(|(_, section)| section["x-reloadable"] == true);
    let reloadable: Vec<&String> = reloadable.map(|(name, _)| name).collect();
    assert_eq!(reloadable, ["cors", "headers", "hosts", "log", "proxies"]);
    assert_eq!(schema["$defs"]["app"]["additionalProperties"], false);
    assert!(schema["$defs"]["app"].get("required").is_none(), "a variable may say it");
    assert!(!schema.to_string().contains("```"), "examples are for programmers");
}

#[test]
fn the_difference_of_two_environments_is_what_the_file_says_redacted() {
    let setup = Setup::empty().variable("TESTUDO__SERVER__PORT", "7").file(
        "[server]\nport = 1\n[environments.staging]\nserver.port = 2\ndatabase.url = \
         'postgres://a:hunter2@s/d'\napp.payment_key = 'hunter2'\napp.danger_skip_prices = \
         true\n[environments.production]\ndatabase.url = 'postgres://a:hunter3@p/d'\napp.payment_key = 'hunter3'\n",
    );
    let differences = setup.loader().diff::<Shop>(Environment::Staging, Environment::Production).unwrap();
    assert_eq!(
        differences.to_string(),
        "! app.danger_skip_prices\n      staging: true  # testudo.toml:7\n      production: false  # default\n\
         \x20 app.payment_key\n      staging: \"[redacted]\"  # testudo.toml:6\n      production: \"[redacted]\"  # \
         testudo.toml:10\n\
         \x20 database.url\n      staging: \"postgres://[redacted]@s/d\"  # testudo.toml:5\n      production: \
         \"postgres://[redacted]@p/d\"  # testudo.toml:9\n\
         \x20 server.port\n      staging: 2  # testudo.toml:4\n      production: 1  # testudo.toml:2\n"
    );
    let json = differences.to_json();
    assert_eq!((&json[0]["danger"], &json[3]["staging"]["value"]), (&Value::Bool(true), &Value::from(2)));
    let same = setup.loader().diff::<Shop>(Environment::Staging, Environment::Staging).unwrap();
    assert!(same.is_empty());
    let broken = Setup::empty().file("[environments.staging.server]\nprot = 1\n");
    assert!(broken.loader().diff::<Shop>(Environment::Staging, Environment::Production).is_err());
}

#[test]
fn what_was_loaded_can_be_shared() {
    fn assert_shared<T: Send + Sync + 'static>() {}
    assert_shared::<Loader>();
    assert_shared::<testudo_settings::Loaded<Shop>>();
    assert_shared::<testudo_settings::SettingsErrors>();
}

//! Settings of shields, from sections under a name.

use crate::fixture::{Service, Setup};

#[test]
fn a_shield_is_made_from_the_section_of_its_name() {
    let service = Service::start("[partner.acme]\nkey = \"k9\"\nlabel = \"Acme\"\n");
    for (name, key, status, text) in [
        ("the key of the section", "k9", 200, "Acme"),
        ("another key", "k1", 401, "Shield `Partner` blocks the request"),
    ] {
        let response = service.connect().call("GET", "/partner", &[("x-partner-key", key)], b"");
        assert_eq!(response.status, status, "{name}");
        assert!(response.text().contains(text), "{name}: {}", response.text());
    }
}

#[test]
fn the_section_may_come_from_variables_and_secret_files() {
    let setup = Setup::new("[partner.acme]\nlabel = \"Acme\"\n")
        .write("key", "k7\n")
        .variable("TESTUDO__PARTNER__ACME__KEY_FILE", "key");
    let service = setup.start();
    let response = service.connect().call("GET", "/partner", &[("x-partner-key", "k7")], b"");
    assert_eq!((response.status, response.text().as_str()), (200, "Acme"));
}

/// Every command that reads the configuration finds the mistake: nobody learns of it from a request.
#[test]
fn a_section_that_is_missing_or_wrong_is_found_before_anything_starts() {
    for (name, config, expected) in [
        ("missing", "[partner.other]\nkey = \"k1\"\n", "partner.acme: missing; write `[partner.acme]`"),
        (
            "no key",
            "[partner.acme]\nlabel = \"Acme\"\n",
            "partner.acme.key: missing; set TESTUDO__PARTNER__ACME__KEY",
        ),
        ("a typo", "[partner.acme]\nkey = \"k1\"\nlable = \"Acme\"\n", "did you mean partner.acme.label?"),
        ("a wrong type", "[partner.acme]\nkey = \"k1\"\nlabel = 7\n", "partner.acme.label"),
    ] {
        let setup = Setup::new("").write("testudo.toml", &format!("environment = \"test\"\n{config}"));
        for command in [&["config", "check"][..], &["serve"], &["migrate"]] {
            let output = setup.run(command);
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{name}, {command:?}: {text}");
            assert!(text.contains(expected), "{name}, {command:?}: {text}");
        }
    }
}

/// `config check` is what somebody runs before a roll-out: it has to find what would keep the service from starting.
#[test]
fn what_keeps_a_service_from_starting_is_found_by_config_check() {
    let config = "environment = \"test\"\nheaders.content_security_policy = \"a\\nb\"\ndatabase.url = \
                  \"postgres://db/a?sslmod=x\"\n[server.tls]\ncertificate = \"no.crt\"\nkey = \"no.key\"\n[partner.acme]\nkey = \
                  \"k1\"\n";
    let setup = Setup::new("").write("testudo.toml", config);
    for command in [&["config", "check"][..], &["serve"]] {
        let output = setup.run(command);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{command:?}: {text}");
        for expected in [
            "4 things are wrong",
            "no.crt cannot be used",
            "no.key cannot be used",
            "no policy",
            "nobody knows",
        ] {
            assert!(text.contains(expected), "{command:?}, {expected}: {text}");
        }
    }
}

#[test]
fn a_change_of_a_section_needs_a_restart_and_says_so() {
    let service = Service::start("");
    service.configure("[partner.acme]\nkey = \"k2\"\n");
    service.reload();
    let said =
        service.log.wait("the keys", |line| line["message"] == "these keys have changed, and need a restart");
    assert!(said["keys"].as_str().unwrap().contains("partner.acme.key"), "{said}");
    let response = service.connect().call("GET", "/partner", &[("x-partner-key", "k1")], b"");
    assert_eq!(response.status, 200);
}

#[test]
fn the_schema_and_the_sample_know_the_sections_of_the_shields() {
    let setup = Setup::new("");
    for command in [&["config", "schema"][..], &["config", "sample"]] {
        let output = setup.run(command);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("partner") && text.contains("How they are called in answers"), "{text}");
    }
}

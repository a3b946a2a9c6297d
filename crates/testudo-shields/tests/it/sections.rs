//! The sections that the documentation shows, read from a file, from variables and from secret files.

use testudo::{BoxError, IntoShield, Shield, WantedSection};
use testudo_settings::{Loaded, Loader, NoApp, SettingsErrors};
use testudo_shields::{
    api_key::{Keys, StoredKey, api_key},
    basic::{Hash, Users, basic},
    csrf::csrf,
    hmac::hmac_bytes,
    ip,
};

/// Knows nobody, and has no keys.
#[derive(Clone)]
struct Nobody;

impl Users for Nobody {
    type User = ();
    type Error = BoxError;

    async fn find(&self, _: &str) -> Result<Option<(Hash, ())>, BoxError> {
        Ok(None)
    }
}

impl Keys for Nobody {
    type Owner = ();
    type Error = BoxError;

    async fn find(&self, _: &str) -> Result<Option<(StoredKey, ())>, BoxError> {
        Ok(None)
    }
}

/// What a shield needs before its first request.
fn wanted<Via>(shield: impl IntoShield<Via>) -> Vec<WantedSection> {
    let info = shield.into_shield().info();
    info.needs().map(|need| need.downcast_ref::<WantedSection>().unwrap().clone()).collect()
}

/// The sections of one shield of each kind, read from this file and these variables.
fn load(file: &str, variables: &[(&str, &str)]) -> Result<Loaded<NoApp>, SettingsErrors> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("testudo.toml");
    std::fs::write(&path, format!("environment = \"test\"\n{file}")).unwrap();
    let wanted = [
        wanted(api_key::<Nobody>("partners")),
        wanted(basic::<Nobody>("staff")),
        wanted(csrf("browsers")),
        wanted(hmac_bytes("hooks.github")),
        wanted(hmac_bytes("hooks.warehouse")),
        wanted(ip::list("office")),
    ];
    let wanted = wanted.concat();
    assert_eq!(wanted.len(), 6);
    let loader = Loader::new().config(path).working_dir(folder.path());
    loader.variables(variables.iter().copied()).wants(wanted).load()
}

/// As the modules' documentation has them.
const DOCUMENTED: &str = r#"
[api_key.partners]
prefix = "shop"

[basic.staff]
realm = "staff"
memory = "19MiB"
iterations = 2

[csrf.browsers]
trusted_origins = ["https://accounts.example.com"]

[hmac.hooks.github]
preset = "github"
secrets = ["the new secret, with which GitHub signs", "the old one, until nothing comes under it any more"]

[hmac.hooks.warehouse]
preset = "generic"
secrets = ["a secret of the warehouse"]
header = "X-Signature"
timestamp_header = "X-Signature-Time"

[ip.office]
allow = ["203.0.113.0/24", "2001:db8::/32"]
deny = ["203.0.113.66"]
"#;

#[test]
fn what_the_documentation_shows_is_read_and_no_secret_of_it_is_shown() {
    let loaded = load(DOCUMENTED, &[]).unwrap();
    let secrets = loaded.explain("hmac.hooks.github.secrets").unwrap();
    let shown = format!("{} {} {secrets}", loaded.show(), loaded.show_json());
    assert!(shown.contains("accounts.example.com") && shown.contains("X-Signature-Time"), "{shown}");
    for secret in ["GitHub signs", "nothing comes under it", "of the warehouse"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[test]
fn sections_whose_keys_all_have_defaults_may_be_empty_but_not_missing() {
    let (before, rest) = DOCUMENTED.split_once("[basic.staff]").unwrap();
    let (_, rest) = rest.split_once("[hmac.hooks.github]").unwrap();
    let with = |sections: &str| load(&format!("{before}{sections}\n[hmac.hooks.github]{rest}"), &[]);
    with("[basic.staff]\n[csrf.browsers]").unwrap();
    let errors = with("").unwrap_err().to_string();
    assert!(
        errors.contains("write `[basic.staff]`") && errors.contains("write `[csrf.browsers]`"),
        "{errors}"
    );
}

#[test]
fn secrets_come_from_variables_and_secret_files_too() {
    let file = DOCUMENTED.replace("secrets = [\"a secret of the warehouse\"]\n", "");
    let name = "TESTUDO__HMAC__HOOKS__WAREHOUSE__SECRETS";
    for (value, holds) in [
        ("sixteen letters!", true),
        ("sixteen letters!,sixteen letters?", true),
        (r#"["sixteen letters, and a comma"]"#, true),
        ("sixteen letters!,short", false),
        ("", false),
    ] {
        let loaded = load(&file, &[(name, value)]);
        assert_eq!(loaded.is_ok(), holds, "{value}");
        if let Err(errors) = loaded {
            let errors = errors.to_string();
            assert!(!errors.contains("sixteen letters") && !errors.contains("short"), "{errors}");
            assert!(errors.contains(name), "{errors}");
        }
    }
    // A secret file of an orchestrator: its line end is not part of the secret.
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&secret, "sixteen letters!\n").unwrap();
    load(&file, &[(&format!("{name}_FILE"), secret.path().to_str().unwrap())]).unwrap();
}

//! Secrets come from the environment and go nowhere.

use testudo::{Clock, Environment};
use webhooks::{App, Secret, Secrets};

const NAMES: [&str; 2] = ["WEBHOOKS_GITHUB_SECRET", "WEBHOOKS_BILLING_SECRET"];

#[test]
fn outside_development_every_missing_secret_is_named_at_once() {
    for environment in Environment::ALL {
        let read = Secrets::read(environment, |_| None);
        match read {
            Ok(_) => assert_eq!(environment, Environment::Development),
            Err(error) => {
                let message = error.to_string();
                assert!(
                    NAMES.iter().all(|name| message.contains(&format!("{name} is not set"))),
                    "{message}"
                );
            }
        }
    }
}

#[test]
fn a_short_secret_is_refused_without_being_repeated() {
    for environment in Environment::ALL {
        let error =
            Secrets::read(environment, |_| Some("fifteen letters".to_owned())).unwrap_err().to_string();
        assert!(error.contains("WEBHOOKS_GITHUB_SECRET is shorter than 16 bytes"), "{error}");
        assert!(!error.contains("fifteen"), "{error}");
        assert!(Secrets::read(environment, |_| Some("sixteen letters!".to_owned())).is_ok());
    }
}

#[test]
fn a_secret_is_never_printed() {
    let secrets = Secrets { github: Secret::new("canary-one"), billing: Secret::new("canary-two") };
    let printed = format!("{:?} {:#?}", secrets, App::new(secrets.clone(), Clock::system()));
    assert!(!printed.contains("canary"), "{printed}");
    assert!(!printed.contains("99, 97"), "{printed}");
}

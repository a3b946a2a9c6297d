//! Keys that do not exist, keys that are missing, and files that are none.

use super::{all_say, file};
use crate::fixture::Setup;

#[test]
fn keys_that_do_not_exist_name_their_line_and_what_was_meant() {
    all_say(vec![
        (
            "a misspelt key",
            file("[server]\nprot = 80\n"),
            &["testudo.toml:2: server.prot: there is no such setting; did you mean server.port?"],
        ),
        (
            "a misspelt section",
            file("[servr]\nport = 80\n"),
            &["testudo.toml:1: servr: there is no such setting; did you mean server?"],
        ),
        (
            "a misspelt key three tables down",
            file("[headers.hsts]\npreloda = true\n"),
            &["testudo.toml:2: headers.hsts.preloda: there is no such setting; did you mean \
                 headers.hsts.preload?"],
        ),
        (
            "a key in the wrong section",
            file("[server]\ndrain_delay = \"1s\"\n"),
            &["testudo.toml:2: server.drain_delay: there is no such setting; did you mean \
                 shutdown.drain_delay?"],
        ),
        (
            "a key that is like none",
            file("[server]\nbananas = 1\n"),
            &["testudo.toml:2: server.bananas: there is no such setting"],
        ),
        (
            "a misspelt key of the service's own",
            file("[app]\nreturn_dais = 1\n"),
            &["testudo.toml:2: app.return_dais: there is no such setting; did you mean app.return_days?"],
        ),
        (
            "a misspelt key under a free name",
            file("[app.shipping.at]\ncents = 1\nlargets = \"1KiB\"\n"),
            &["testudo.toml:3: app.shipping.at.largets: there is no such setting; did you mean \
                 app.shipping.at.largest?"],
        ),
    ]);
}

#[test]
fn keys_that_are_missing_say_how_to_set_them() {
    all_say(vec![
        (
            "under a free name",
            file("[app.shipping.at]\nlargest = \"1KiB\"\n"),
            &["app.shipping.at.cents: missing; set it in testudo.toml or with \
                 TESTUDO__APP__SHIPPING__AT__CENTS: an integer from 0 to 4294967295"],
        ),
        (
            "in an optional section",
            file("[app.mail]\n"),
            &["app.mail.host: missing; set it in testudo.toml or with TESTUDO__APP__MAIL__HOST: a text"],
        ),
        (
            "a secret",
            Setup::empty().environment("test"),
            &["app.payment_key: missing; set TESTUDO__APP__PAYMENT_KEY, or \
                 TESTUDO__APP__PAYMENT_KEY_FILE to a file that holds it"],
        ),
        (
            "the environment",
            Setup::shop(),
            &["environment: missing; set TESTUDO__ENVIRONMENT, or `environment` in testudo.toml, to \
                 `development`, `test`, `staging` or `production`"],
        ),
    ]);
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let other = |content: &[u8]| Setup::shop().environment("test").write("testudo.toml", content);
    all_say(vec![
        ("a duplicate key", file("[server]\nport = 1\nport = 2\n"), &["testudo.toml:3: duplicate key"]),
        (
            "two lines that are no TOML",
            file("[server\nport = 1\n[log]\nlevel = loud\n"),
            &[
                "testudo.toml:1: unclosed table, expected `]`",
                "testudo.toml:4: string values must be quoted, expected literal string",
            ],
        ),
        (
            "a file that is not UTF-8",
            other(&[b'a', 0xff]),
            &["cannot read the configuration file testudo.toml: the file is not UTF-8"],
        ),
        (
            "a file that is too large",
            other(&vec![b'#'; (1 << 20) + 1]),
            &["cannot read the configuration file testudo.toml: the file is larger than 1024 KiB"],
        ),
        (
            "no TOML, and a variable that is wrong as well",
            file("a b\n").variable("TESTUDO__SERVER__PROT", "1"),
            &[
                "testudo.toml:1: key with no value, expected `=`",
                "TESTUDO__SERVER__PROT: there is no such setting; did you mean TESTUDO__SERVER__PORT?",
            ],
        ),
    ]);
}

#[test]
fn a_named_configuration_file_has_to_exist() {
    let setup = Setup::shop().environment("test");
    let errors = setup.loader().config("other.toml").load::<crate::fixture::Shop>().unwrap_err();
    assert_eq!(errors.to_string(), "cannot read the configuration file other.toml: there is no such file");
}

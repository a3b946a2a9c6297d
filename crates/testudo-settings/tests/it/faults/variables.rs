//! Mistakes in variables, and in the files they name.

use super::{all_say, dotenv, variable};
use crate::fixture::Setup;

#[test]
fn values_of_variables_that_do_not_fit_name_the_variable() {
    all_say(vec![
        (
            "a text for a number",
            variable("TESTUDO__SERVER__PORT", "eighty"),
            &["TESTUDO__SERVER__PORT = \"eighty\": expected an integer from 0 to 65535"],
        ),
        (
            "nothing for a number",
            variable("TESTUDO__SERVER__PORT", ""),
            &["TESTUDO__SERVER__PORT = \"\": expected an integer from 0 to 65535"],
        ),
        (
            "yes for true",
            variable("TESTUDO__SERVER__HTTP2", "yes"),
            &["TESTUDO__SERVER__HTTP2 = \"yes\": expected `true` or `false`"],
        ),
        (
            "a list that is no TOML",
            variable("TESTUDO__HOSTS__ALLOWED", "[\"a\""),
            &["TESTUDO__HOSTS__ALLOWED = \"[\\\"a\\\"\": expected a list of texts"],
        ),
        (
            "a duration without a unit",
            variable("TESTUDO__SERVER__REQUEST_TIMEOUT", "30"),
            &["TESTUDO__SERVER__REQUEST_TIMEOUT = \"30\": expected a duration with its unit, such as \
                 `500ms`, `30s` or `5m`"],
        ),
        (
            "an item that does not fit",
            variable("TESTUDO__PROXIES__TRUSTED", "10.0.0.0/8,nowhere"),
            &["TESTUDO__PROXIES__TRUSTED = [\"10.0.0.0/8\", \"nowhere\"]: item 2: expected a network, \
                 such as `10.0.0.0/8` or `2001:db8::/32`"],
        ),
        (
            "an environment that does not exist",
            Setup::shop().environment("prod"),
            &["TESTUDO__ENVIRONMENT = \"prod\": expected `development`, `test`, `staging` or `production`; \
               did you mean `production`?"],
        ),
    ]);
}

#[test]
fn variables_that_set_nothing_say_what_was_meant() {
    all_say(vec![
        (
            "a misspelt key",
            variable("TESTUDO__SERVER__PROT", "80"),
            &["TESTUDO__SERVER__PROT: there is no such setting; did you mean TESTUDO__SERVER__PORT?"],
        ),
        (
            "a misspelt section",
            variable("TESTUDO__SERVR__PORT", "80"),
            &["TESTUDO__SERVR__PORT: there is no such setting; did you mean TESTUDO__SERVER__PORT?"],
        ),
        (
            "a misspelt section and key",
            variable("TESTUDO__SERVR__PROT", "80"),
            &["TESTUDO__SERVR__PROT: there is no such setting; did you mean TESTUDO__SERVER__PORT?"],
        ),
        (
            "one underscore too few",
            variable("TESTUDO__SERVER_PORT", "80"),
            &["TESTUDO__SERVER_PORT: there is no such setting; did you mean TESTUDO__SERVER__PORT?"],
        ),
        (
            "a key below a value",
            variable("TESTUDO__SERVER__PORT__NUMBER", "80"),
            &["TESTUDO__SERVER__PORT__NUMBER: there is no such setting; did you mean \
               TESTUDO__SERVER__PORT?"],
        ),
        (
            "a section",
            variable("TESTUDO__REDIS", "redis://localhost"),
            &["TESTUDO__REDIS: this is a section; set one of its keys, such as TESTUDO__REDIS__URL"],
        ),
        ("the prefix alone", variable("TESTUDO__", "1"), &["TESTUDO__: there is no such setting"]),
        (
            "one setting under two spellings",
            variable("TESTUDO__SERVER__PORT", "1").variable("TESTUDO__server__port", "2"),
            &["TESTUDO__SERVER__PORT: TESTUDO__server__port is set as well; keep one of them"],
        ),
    ]);
}

#[test]
fn below_a_free_name_a_path_is_never_the_value_of_a_secret() {
    let token = "TESTUDO__APP__TOKENS__ANN_FILE";
    all_say(vec![
        (
            "no such file",
            variable(token, "/run/secrets/ann"),
            &["TESTUDO__APP__TOKENS__ANN_FILE (/run/secrets/ann): there is no such file"],
        ),
        (
            "a key that may be meant as well",
            variable(token, "ann").write("ann", "a1").file("[app.tokens]\nann_file = \"b2\"\n"),
            &[
                "TESTUDO__APP__TOKENS__ANN_FILE: may mean the file of app.tokens.ann, or app.tokens.ann_file, which is \
               set as well (testudo.toml:2); write the value of app.tokens.ann where app.tokens.ann_file is, or rename \
               one of them",
            ],
        ),
        (
            "value and file at once",
            variable(token, "ann").write("ann", "a1").variable("TESTUDO__APP__TOKENS__ANN", "b2"),
            &["TESTUDO__APP__TOKENS__ANN: TESTUDO__APP__TOKENS__ANN_FILE is set as well; keep one of them"],
        ),
        (
            "a section",
            variable("TESTUDO__APP__SHIPPING__AT_FILE", "at"),
            &["TESTUDO__APP__SHIPPING__AT_FILE: this is a section; set one of its keys, such as \
               TESTUDO__APP__SHIPPING__AT__CENTS"],
        ),
    ]);
}

#[test]
fn mistakes_with_secret_files_name_variable_and_path() {
    let token = "TESTUDO__ADMIN__TOKEN_FILE";
    all_say(vec![
        (
            "no such file",
            variable(token, "token"),
            &["TESTUDO__ADMIN__TOKEN_FILE (token): there is no such file"],
        ),
        (
            "an empty file",
            variable(token, "token").write("token", ""),
            &["TESTUDO__ADMIN__TOKEN_FILE (token): the file is empty"],
        ),
        (
            "a file with a newline alone",
            variable(token, "token").write("token", "\n"),
            &["TESTUDO__ADMIN__TOKEN_FILE (token): the file is empty"],
        ),
        ("a folder", variable(token, "."), &["TESTUDO__ADMIN__TOKEN_FILE (.): this is a folder, not a file"]),
        (
            "a file one byte too large",
            variable(token, "token").write("token", vec![b'a'; (64 << 10) + 1]),
            &["TESTUDO__ADMIN__TOKEN_FILE (token): the file is larger than 64 KiB"],
        ),
        (
            "a file that is not UTF-8",
            variable(token, "token").write("token", [0xff]),
            &["TESTUDO__ADMIN__TOKEN_FILE (token): the file is not UTF-8"],
        ),
        (
            "value and file at once",
            variable(token, "token").write("token", "a").variable("TESTUDO__ADMIN__TOKEN", "b"),
            &["TESTUDO__ADMIN__TOKEN: TESTUDO__ADMIN__TOKEN_FILE is set as well; keep one of them"],
        ),
        (
            "a misspelt name",
            variable("TESTUDO__ADMIN__TOKN_FILE", "token"),
            &["TESTUDO__ADMIN__TOKN_FILE: there is no such setting; did you mean \
                 TESTUDO__ADMIN__TOKEN_FILE?"],
        ),
        (
            "a file that holds no number",
            variable("TESTUDO__SERVER__PORT_FILE", "port").write("port", "eighty"),
            &["TESTUDO__SERVER__PORT_FILE (port): expected an integer from 0 to 65535"],
        ),
        (
            "a URL that is none",
            variable("TESTUDO__DATABASE__URL_FILE", "url").write("url", "hunter2"),
            &["TESTUDO__DATABASE__URL_FILE (url): expected a URL, such as `sqlite://app.db` or \
                 `postgres://user@host/database`"],
        ),
        (
            "origins that are none",
            variable("TESTUDO__CORS__ORIGINS_FILE", "o").write("o", "hunter2"),
            &["TESTUDO__CORS__ORIGINS_FILE (o): what stands in the file is not accepted; why is not \
                 shown, since it may be secret"],
        ),
    ]);
}

#[test]
fn a_variable_with_one_underscore_in_place_of_two_is_a_warning() {
    for (name, meant) in [
        ("TESTUDO_DATABASE__URL", Some("TESTUDO__DATABASE__URL")),
        ("TESTUDO_DATABASE_URL", Some("TESTUDO__DATABASE__URL")),
        ("TESTUDO_DATABASE_URL_FILE", Some("TESTUDO__DATABASE__URL_FILE")),
        ("TESTUDO_ENVIRONMENT", Some("TESTUDO__ENVIRONMENT")),
        ("TESTUDO_SERVER__PORT", Some("TESTUDO__SERVER__PORT")),
        ("TESTUDO_server_max_body_size", Some("TESTUDO__SERVER__MAX_BODY_SIZE")),
        ("TESTUDO_APP_LOGO_FILE", Some("TESTUDO__APP__LOGO_FILE")),
        ("TESTUDO_APP_TOKENS_ANN_FILE", Some("TESTUDO__APP__TOKENS__ANN_FILE")),
        ("TESTUDO_APP__SHIPPING__AT__CENTS", Some("TESTUDO__APP__SHIPPING__AT__CENTS")),
        ("TESTUDO_SERVER_PORT", None),
        ("TESTUDO_SERVICE_HOST", None),
        ("TESTUDO_PORT_8000_TCP_PORT", None),
        ("TESTUDO_SERVER", None),
        ("TESTUDO_SERVERS_PORTS", None),
        ("TESTUDO_VERSION", None),
        ("DATABASE__URL", None),
    ] {
        let loaded = variable(name, "hunter2").loaded();
        let warnings: Vec<String> = loaded.warnings().iter().map(ToString::to_string).collect();
        let said =
            |meant| format!("{name}: sets nothing: variables of the configuration are spelt like {meant}");
        assert_eq!(warnings, meant.map(said).into_iter().collect::<Vec<_>>(), "{name}");
    }
    let loaded = dotenv("TESTUDO_LOG_LEVEL=debug\n").loaded();
    assert!(loaded.warnings()[0].to_string().starts_with(".env:1: TESTUDO_LOG_LEVEL: sets nothing"));
}

#[test]
fn what_is_missing_though_a_variable_is_nearly_its_own_names_that() {
    let setup =
        Setup::empty().variable("TESTUDO_ENVIRONMENT", "test").variable("TESTUDO_APP__PAYMENT_KEY", "k");
    let errors = setup.errors();
    assert!(
        errors[0].ends_with(
            "_KEY_FILE to a file that holds it (TESTUDO_APP__PAYMENT_KEY is not TESTUDO__APP__PAYMENT_KEY)"
        ),
        "{errors:?}"
    );
    assert!(
        errors[1].ends_with("or `production` (TESTUDO_ENVIRONMENT is not TESTUDO__ENVIRONMENT)"),
        "{errors:?}"
    );
}
